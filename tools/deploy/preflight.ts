import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { unstable_readConfig as readWranglerConfig, type Unstable_Config as WranglerConfig } from 'wrangler'
import { root } from '../lib/bootstrap.mjs'
import { wrangler } from '../lib/wrangler.ts'
import { type Addresses, addressProblems } from './addresses.ts'
import { settingsProblems } from './settings-problems.ts'

/** Options of `wrangler deploy`. */
export interface DeployOptions {
  config?: string | undefined
  env?: string | undefined
  name?: string | undefined
  /** Variables from the command line, as `NAME:value`. */
  vars: readonly string[]
  /** Patterns of routes from the command line. */
  addresses: readonly string[]
  /** Custom domains from the command line. */
  domains?: readonly string[]
  'secrets-file'?: string | undefined
  /** Nobody is asked for the names of secrets that are deployed already. */
  'dry-run'?: boolean | undefined
}

/** What would keep the service from working, and what is only worth a look: one sentence each. */
export interface Findings {
  problems: string[]
  notes: string[]
}

/** A file that cannot be read, with the sentence that says why. */
class Unreadable extends Error {}

/** Looks at what a deployment would run with: settings by the service's own table, bindings, and addresses. */
export function preflight(options: DeployOptions): Findings {
  try {
    return findings(options)
  } catch (error) {
    if (error instanceof Unreadable) return { problems: [error.message], notes: [] }
    throw error
  }
}

function findings(options: DeployOptions): Findings {
  const config = configOf(options.config ?? PROJECT_CONFIG, options.env)
  const vars = { ...config.vars, ...Object.fromEntries(options.vars.map(splitVar)) }
  const uploaded = options['secrets-file'] === undefined ? undefined : secretsIn(options['secrets-file'])
  const deployed = deployedSecrets(options, uploaded !== undefined)
  const settings = settingsProblems({ vars, secrets: deployed.names && secretsOf(deployed.names, uploaded) })
  const addresses = addressesOf(config, options)
  const issuer = typeof vars.ISSUER === 'string' ? vars.ISSUER : undefined
  return {
    problems: [
      ...settings.problems,
      ...bindingProblems(config),
      ...addressProblems(addresses, issuer),
      ...settings.missing,
    ],
    notes: [...deployed.notes, ...settings.notes, ...addressNotes(addresses), ...stsNotes(vars)],
  }
}

const PROJECT_CONFIG = join(root, 'wrangler.toml')

function configOf(file: string, env: string | undefined): WranglerConfig {
  try {
    const config = readWranglerConfig({ config: file, env }, { hideWarnings: true })
    // Of a file without any environment wrangler takes the top level, whatever environment is asked for.
    if (env === undefined || config.definedEnvironments?.includes(env)) return config
  } catch (error) {
    throw new Unreadable(`${file} cannot be used: ${reasonOf(error)}`)
  }
  throw new Unreadable(`${file} cannot be used: No environment found in configuration with name "${env}".`)
}

/** What wrangler says of a file, without its headings, pictures and advice. */
function reasonOf(error: unknown): string {
  const { location, message } = error as { message: string; location?: { line: number; column: number } }
  const lines = message.split('\n').map((line) => line.replace(/^[\s-]+/, ''))
  const said = lines.find((line) => line !== '' && !line.startsWith('Processing ')) ?? message
  const where = location ? ` (line ${location.line}, column ${location.column})` : ''
  return `${said.replace(/\.$/, '')}${where}.`
}

function splitVar(pair: string): [string, string] {
  const colon = pair.indexOf(':')
  return [pair.slice(0, colon), pair.slice(colon + 1)]
}

/** Bindings do not carry over to an environment of wrangler, so each must have all that the project's own file has. */
function bindingProblems(config: WranglerConfig): string[] {
  const present = bindingsOf(config)
  return bindingsOf(configOf(PROJECT_CONFIG, undefined))
    .filter((wanted) => !present.includes(wanted))
    .map((binding) => `The binding ${binding} is missing${inEnvironment(config)}: copy it from wrangler.toml.`)
}

