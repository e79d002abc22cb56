import { join } from 'node:path'
import { ensureInstalled, root, run } from '../lib/bootstrap.mjs'

await ensureInstalled()

const args = process.argv.slice(2)
const reporters = [
  ...(args.some((arg) => arg.startsWith('--reporter')) ? [] : ['--reporter=default']),
  `--reporter=${join(root, 'tools', 'lib', 'tally-reporter.ts')}`,
]
let tally = { passed: 0, failed: 0, skipped: 0 }
const code = await run(
  process.execPath,
  [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...reporters, ...args],
  { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], onMessage: (counts) => (tally = counts) },
)

const { passed, failed, skipped } = tally
const nothingRan = passed + failed === 0
if (nothingRan) console.log('No test ran.')
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = code || (nothingRan ? 1 : 0)
