import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { BadOption, root } from './bootstrap.mjs'
import { main as runTests } from './run-tests.ts'

const FOLDER = join(root, 'test', 'real')
const SUFFIX = '.test.ts'

/** All targets together take some minutes. What takes so long hangs. */
const WITHIN_MS = 30 * 60_000

/**
 * Runs the tests against real stores: those of the targets that are named before the first option, or all. Where no target is
 * installed, that all of them were skipped is no failure. One target runs after the other, so that they do not starve.
 */
export async function main(args: string[]): Promise<void> {
  const firstOption = args.findIndex((arg) => arg.startsWith('-'))
  const targets = firstOption < 0 ? args : args.slice(0, firstOption)
  const files = targets.map(fileOf)
  const reporters = ['--reporter=verbose', `--reporter=${join(root, 'tools', 'lib', 'counterparts-reporter.ts')}`]
  const options = ['--project=real', '--no-file-parallelism', ...reporters, ...args.slice(targets.length)]
  await runTests([...files, ...options], { mayRunNone: true, withinMs: WITHIN_MS })
}

function fileOf(target: string): string {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(SUFFIX))
  const targets = names.map((name) => name.slice(0, -SUFFIX.length)).sort()
  if (!targets.includes(target)) throw new BadOption(`${target} is none of ${targets.join(', ')}`)
  return `test/real/${target}${SUFFIX}`
}
