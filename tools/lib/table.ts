/**
 * A Markdown table. Columns of numbers are right-aligned.
 * @param {readonly string[]} headings
 * @param {readonly (readonly (string | number)[])[]} rows
 */
export function table(headings, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  const isNumeric = headings.map(
    (_, i) => rows.length > 0 && rows.every((row) => /^[^a-z]*\d[^a-z]*$/i.test(String(row[i]))),
  )
  const rule = isNumeric.map((numeric, i) => (i > 0 && numeric ? '---:' : '---'))
  return [line(headings), line(rule), ...rows.map(line)].join('\n')
}

/** A number with so many decimals, its thousands apart; overload has no number. */
export function figure(value, decimals = 0) {
  if (!Number.isFinite(value)) return 'grows without end'
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
}

export function percent(ratio, decimals = 0) {
  return `${figure(ratio * 100, decimals)} %`
}

export function dollars(value, decimals = 2) {
  return `$${figure(value, decimals)}`
}
