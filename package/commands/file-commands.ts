/**
 * The commands about identity.yaml: `fileCommands.get(name)?.run(args, io)` gives the exit code. `index.ts` of the package and
 * the commands of the repository only pass on what was typed.
 */
import { applyCommand } from './apply.ts'
import type { FileCommand, Io } from './file-command.ts'
import { lintCommand } from './lint.ts'
import { planCommand } from './plan.ts'
import { pullCommand } from './pull.ts'

export const fileCommands: ReadonlyMap<string, FileCommand> = new Map([
  ['plan', planCommand],
  ['apply', applyCommand],
  ['pull', pullCommand],
  ['lint', lintCommand],
])

/** Standard output and error of this process. */
export const processIo = (): Io => ({
  env: process.env,
  folder: process.env.INIT_CWD ?? process.cwd(),
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
})
