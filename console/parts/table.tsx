import type { ComponentChildren } from 'preact'

export interface Column<T> {
  title: string
  /** The first column names its row. */
  cell: (row: T) => ComponentChildren
  /** Numbers stand to the right. */
  isNumber?: boolean
}

interface TableProps<T> {
  /** What the rows are, for those who cannot see them. */
  caption: string
  columns: readonly Column<T>[]
  rows: readonly T[]
  keyOf: (row: T) => string
  /** Shown in place of an empty table: what would stand here, and how it comes to be. */
  empty: ComponentChildren
}

/** Rows of one kind. On a narrow screen each is a card, in which every cell has the title of its column. */
export function Table<T>({ caption, columns, empty, keyOf, rows }: TableProps<T>) {
  if (rows.length === 0) return <div class="empty">{empty}</div>
  return (
    <table class="rows">
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ isNumber, title }) => (
            <th key={title} scope="col" class={isNumber ? 'number' : undefined}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ cell, isNumber, title }, index) =>
              index === 0 ? (
                <th key={title} scope="row" data-title={title}>
                  {cell(row)}
                </th>
              ) : (
                <td key={title} data-title={title} class={isNumber ? 'number' : undefined}>
                  {cell(row)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Names and values of one thing. */
export function Facts({ of }: { of: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value ?? <span class="quiet">none</span>}</dd>
        </div>
      ))}
    </dl>
  )
}
