import { join } from 'node:path'
import { root, runLeashed } from './bootstrap.mjs'

interface Tally {
  passed: number
  failed: number
  skipped: number
}

/**
 * Those of the console take a browser, those of tools start them many times, the real ones take programs of others, and
 * those of clients take compilers: they have commands of their own.
 */
const WITHOUT_OTHERS = ['--project=!console', '--project=!tools', '--project=!real', '--project=!clients']

interface RunOptions {
  /** That every test was skipped is no failure. */
  mayRunNone?: boolean
  /** The run is ended after so many milliseconds, and has failed. */
  withinMs?: number
}

/** Runs vitest, and ends with the tally of the tests. A run in which no test ran has failed. */
export async function main(args: string[], { mayRunNone = false, withinMs }: RunOptions = {}): Promise<void> {
  const options = [
    ...(args.some((arg) => arg.startsWith('--reporter')) ? [] : ['--reporter=default']),
    ...(args.some((arg) => /^--project|^test\//.test(arg)) ? [] : WITHOUT_OTHERS),
    `--reporter=${join(root, 'tools', 'lib', 'tally-reporter.ts')}`,
  ]
  let tally: Tally = { passed: 0, failed: 0, skipped: 0 }
  const onMessage = (counts: Tally) => {
    tally = counts
  }
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const code = await runLeashed(process.execPath, [vitest, 'run', ...options, ...args], onMessage, withinMs)

  const { failed, passed, skipped } = tally
  const nothingRan = passed + failed === 0 && !(mayRunNone && skipped > 0)
  if (nothingRan) console.log('No test ran.')
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  process.exitCode = code || (nothingRan ? 1 : 0)
}
