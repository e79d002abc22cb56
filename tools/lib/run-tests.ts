import { join } from 'node:path'
import { root, runLeashed } from './bootstrap.mjs'

interface Tally {
  passed: number
  failed: number
  skipped: number
}

/** Runs vitest, and ends with the tally of the tests. A run in which no test ran has failed. */
export async function main(args: string[]): Promise<void> {
  const reporters = [
    ...(args.some((arg) => arg.startsWith('--reporter')) ? [] : ['--reporter=default']),
    `--reporter=${join(root, 'tools', 'lib', 'tally-reporter.ts')}`,
  ]
  let tally: Tally = { passed: 0, failed: 0, skipped: 0 }
  const onMessage = (counts: Tally) => {
    tally = counts
  }
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const code = await runLeashed(process.execPath, [vitest, 'run', ...reporters, ...args], onMessage)

  const { failed, passed, skipped } = tally
  const nothingRan = passed + failed === 0
  if (nothingRan) console.log('No test ran.')
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  process.exitCode = code || (nothingRan ? 1 : 0)
}
