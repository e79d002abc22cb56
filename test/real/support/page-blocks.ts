import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../../tools/lib/bootstrap.mjs'

/** The only JSON document of a page of docs/connect that has this text in it. */
export function jsonOnPage(page: string, text: string): string {
  const written = readFileSync(join(root, 'docs', 'connect', page), 'utf8')
  const blocks = [...written.matchAll(/^( *)```json\n([\s\S]*?)^\1```$/gm)].map(([, , block = '']) => block)
  const [found, ...others] = blocks.filter((block) => block.includes(text))
  if (found === undefined || others.length > 0) throw new Error(`${page} has not one document with ${text}.`)
  return found
}