function bindingsOf({ durable_objects, kv_namespaces, ratelimits }: WranglerConfig): string[] {
  return [
    ...durable_objects.bindings.map(({ class_name, name }) => `${name} to the Durable Object ${class_name}`),
    ...kv_namespaces.map(({ binding }) => `${binding} to a KV namespace`),
    ...ratelimits.map(({ name }) => `${name} to a rate limit`),
  ]
}

const inEnvironment = ({ targetEnvironment: env }: WranglerConfig) => (env ? ` in the environment ${env}` : '')

function addressesOf(config: WranglerConfig, options: DeployOptions): Addresses {
  const configured = [config.route, ...(config.routes ?? [])].flatMap((route) => route ?? [])
  const custom = configured.flatMap((route) =>
    typeof route === 'object' && 'custom_domain' in route && route.custom_domain ? [route.pattern] : [],
  )
  const patterns = configured.map((route) => (typeof route === 'object' ? route.pattern : route))
  const routes = [...patterns.filter((pattern) => !custom.includes(pattern)), ...options.addresses]
  const domains = [...custom, ...(options.domains ?? [])]
  return { name: options.name ?? config.name, routes, domains, workersDev: config.workers_dev ?? false }
}

function addressNotes({ domains, routes, workersDev }: Addresses): string[] {
  return workersDev && routes.length + domains.length > 0
    ? ['workers_dev is on: the Worker has a second address, which no firewall rule of your domain covers.']
    : []
}

/** Names of the secrets that the deployed Worker has; `undefined` where they cannot be told. */
function deployedSecrets(options: DeployOptions, comeAlong: boolean): { names: string[] | undefined; notes: string[] } {
  if (options['dry-run']) {
    const note = 'The secrets at Cloudflare were not checked: a dry run does not ask for them.'
    return comeAlong ? { names: [], notes: [] } : { names: undefined, notes: [note] }
  }
  const { config, env, name } = options
  const flags = Object.entries({ config, env, name }).flatMap(([flag, value]) => (value ? [`--${flag}`, value] : []))
  const { ok, output, stdout } = wrangler(['secret', 'list', '--format', 'json', ...flags])
  if (ok) return { names: (JSON.parse(stdout) as { name: string }[]).map((secret) => secret.name), notes: [] }
  // There is no such Worker yet.
  if (/\b10007\b/.test(output)) return { names: [], notes: [] }
  const notes = [`The secrets could not be checked: ${firstSentence(output)}`]
  return { names: comeAlong ? [] : undefined, notes }
}

function secretsOf(deployed: readonly string[], uploaded: ReadonlyMap<string, string> = new Map()) {
  return new Map<string, string | undefined>([...deployed.map((name) => [name, undefined] as const), ...uploaded])
}

/** The secrets in a file as wrangler takes it: a JSON object of texts, or lines of `NAME=value`. */
function secretsIn(file: string): ReadonlyMap<string, string> {
  if (!existsSync(file)) throw new Unreadable(`${file} cannot be used: there is no such file.`)
  const text = readFileSync(file, 'utf8')
  const secrets = text.trimStart().startsWith('{') ? jsonObjectIn(file, text) : parseEnv(text)
  const wrong = Object.entries(secrets).find(([, value]) => typeof value !== 'string')
  if (wrong) throw new Unreadable(`${file} cannot be used: ${wrong[0]} must be text.`)
  return new Map(Object.entries(secrets) as [string, string][])
}

function jsonObjectIn(file: string, text: string): object {
  try {
    return JSON.parse(text)
  } catch {
    // The reason that JSON.parse gives repeats a part of the text, which may be a secret.
    throw new Unreadable(`${file} cannot be used: it is not JSON.`)
  }
}

function stsNotes({ STS_ENDPOINT, STS_PROFILE, TOKEN_ALG }: Readonly<Record<string, unknown>>): string[] {
  if (STS_PROFILE === 'ceph' && TOKEN_ALG === 'ES256')
    return ['TOKEN_ALG is ES256, which Ceph takes only from keys with certificates. RS256 works.']
  if (STS_ENDPOINT !== 'embedded') return []
  return ['STS_ENDPOINT is "embedded": what it vends is known to this service alone, not to AWS.']
}

function firstSentence(text: string): string {
  return text.replace(/^\W*\[?ERROR\]?\s*/, '').split(/(?<=\.)\s|\n/)[0] ?? ''
}
