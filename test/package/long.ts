import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { exampleNamed, installPackage } from './installed.ts'

/** What the configuration of the example says, with as many workers as there are files. */
const configurationOf = (files: number) => `
import { mergeConfig } from 'vitest/config'
import shown from './vitest.config.js'
export default mergeConfig(shown, { test: { maxWorkers: ${files}, testTimeout: 600_000, hookTimeout: 600_000 } })
`

/** Runs so many test files at once against one service, each with an account of its own, as the package's users would. */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { 'test-files': { type: 'string' } } })
  const files = Number(values['test-files'] ?? 100)
  const { folder, remove, run } = await installPackage()
  try {
    writeFileSync(join(folder, 'many.config.js'), configurationOf(files))
    for (let n = 1; n < files; n++) writeFileSync(join(folder, `guests-${n}.test.js`), exampleNamed('guests.test.js'))
    const { code, stdout } = await run(
      join('node_modules', 'vitest', 'vitest.mjs'),
      'run',
      '--config',
      'many.config.js',
    )
    process.stdout.write(stdout)
    process.exitCode = code
  } finally {
    remove()
  }
}
