#!/usr/bin/env node
import { VERSION } from '../../src/base/version.ts'
import { type EdgeIdentity, startEdgeIdentity } from '../double/start.ts'
import { FileProblems, Refused, Unfit, Unreachable } from '../file/index.ts'
import { isOpenToOthers } from '../server/local-mode.mjs'
import { BadOption, helpOf, readOptions } from '../server/options.mjs'
import { LOG_LEVELS, readable } from '../server/refusals.mjs'
import { fileCommands, processIo } from './file-commands.ts'

const OPTIONS = {
  seed: { value: 'FILE', text: 'an identity.yaml to begin with' },
  port: { value: 'N', text: 'port to serve on (8787); 0 takes any free one' },
  persist: { value: 'DIR', text: 'folder for pools, identities and keys; without it all is gone at the end' },
  host: {
    value: 'ADDRESS',
    text: 'address to listen on (127.0.0.1). Whoever reaches another one may do everything: all keys are public',
  },
  account: { value: 'DIGITS', text: 'account of the seed (000000000000)' },
  set: { value: 'NAME=VALUE', multiple: true, text: 'a setting of the service, such as TOKEN_ALG=ES256' },
  redirect: { value: 'URI', multiple: true, text: 'where login pages of issuers may send browsers back to' },
  'log-level': { value: 'LEVEL', text: `what is shown of requests: ${LOG_LEVELS.join(', ')} (refusals)` },
  version: { text: 'the version, and nothing else' },
  help: { text: 'this text' },
} as const

const USAGE = `Edge Identity ${VERSION}: Amazon Cognito identity pools on this machine, for development and tests

  npx edge-identity [start] [options]
${[...fileCommands].map(([name, { summary }]) => `  npx edge-identity ${name.padEnd(7)}${summary}`).join('\n')}
`

const DEFAULT_PORT = 8787

async function main(args: readonly string[]): Promise<void> {
  const [name = '', ...rest] = args
  const fileCommand = fileCommands.get(name)
  if (fileCommand) {
    process.exitCode = await fileCommand.run(rest, processIo())
    return
  }
  if (args.includes('--help') || args.includes('-h')) return console.log(`${USAGE}\n${helpOf(OPTIONS)}`)
  try {
    const options = optionsOf(args)
    if (options === 'version') return console.log(VERSION)
    await serve(options)
  } catch (error) {
    fail(error)
  }
}

type Start = Parameters<typeof startEdgeIdentity>[0] & { level: (typeof LOG_LEVELS)[number] }

function optionsOf(args: readonly string[]): Start | 'version' {
  const { positionals, values } = readOptions(args, OPTIONS, { maxPositionals: 1 })
  const [command = 'start'] = positionals
  if (command !== 'start') throw new BadOption(`There is no command ${command}.`)
  if (values.version) return 'version'
  const { account, host, persist, seed } = values
  const level = values['log-level'] ?? 'refusals'
  if (!LOG_LEVELS.includes(level)) throw new BadOption(`--log-level is one of ${LOG_LEVELS.join(', ')}.`)
  const settings = settingsIn(values.set ?? [])
  return { account, host, persist, seed, port: portIn(values.port), settings, redirectUris: values.redirect, level }
}

function portIn(text = String(DEFAULT_PORT)): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw new BadOption(`--port ${text} is no port.`)
  return port
}

function settingsIn(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^(\w+)=(.*)$/s.exec(pair) ?? []
      if (name === undefined || value === undefined) throw new BadOption(`--set ${pair} is not NAME=VALUE.`)
      return [name, value]
    }),
  )
}

async function serve({ level, ...options }: Start): Promise<void> {
  // What the seed is refused while it looks around is no news.
  let show = (_: string | undefined) => {}
  const identity = await startEdgeIdentity({ ...options, onLog: (line) => show(readable(line, level, process.stderr)) })
  console.log(screenOf(identity, options.host))
  show = (text) => {
    if (text !== undefined) console.error(text)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void identity.close())
  // The service alone does not keep this process running.
  const alive = setInterval(() => {}, 60_000)
  await identity.ended
  clearInterval(alive)
}

function screenOf({ endpoint, env, issuers, pools }: EdgeIdentity, host = '127.0.0.1'): string {
  const warning = isOpenToOthers(host)
    ? [`Whoever reaches ${host} may do everything here: the keys of local mode are public.`]
    : []
  const named = Object.entries(pools).map(([name, { id }]) => `pool ${name}: ${id}`)
  const signing = Object.entries(issuers).map(([name, { url }]) => `issuer ${name}: ${url}`)
  const exported = Object.entries(env).map(([name, value]) => `export ${name}=${value}`)
  return [`Edge Identity ${VERSION} serves on ${endpoint}`, ...warning, ...named, ...signing, '', ...exported, ''].join(
    '\n',
  )
}

/** Mistakes at the command line end with code 2, everything else with 1. */
function fail(error: unknown): never {
  const { message, name, stack } = error as Error
  const isExplained = EXPLAINED_NAMES.has(name) || EXPLAINED.some((known) => error instanceof known)
  console.error(isExplained ? message : stack)
  if (error instanceof BadOption) console.error('npx edge-identity --help lists what there is.')
  process.exit(error instanceof BadOption ? 2 : 1)
}

/** Errors whose message is for the person who started the service. */
const EXPLAINED = [BadOption, FileProblems, Refused, Unfit, Unreachable]
const EXPLAINED_NAMES: ReadonlySet<string> = new Set(['StartFailed', 'Unstartable', 'FolderTaken'])

await main(process.argv.slice(2))
