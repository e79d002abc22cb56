import { main as runTests } from './run-tests.ts'

/** Runs the tests of the console. Where there is no browser, that all of them were skipped is no failure. */
export async function main(args: string[]): Promise<void> {
  await runTests(['--project=console', ...args], { mayRunNone: true })
}
