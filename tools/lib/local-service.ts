import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { IssuerConfig } from '../../package/server/issuer-config.mjs'
import type { LogLine } from '../../package/server/log-lines.mjs'
import { type RunningService, type ServiceOptions, startService } from '../../package/server/service.mjs'
import { VERSION } from '../../src/base/version.ts'
import { root } from './bootstrap.mjs'
import { buildConsole } from './built-console.ts'
import { buildIssuers, buildWorker, projectVariables } from './built-worker.ts'

export { LOCAL_ACCOUNT, LOCAL_KEY, LOCAL_REGION } from '../../package/server/local-mode.mjs'
export { freePort, onFreePort } from '../../package/server/ports.mjs'
export type { RunningService }

export interface LocalServiceOptions extends Pick<ServiceOptions, 'port' | 'stateDir' | 'host' | 'inspectorPort'> {
  /** Further settings; they win over those of local mode. */
  vars?: Readonly<Record<string, string>>
  /** Test issuers to serve too, below `/issuers/`. */
  issuers?: readonly IssuerConfig[]
  /** Builds and starts again after every change of the source. */
  watch?: boolean
  /** Receives everything that is logged once the service runs. */
  onLine?: (line: LogLine) => void
  /** Receives warnings and errors alone, as text. */
  onLog?: (line: string) => void
}

/**
 * Builds the Worker and starts it in local mode, with the variables of wrangler.toml and the secrets of .dev.vars. Resolves
 * once it serves. Throws with words for the person who started it.
 */
export async function startLocalService(options: LocalServiceOptions): Promise<RunningService> {
  const { issuers: configs, onLine, onLog, vars = {}, watch = false, stateDir, ...rest } = options
  mkdirSync(stateDir, { recursive: true })
  const log = (line: LogLine) => {
    onLine?.(line)
    if (line.level !== 'info') onLog?.(line.text)
  }
  const onBroken = (text: string) => log({ level: 'error', text: `The Worker could not be built: ${text}` })
  const [built, assets] = await Promise.all([
    buildWorker(join(stateDir, 'worker.js'), { watch, onBroken }),
    buildConsole(join(stateDir, 'assets'), { watch }),
  ])
  const worker = { ...built, assets }
  const issuers = configs && { script: await buildIssuers(join(stateDir, 'issuers.js')), configs }
  // For a deployment, these two are what makes it one.
  const { ISSUER: _, STS_ENDPOINT: __, STS_PROFILE: ___, ...variables } = projectVariables()
  const settings = { ...variables, ...secretsOfDevelopment(), ...vars }
  const place = { ...rest, stateDir, worker, watch, ...(issuers && { issuers }) }
  return startService({ ...place, settings, version: VERSION, onLog: log })
}

/** The file in which wrangler keeps secrets for development. */
function secretsOfDevelopment(): NodeJS.Dict<string> & Record<string, string> {
  try {
    return parseEnv(readFileSync(join(root, '.dev.vars'), 'utf8')) as Record<string, string>
  } catch {
    return {}
  }
}
