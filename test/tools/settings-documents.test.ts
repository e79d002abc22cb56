import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { NAMED_SETTINGS, SINGLE_SETTINGS } from '../../src/config/index.ts'

const OPERATING_MD = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8')

const SETTINGS = Object.entries({ ...SINGLE_SETTINGS, ...NAMED_SETTINGS })

/** The cells of the table below a heading of docs/operating.md, without links. */
function tableBelow(heading: string): string[][] {
  const [, section = ''] = OPERATING_MD.split(`\n### ${heading}\n`)
  const lines = section.split('\n').slice(1)
  const end = lines.findIndex((line) => line !== '' && !line.startsWith('|'))
  const rows = lines.slice(0, end === -1 ? undefined : end).filter((line) => line.startsWith('| `'))
  return rows.map((row) =>
    row
      .slice(2, -2)
      .split(' | ')
      .map((cell) => cell.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')),
  )
}

describe('docs/operating.md has every setting as the table of settings has it', () => {
  it.each([
    ['Variables', 'variable'],
    ['Secrets', 'secret'],
  ])('%s', (heading, kind) => {
    const wanted = SETTINGS.filter(([, row]) => row.kind === kind).map(([name, row]) => [
      `\`${name}\``,
      row.value,
      row.absent,
    ])
    expect(tableBelow(heading).sort()).toEqual(wanted.sort())
  })
})
