export type Cell = string | number

/** A Markdown table. Columns of numbers are right-aligned, the first aside. A row may end early. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => `| ${headings.map((_, i) => cells[i] ?? '').join(' | ')} |`
  const isNumeric = headings.map(
    (_, i) => rows.length > 0 && rows.every((row) => /^[^a-z]*\d[^a-z]*$/i.test(String(row[i]))),
  )
  const rule = isNumeric.map((numeric, i) => (i > 0 && numeric ? '---:' : '---'))
  return [line(headings), line(rule), ...rows.map(line)].join('\n')
}

/** A number with so many decimals, its thousands apart; overload has no number. */
export function figure(value: number, decimals = 0): string {
  if (!Number.isFinite(value)) return 'grows without end'
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
}

export function percent(ratio: number, decimals = 0): string {
  return `${figure(ratio * 100, decimals)} %`
}

export function dollars(value: number, decimals = 2): string {
  return `$${figure(value, decimals)}`
}
