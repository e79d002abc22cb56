import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

/** Real SQLite in the memory of this process, in the form in which Durable Objects have it. */
export class MemorySql {
  readonly #database = new DatabaseSync(':memory:')
  readonly #statements = new Map<string, StatementSync>()

  /** Runs several statements without bindings. */
  run(statements: string): void {
    this.#database.exec(statements)
  }

  exec(query: string, ...bindings: SQLInputValue[]) {
    const statement = this.#statements.get(query) ?? this.#database.prepare(query)
    this.#statements.set(query, statement)
    if (/^\s*(?:SELECT|WITH)/.test(query)) {
      const rows = statement.all(...bindings)
      return {
        toArray: () => rows,
        one: () => rows[0],
        rowsWritten: 0,
        [Symbol.iterator]: () => rows[Symbol.iterator](),
      }
    }
    const rowsWritten = Number(statement.run(...bindings).changes)
    return { toArray: () => [], one: () => undefined, rowsWritten, [Symbol.iterator]: () => [][Symbol.iterator]() }
  }

  /** Bytes of the pages in use. */
  bytes(): number {
    const [pages, free, size] = ['page_count', 'freelist_count', 'page_size'].map((name) =>
      Number(this.#database.prepare(`PRAGMA ${name}`).get()?.[name]),
    )
    return ((pages ?? 0) - (free ?? 0)) * (size ?? 0)
  }

  transaction<T>(work: () => T): T {
    this.#database.exec('BEGIN')
    try {
      const result = work()
      this.#database.exec('COMMIT')
      return result
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }
}
