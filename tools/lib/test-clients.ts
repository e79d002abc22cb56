import { COUNTERPARTS, namedTests } from './named-tests.ts'
import { main as runTests } from './run-tests.ts'

/** All first builds together take some ten minutes. What takes so long hangs. */
const WITHIN_MS = 90 * 60_000

/** Those clients alone whose packages are on this machine: nothing is downloaded. */
const INSTALLED = '--installed'

/**
 * Runs the clients of the languages that are named before the first option, or all of them. One is built at a time, and what
 * each ran with is told. Where there is no toolchain, that all of them were skipped is no failure.
 */
export async function main(given: string[]): Promise<void> {
  const args = given.filter((arg) => arg !== INSTALLED)
  if (args.length < given.length) process.env.CLIENTS_INSTALLED = '1'
  const { files, options } = namedTests('clients', args)
  const fixed = ['--project=clients', '--no-file-parallelism', ...COUNTERPARTS]
  await runTests([...files, ...fixed, ...options], { mayRunNone: true, withinMs: WITHIN_MS })
}
