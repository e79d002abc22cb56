import { main as runTests } from './run-tests.ts'

/** Runs the tests of tools that start them many times. */
export async function main(args: string[]): Promise<void> {
  await runTests(['--project=tools', ...args])
}
