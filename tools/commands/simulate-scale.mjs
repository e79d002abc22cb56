import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fail, root } from '../lib/bootstrap.mjs'
import { withBlocks } from '../lib/document.ts'
import { blocks, SEED, TABLES } from '../scale/report.ts'

const HELP = `Works out how far the service reaches: objects, waiting, latency by continent, dollars. Nothing is
contacted and nothing measured; inputs are in tools/scale/inputs.ts: npm run simulate:scale -- [options]

  --only NAME  print one table: summary, inputs, capacity, queue, load, breaks, evenness, skew, round-trips,
               caches, latency, kept, sign-in, costs or month
  --seed N     another seed than ${SEED}
  --write      put the tables into docs/scale.md`

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    seed: { type: 'string', default: String(SEED) },
    write: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (options.help) {
  console.log(HELP)
  process.exit(0)
}
const seed = Number(options.seed)
if (!Number.isInteger(seed)) fail(`--seed ${options.seed} is not a whole number.`)
if (options.write && seed !== SEED) fail('--write takes no --seed: the document is of the one seed.')

const { only } = options
if (only !== undefined && !TABLES.has(only)) fail(`There is no table ${only}.`)
if (options.write) await write()
else
  for (const [name, make] of TABLES)
    if (only === undefined || only === name) console.log(`## ${name}\n\n${make(seed)}\n`)

async function write() {
  const file = join(root, 'docs', 'scale.md')
  await writeFile(file, withBlocks(await readFile(file, 'utf8'), blocks()))
  console.log('docs/scale.md is up to date.')
}
