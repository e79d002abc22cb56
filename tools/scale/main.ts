import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fail, root } from '../lib/bootstrap.mjs'
import { withBlocks } from '../lib/document.ts'
import { blocks, SEED, TABLES } from './report.ts'

/** Prints the tables of the model, or puts them into docs/scale.md. */
export async function main(args: string[]): Promise<void> {
  const { values: options } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      seed: { type: 'string', default: String(SEED) },
      write: { type: 'boolean' },
    },
  })
  const { only, write } = options
  const seed = Number(options.seed)
  if (!Number.isInteger(seed)) fail(`--seed ${options.seed} is not a whole number.`)
  if (write && seed !== SEED) fail('--write takes no --seed: the document is of the one seed.')
  if (only !== undefined && !TABLES.has(only)) fail(`There is no table ${only}.`)
  if (write) return writeDocument()
  for (const [name, make] of TABLES)
    if (only === undefined || only === name) console.log(`## ${name}\n\n${make(seed)}\n`)
}

async function writeDocument(): Promise<void> {
  const file = join(root, 'docs', 'scale.md')
  await writeFile(file, withBlocks(await readFile(file, 'utf8'), 'scale', blocks()))
  console.log('docs/scale.md is up to date.')
}
