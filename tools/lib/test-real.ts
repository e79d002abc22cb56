import { COUNTERPARTS, namedTests } from './named-tests.ts'
import { main as runTests } from './run-tests.ts'

/** All targets together take some minutes. What takes so long hangs. */
const WITHIN_MS = 30 * 60_000

/**
 * Runs the tests against real stores: those of the targets that are named before the first option, or all. Where no target is
 * installed, that all of them were skipped is no failure. One target runs after the other, so that they do not starve.
 */
export async function main(args: string[]): Promise<void> {
  const { files, options } = namedTests('real', args)
  const fixed = ['--project=real', '--no-file-parallelism', ...COUNTERPARTS]
  await runTests([...files, ...fixed, ...options], { mayRunNone: true, withinMs: WITHIN_MS })
}
