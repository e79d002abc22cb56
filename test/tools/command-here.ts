import { fileURLToPath } from 'node:url'
import { format } from 'node:util'
import { vi } from 'vitest'

/** In place of the end of the process. */
class Ended extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super('The command has ended.')
    this.exitCode = exitCode
  }
}

interface Outcome {
  code: number
  stdout: string
  stderr: string
}

const FOLDER = new URL('../../tools/commands/', import.meta.url).href

let runs = 0

/**
 * Runs a command to its end as `outcome` does, but in this process, which spares its start: the same file reads the same
 * arguments and variables. Only one at a time, as they are of the whole process. What a command does as a process (how it
 * ends, its input, signals, bytes on standard output) needs `outcome`. A variable that is `undefined` is not set.
 */
export async function outcomeHere(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Outcome> {
  const stdout: string[] = []
  const stderr: string[] = []
  const before = { argv: process.argv, env: process.env, exitCode: process.exitCode }
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((...told) => void stdout.push(`${format(...told)}\n`)),
    vi.spyOn(console, 'error').mockImplementation((...told) => void stderr.push(`${format(...told)}\n`)),
    vi.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Ended(Number(code ?? process.exitCode ?? 0))
    }),
  ]
  const file = new URL(`${name}.mjs`, FOLDER)
  process.argv = [process.execPath, fileURLToPath(file), ...args]
  process.env = { ...before.env, ...env }
  for (const [variable, value] of Object.entries(env)) if (value === undefined) delete process.env[variable]
  process.exitCode = undefined
  let code = 0
  try {
    await import(/* @vite-ignore */ `${file.href}?run=${++runs}`)
    code = Number(process.exitCode ?? 0)
  } catch (error) {
    if (!(error instanceof Ended)) throw error
    code = error.exitCode
  } finally {
    process.argv = before.argv
    process.env = before.env
    process.exitCode = before.exitCode
    for (const spy of spies) spy.mockRestore()
  }
  return { code, stdout: stdout.join(''), stderr: stderr.join('') }
}
