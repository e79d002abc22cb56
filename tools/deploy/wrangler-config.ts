import { join } from 'node:path'
import { unstable_readConfig as readWranglerConfig, type Unstable_Config as WranglerConfig } from 'wrangler'
import { root } from '../lib/bootstrap.mjs'
import { Unreadable } from './unreadable.ts'

export type { WranglerConfig }

export const PROJECT_CONFIG = join(root, 'wrangler.toml')

/** The top level of a file, as wrangler names it among the environments. */
const TOP_LEVEL = ''

/** The environment that wrangler would take: what an option names, else what the shell does. */
export function environmentMeant(option: string | undefined): string {
  return option ?? process.env.CLOUDFLARE_ENV ?? TOP_LEVEL
}

/** A file of wrangler, as it holds for an environment. Throws `Unreadable`. */
export function configOf(file: string, env: string): WranglerConfig {
  try {
    const config = readWranglerConfig({ config: file, env }, { hideWarnings: true })
    // Of a file without any environment wrangler takes the top level, whatever environment is asked for.
    if (env === TOP_LEVEL || config.definedEnvironments?.includes(env)) return config
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

/**
 * What a configuration must have for the Worker to run at all: the bindings of the project's own file, which do not carry
 * over to an environment of wrangler, objects that keep SQL, and a runtime not older than the one the Worker was made for.
 */
export function runtimeProblems(config: WranglerConfig, compatibilityDate: string | undefined): string[] {
  const project = configOf(PROJECT_CONFIG, TOP_LEVEL)
  return [
    ...bindingProblems(config, project),
    ...storageProblems(config, project),
    ...flagProblems(config, project),
    ...dateProblems(compatibilityDate ?? config.compatibility_date, project.compatibility_date),
  ]
}

function bindingProblems(config: WranglerConfig, project: WranglerConfig): string[] {
  const present = bindingsOf(config)
  return bindingsOf(project)
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

/** A class that no migration makes with SQLite has no SQL, or is not there at all. */
function storageProblems(config: WranglerConfig, project: WranglerConfig): string[] {
  const withSql = (of: WranglerConfig) => of.migrations.flatMap(({ new_sqlite_classes }) => new_sqlite_classes ?? [])
  const present = withSql(config)
  return withSql(project)
    .filter((wanted) => !present.includes(wanted))
    .map((name) => `No migration makes ${name} with SQLite${inEnvironment(config)}: copy it from wrangler.toml.`)
}

/** Without them fetches would reach what they must not, or nothing. */
function flagProblems(config: WranglerConfig, project: WranglerConfig): string[] {
  return project.compatibility_flags
    .filter((wanted) => !config.compatibility_flags.includes(wanted))
    .map((flag) => `The compatibility flag ${flag} is missing${inEnvironment(config)}: copy it from wrangler.toml.`)
}

function dateProblems(given: string | undefined, oldest: string | undefined): string[] {
  if (given === undefined || oldest === undefined || given >= oldest) return []
  return [`compatibility_date is ${given}: the Worker needs ${oldest} or later.`]
}

/** Counters and caches that an environment shares with the top level, whose Worker is another one. */
export function sharingNotes(config: WranglerConfig, file: string): string[] {
  if (!config.targetEnvironment) return []
  const top = configOf(file, TOP_LEVEL)
  const counters = top.ratelimits.map(({ namespace_id }) => namespace_id)
  const caches = top.kv_namespaces.flatMap(({ id }) => id ?? [])
  return [
    ...config.ratelimits
      .filter(({ namespace_id }) => counters.includes(namespace_id))
      .map(
        ({ name, namespace_id }) => `${name} counts together with the top level: both have namespace ${namespace_id}.`,
      ),
    ...config.kv_namespaces
      .filter(({ id }) => id !== undefined && caches.includes(id))
      .map(
        ({ binding }) => `${binding} is the KV namespace of the top level too: each reads and ends the other's copies.`,
      ),
  ]
}

const inEnvironment = ({ targetEnvironment: env }: WranglerConfig) => (env ? ` in the environment ${env}` : '')
