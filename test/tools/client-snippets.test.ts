import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

/** Languages of the programs in `test/clients/`, as a fence names them. */
const languages = readdirSync(new URL('../clients/', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'support')
  .map(({ name }) => name)

it.each(languages)('what docs/clients.md shows of %s is in the program that runs', (language) => {
  const fences = read('docs/clients.md').matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))
  const paragraphs = [...fences].flatMap(([, text = '']) => text.split(/\n\s*\n/).map(unindented))
  expect(paragraphs).not.toEqual([])
  const sources = sourcesOf(language)
  expect(paragraphs.filter((paragraph) => !sources.some((source) => source.includes(paragraph)))).toEqual([])
})

function sourcesOf(language: string): string[] {
  const folder = `test/clients/${language}`
  const paths = readdirSync(new URL(`../../${folder}`, import.meta.url), { recursive: true, encoding: 'utf8' })
  return paths.filter((path) => path.includes('.')).map((path) => unindented(read(`${folder}/${path}`)))
}

function unindented(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .trim()
}
