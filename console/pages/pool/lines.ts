/** What fits on a line, so that a rule is one and is compared as one. */
const WIDTH = 200

/** A value as lines of JSON. What has nothing nested in it is one line, if it fits. */
export function linesOf(value: unknown, indent = '', name = ''): string[] {
  const label = name === '' ? '' : `${JSON.stringify(name)}: `
  if (typeof value !== 'object' || value === null) return [`${indent}${label}${JSON.stringify(value)}`]
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  const [opening, closing] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  const isFlat = entries.every(([, item]) => typeof item !== 'object')
  const flat = `${indent}${label}${flatOf(value, entries)}`
  if (entries.length === 0 || (indent !== '' && isFlat && flat.length <= WIDTH)) return [flat]
  const inner = entries.map(([key, item]) => linesOf(item, `${indent}  `, Array.isArray(value) ? '' : key))
  return [`${indent}${label}${opening}`, ...withCommas(inner), `${indent}${closing}`]
}

function flatOf(value: object, entries: readonly (readonly [string, unknown])[]): string {
  if (Array.isArray(value)) return `[${value.map((item) => JSON.stringify(item)).join(', ')}]`
  const members = entries.map(([name, item]) => `${JSON.stringify(name)}: ${JSON.stringify(item)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

/** Behind all but the last. */
function withCommas(items: readonly string[][]): string[] {
  return items.flatMap((lines, index) =>
    index === items.length - 1 ? lines : [...lines.slice(0, -1), `${lines.at(-1)},`],
  )
}

export interface DiffLine {
  kind: 'same' | 'gone' | 'new'
  text: string
}

/** Both texts line by line, with as many lines as possible in common. */
export function diffOf(before: readonly string[], after: readonly string[]): DiffLine[] {
  const common = lengths(before, after)
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    const [one = '', other = ''] = [before[i], after[j]]
    if (i < before.length && j < after.length && bare(one) === bare(other)) {
      lines.push({ kind: 'same', text: other })
      i++
      j++
    } else if (j >= after.length || (i < before.length && at(common, i + 1, j) >= at(common, i, j + 1))) {
      lines.push({ kind: 'gone', text: one })
      i++
    } else {
      lines.push({ kind: 'new', text: other })
      j++
    }
  }
  return lines
}

/** A comma more is no difference: something stands behind it now. */
const bare = (line: string) => line.replace(/,$/, '')

const at = (table: readonly Uint16Array[], i: number, j: number) => table[i]?.[j] ?? 0

/** The length of the longest common rest, behind each pair of lines. */
function lengths(before: readonly string[], after: readonly string[]): Uint16Array[] {
  const table = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1))
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--) {
      const row = table[i] as Uint16Array
      const isSame = bare(before[i] ?? '') === bare(after[j] ?? '')
      row[j] = isSame ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1))
    }
  return table
}

/** The lines that differ, with so many of their neighbours that one knows where they are. `undefined` stands for others. */
export function hunksOf(lines: readonly DiffLine[], around = 2): (DiffLine | undefined)[] {
  const isNear = (index: number) =>
    lines.slice(Math.max(0, index - around), index + around + 1).some(({ kind }) => kind !== 'same')
  const shown: (DiffLine | undefined)[] = []
  for (const [index, line] of lines.entries())
    if (isNear(index)) shown.push(line)
    else if (shown.at(-1) !== undefined || index === 0) shown.push(undefined)
  return shown
}
