import { wrangler } from '../lib/wrangler.ts'
import { type Addresses, addressProblems, consoleProblems } from './addresses.ts'
import { recordNotes } from './record-notes.ts'
import { secretsIn } from './secrets-file.ts'
import { settingsProblems } from './settings-problems.ts'
import { Unreadable } from './unreadable.ts'
import {
  configOf,
  environmentMeant,
  PROJECT_CONFIG,
  runtimeProblems,
  sharingNotes,
  type WranglerConfig,
} from './wrangler-config.ts'

/** Options of `wrangler deploy` and `wrangler versions upload`. */
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
  'compatibility-date'?: string | undefined
  'secrets-file'?: string | undefined
  /** Variables that were set elsewhere stay, and nobody sees them here. */
  'keep-vars'?: boolean | undefined
  /** Nobody is asked for the names of secrets that are deployed already. */
  'dry-run'?: boolean | undefined
}

/** What would keep the service from working, and what is only worth a look: one sentence each. */
export interface Findings {
  problems: string[]
  notes: string[]
}

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
  const file = options.config ?? PROJECT_CONFIG
  const config = configOf(file, environmentMeant(options.env))
  const vars = { ...config.vars, ...Object.fromEntries(options.vars.map(splitVar)) }
  const uploaded = options['secrets-file'] === undefined ? undefined : secretsIn(options['secrets-file'])
  const deployed = deployedSecrets(options, uploaded !== undefined)
  const secrets = deployed.names && secretsOf(deployed.names, uploaded)
  const settings = settingsProblems({ vars, secrets, required: config.secrets?.required ?? [] })
  const addresses = addressesOf(config, options)
  const issuer = typeof vars.ISSUER === 'string' ? vars.ISSUER : undefined
  const consoleHost = typeof vars.CONSOLE_HOST === 'string' ? vars.CONSOLE_HOST.trim() || undefined : undefined
  // A dry run sees the file alone: what is not in it may be deployed already.
  const missing = options['dry-run'] ? [] : settings.missing
  const unseen = settings.missing.map((line) => `Unless it is deployed already: ${line}`)
  return {
    problems: [
      ...settings.problems,
      ...runtimeProblems(config, options['compatibility-date']),
      ...addressProblems(addresses, issuer),
      ...consoleProblems(addresses, consoleHost),
      ...missing,
    ],
    notes: [
      ...deployed.notes,
      ...(options['dry-run'] ? unseen : []),
      ...settings.notes,
      ...addressNotes(addresses),
      ...sharingNotes(config, file),
      ...recordNotes(config),
      ...keptNotes(config, options),
      ...stsNotes(vars),
    ],
  }
}

function splitVar(pair: string): [string, string] {
  const colon = pair.indexOf(':')
  return [pair.slice(0, colon), pair.slice(colon + 1)]
}

function addressesOf(config: WranglerConfig, options: DeployOptions): Addresses {
  const configured = [config.route, ...(config.routes ?? [])].flatMap((route) => route ?? [])
  const custom = configured.flatMap((route) =>
    typeof route === 'object' && 'custom_domain' in route && route.custom_domain ? [route.pattern] : [],
  )
  const patterns = configured.map((route) => (typeof route === 'object' ? route.pattern : route))
  const routes = [...patterns.filter((pattern) => !custom.includes(pattern)), ...options.addresses]
  const domains = [...custom, ...(options.domains ?? [])]
  // Without the setting wrangler gives the Worker this address if it has no other.
  const workersDev = config.workers_dev ?? routes.length + domains.length === 0
  return { name: options.name ?? config.name, routes, domains, workersDev }
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
  const { config, name } = options
  const given = Object.entries({ config, name }).flatMap(([flag, value]) => (value ? [`--${flag}`, value] : []))
  const flags = [...given, `--env=${environmentMeant(options.env)}`]
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

function keptNotes(config: WranglerConfig, options: DeployOptions): string[] {
  return config.keep_vars || options['keep-vars']
    ? ['Variables that were set elsewhere stay (keep_vars). They were not checked.']
    : []
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
