import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { spawnLeashed } from '../../../package/server/leash.mjs'
import { isOnPath } from '../../conformance/support/is-on-path.ts'

/** A program that must be here. */
export interface Tool {
  program: string
  /** Options that make it tell its version. */
  version: readonly string[]
  /** What builds with an older one do not take; whatever is there will do without it. */
  atLeast?: readonly [number, number]
}

export interface Command {
  program: string
  args: readonly string[]
  env?: Record<string, string>
}

/** Whether nothing may be downloaded: `npm run test:clients -- --installed` says so. */
export const IS_OFFLINE = process.env.CLIENTS_INSTALLED !== undefined

/** A program in another language, below `test/clients/`. */
export interface Client {
  language: string
  tools: readonly Tool[]
  /** Ends well if the packages that it is built from are on this machine. */
  packages: (source: string) => Command
  /** Builds it. All that is written goes to `into`; `source` stays as it is. */
  build: (source: string, into: string) => Command
  /** Runs what was built. */
  run: (into: string) => Command
  /** How long a session for a token lasts, where that is not 15 minutes. */
  webIdentitySeconds?: number
  /** Why its clock cannot be set wrong. */
  ownClock?: string
}

/** What a first build downloads and compiles takes minutes; a build that hangs is ended. */
const BUILD_WITHIN_MS = 1_200_000
const RUN_WITHIN_MS = 120_000
const LOOK_WITHIN_MS = 60_000

const root = new URL('../../../', import.meta.url)

/** Why a client cannot be built here. */
export function whyNot({ language, packages, tools }: Client): string | undefined {
  for (const { atLeast, program, version } of tools) {
    if (!isOnPath(program)) return `${program} is not on the PATH`
    if (!atLeast) continue
    const { stderr, stdout } = spawnSync(program, version, { encoding: 'utf8', env: environment() })
    const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(stdout + stderr) ?? []
    const isOlder = Number(major) < atLeast[0] || (Number(major) === atLeast[0] && Number(minor) < atLeast[1])
    if (isOlder) return `${program} is ${major}.${minor}, and ${atLeast.join('.')} is needed`
  }
  if (!IS_OFFLINE) return undefined
  const { args, env, program } = packages(sourceOf(language))
  const { status } = spawnSync(program, args, { env: { ...environment(), ...env }, timeout: LOOK_WITHIN_MS })
  return status === 0 ? undefined : 'its packages are not on this machine'
}

const sourceOf = (language: string) => fileURLToPath(new URL(`test/clients/${language}`, root))

/** Builds a client in `dist/`, where it stays, so that the next build has little to do. */
export async function build(client: Client): Promise<string> {
  const into = fileURLToPath(new URL(`dist/clients/${client.language}`, root))
  mkdirSync(into, { recursive: true })
  await output(client.build(sourceOf(client.language), into), environment(), BUILD_WITHIN_MS)
  return into
}

/** Runs a client with these variables, and gives what it printed. With `clock`, faketime sets its clock off by so much. */
export function run(client: Client, into: string, variables: Record<string, string>, clock?: string): Promise<string> {
  const built = client.run(into)
  const command = clock ? { program: 'faketime', args: ['-f', clock, built.program, ...built.args] } : built
  return output(command, { ...environment(), ...variables }, RUN_WITHIN_MS)
}

/** Without what would change how an SDK behaves. */
function environment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))
  return Object.fromEntries(kept.map(([name, value = '']) => [name, value]))
}

/** Runs a command to its end, and ends it with all that it started if it takes too long or this process ends. */
async function output({ args, env, program }: Command, under: Record<string, string>, withinMs: number) {
  const { child, ended, kill } = spawnLeashed(program, args, { env: { ...under, ...env } })
  const [stdout, stderr]: [string[], string[]] = [[], []]
  child.stdout?.setEncoding('utf8').on('data', (text: string) => stdout.push(text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => stderr.push(text))
  const closed = new Promise((resolve) => child.once('close', resolve))
  const timer = setTimeout(kill, withinMs)
  const { code, signal } = await ended
  clearTimeout(timer)
  await closed
  if (code === 0) return stdout.join('')
  const text = [...stdout, ...stderr].join('').trim()
  throw new Error(`${program} ${args.join(' ')} ended with ${signal ?? code}.\n${text}`)
}
