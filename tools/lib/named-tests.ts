import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { BadOption, root } from './bootstrap.mjs'

/** They tell of each test, and against which programs each file ran. */
export const COUNTERPARTS = [
  '--reporter=verbose',
  `--reporter=${join(root, 'tools', 'lib', 'counterparts-reporter.ts')}`,
]

const SUFFIX = '.test.ts'

/** The test files of a folder below `test/` that are named before the first option, and the options. */
export function namedTests(folder: string, args: readonly string[]): { files: string[]; options: string[] } {
  const firstOption = args.findIndex((arg) => arg.startsWith('-'))
  const named = firstOption < 0 ? args : args.slice(0, firstOption)
  return { files: named.map((name) => fileOf(folder, name)), options: args.slice(named.length) }
}

function fileOf(folder: string, name: string): string {
  const files = readdirSync(join(root, 'test', folder)).filter((file) => file.endsWith(SUFFIX))
  const names = files.map((file) => file.slice(0, -SUFFIX.length)).sort()
  if (!names.includes(name)) throw new BadOption(`${name} is none of ${names.join(', ')}`)
  return `test/${folder}/${name}${SUFFIX}`
}
