import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A decision is kept as it was made, with the paths of its day. */
const DECISIONS = 'docs/decisions/'

const MAX_README_LINES = 220
const MAX_CELL_WORDS = 30
const PAGES_WITH_SHORT_CELLS = ['README.md', 'docs/architecture.md', 'docs/glossary.md', 'docs/operating.md']

/** What a page about a counterpart says first: with which version it ran, and when; or that it never did. */
const RAN = /^This page ran with .*\d+\.\d+.* on (\d{4}-\d\d-\d\d)\b.*\.$/
const NEVER_RAN = /^This page never ran with .+\.$/

/** Every page by its path, and its text. */
const pages: Readonly<Record<string, string>> = Object.fromEntries(
  [...markdownIn('.', false), ...markdownIn('docs', true)].map((path) => [
    path,
    readFileSync(join(root, path), 'utf8'),
  ]),
)

describe('the documents', () => {
  it.each(Object.keys(pages))('%s links what exists', (path) => {
    expect(brokenLinks(path, pages)).toEqual([])
  })

  it.each(Object.keys(pages).filter((path) => !path.startsWith(DECISIONS) && path !== 'CHANGELOG.md'))(
    '%s names files that exist',
    (path) => {
      expect(missingFiles(textOf(path))).toEqual([])
    },
  )

  it('name tests that exist, for every behaviour', () => {
    const rows = tableRows(textOf('docs/compatibility.md')).filter(({ heading }) => heading === 'Test')
    expect(rows.length).toBeGreaterThan(100)
    expect(rows.flatMap(({ cell }) => missingTests(cell))).toEqual([])
  })

  it('have a README that is read in one go', () => {
    expect(textOf('README.md').split('\n').length).toBeLessThanOrEqual(MAX_README_LINES)
  })

  it.each(PAGES_WITH_SHORT_CELLS)('%s has no table cell that must be read twice', (path) => {
    expect(longCells(textOf(path))).toEqual([])
  })
})

describe('a page about a counterpart', () => {
  const paths = Object.keys(pages).filter((path) => path.startsWith('docs/connect/') && !path.endsWith('/README.md'))

  it.each(paths)('%s says first with which version it ran, and when, or that it never did', (path) => {
    expect(tellsWhatItRanWith(textOf(path))).toBe(true)
  })

  it.each([
    ['two versions', '# A\n\nThis page ran with A 1.2 and 1.10.3 on 2026-11-27, by hand, and never with B.\n'],
    ['no run', '# A\n\nThis page never ran with A.\n'],
  ])('may tell of %s', (_, text) => {
    expect(tellsWhatItRanWith(text)).toBe(true)
  })

  it.each([
    ['the version', '# A\n\nThis page ran with A on 2026-11-27.\n'],
    ['the day', '# A\n\nThis page ran with A 1.2.\n'],
    ['a day that there was', '# A\n\nThis page ran with A 1.2 on 2026-02-30.\n'],
    ['the counterpart', '# A\n\nThis page never ran.\n'],
    ['the place', '# A\n\nText.\n\nThis page never ran with A.\n'],
    ['a paragraph of its own', '# A\n\nThis page never ran with A.\nText.\n'],
    ['a single sentence', '# A\n\nThis page never ran with A. Text.\n'],
  ])('may not miss %s', (_, text) => {
    expect(tellsWhatItRanWith(text)).toBe(false)
  })
})

describe('the rules find', () => {
  const linked = { 'a.md': '# A\n\n## What it does: `x`, y\n\n## Twice\n\n## Twice\n\n```md\n## In code\n```\n' }

  it.each([
    ['a file that is missing', '[b](b.md)', 'b.md'],
    ['a heading that is missing', '[b](a.md#b)', 'a.md#b'],
    ['a heading in an example', '[b](a.md#in-code)', 'a.md#in-code'],
    ['a heading of the page itself', '[b](#b)', '#b'],
    ['a link over two lines', '[b\nc](b.md)', 'b.md'],
  ])('%s', (_, text, target) => {
    expect(brokenLinks('z.md', { ...linked, 'z.md': text })).toEqual([target])
  })

  it.each([
    ['a heading', '[a](a.md#what-it-does-x-y)'],
    ['the second of two headings', '[a](a.md#twice-1)'],
    ['an address', '[a](https://example.com/b.md)'],
    ['a link in an example', '```md\n[a](b.md)\n```'],
    ['a link in code', '`[a](b.md)`'],
  ])('nothing in %s', (_, text) => {
    expect(brokenLinks('z.md', { ...linked, 'z.md': text })).toEqual([])
  })

  it('a path that is missing', () => {
    expect(missingFiles('`src/worker.ts`, `src/http/`, src/none.ts and `test/none/`')).toEqual([
      'src/none.ts',
      'test/none/',
    ])
  })

  it('a test that is missing', () => {
    expect(missingTests('get-id, none, logins/none')).toEqual(['none', 'logins/none'])
  })

  it('a cell that is too long', () => {
    expect(longCells(`| a | b |\n| --- | --- |\n| x | ${'word '.repeat(31)}|`)).toHaveLength(1)
  })
})

function markdownIn(folder: string, recursive: boolean): string[] {
  return readdirSync(join(root, folder), { recursive, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => normalize(join(folder, name)))
}

function textOf(path: string): string {
  return pages[path] ?? ''
}

/** Whether the first paragraph is one sentence of the form that pages about counterparts have. */
function tellsWhatItRanWith(text: string): boolean {
  const [, first = ''] = text.trimEnd().split('\n\n')
  if (/\. |\n/.test(first)) return false
  const day = RAN.exec(first)?.[1]
  return day === undefined ? NEVER_RAN.test(first) : isDay(day)
}

function isDay(text: string): boolean {
  const time = Date.parse(text)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

/** The targets of relative links that lead nowhere. */
function brokenLinks(path: string, all: Readonly<Record<string, string>>): string[] {
  const links = withoutCode(all[path] ?? '').matchAll(/\]\(([^()\s]+)\)/g)
  return [...links].flatMap(([, target = '']) => (/^[a-z]+:/.test(target) || leadsTo(path, target, all) ? [] : target))
}

function leadsTo(path: string, link: string, all: Readonly<Record<string, string>>): boolean {
  const [file = '', anchor] = link.split('#')
  const target = file === '' ? path : normalize(join(dirname(path), file))
  if (anchor === undefined) return target in all || existsSync(join(root, target))
  return anchorsIn(all[target] ?? '').has(anchor)
}

/** The anchors that forges give to headings: lower case, no punctuation, dashes for spaces, numbers for repetitions. */
function anchorsIn(text: string): ReadonlySet<string> {
  const anchors = new Set<string>()
  for (const [, heading = ''] of withoutExamples(text).matchAll(/^#+ (.+)$/gm)) {
    const name = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-')
    let anchor = name
    for (let n = 1; anchors.has(anchor); n++) anchor = `${name}-${n}`
    anchors.add(anchor)
  }
  return anchors
}

/** Paths of this repository that a text names and that are not there. */
function missingFiles(text: string): string[] {
  const named = text.matchAll(/(?<![\w./-])(?:src|tools|test)\/[\w./-]*\w\/?/g)
  return [...new Set([...named].map(([path]) => path))].filter((path) => !existsSync(join(root, path)))
}

/** Tests of a cell that are not there: below `test/`, or with a name alone in some folder of `test/operations/`. */
function missingTests(cell: string): string[] {
  const names = cell.split(',').map((name) => name.trim())
  return names.filter((name) => {
    const exists = (path: string) => existsSync(join(root, path)) || existsSync(join(root, `${path}.test.ts`))
    return !(name.includes('/') ? exists(`test/${name}`) : OPERATION_TESTS.has(name))
  })
}

const OPERATION_TESTS = new Set(
  readdirSync(join(root, 'test/operations'), { recursive: true, encoding: 'utf8' }).map((path) =>
    path.replace(/^.*\//, '').replace(/\.test\.ts$/, ''),
  ),
)

function longCells(text: string): string[] {
  const cells = tableRows(text).map(({ cell }) => cell)
  return cells.filter((cell) => cell.split(/\s+/).filter((word) => /\w/.test(word)).length > MAX_CELL_WORDS)
}

/** Every cell of every table, with the heading of its column. */
function tableRows(text: string): { heading: string; cell: string }[] {
  const tables = withoutExamples(text).matchAll(/^(\|.*\|)\n\|[ :|-]+\|\n((?:\|.*\|(?:\n|$))*)/gm)
  return [...tables].flatMap(([, head = '', rows = '']) => {
    const headings = cellsOf(head)
    const lines = rows.split('\n').filter((line) => line !== '')
    return lines.flatMap((line) => cellsOf(line).map((cell, column) => ({ heading: headings[column] ?? '', cell })))
  })
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())
}

function withoutExamples(text: string): string {
  return text.replace(/^ *```[\s\S]*?^ *```$/gm, '')
}

function withoutCode(text: string): string {
  return withoutExamples(text).replace(/`[^`\n]*`/g, (code) => (code.includes('](') ? '' : code))
}
