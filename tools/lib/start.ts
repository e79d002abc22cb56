import { join } from 'node:path'
import { FolderTaken, holderOf } from '../../package/server/folder-lock.mjs'
import { defaultIssuer, type IssuerConfig, isRedirectUri } from '../../package/server/issuer-config.mjs'
import { isOpenToOthers, localHosts } from '../../package/server/local-mode.mjs'
import type { LogLine } from '../../package/server/log-lines.mjs'
import type { Given } from '../../package/server/options.mjs'
import { isPortFree } from '../../package/server/ports.mjs'
import { LOG_LEVELS, readable } from '../../package/server/refusals.mjs'
import { BadOption, fail, onStop, root } from './bootstrap.mjs'
import { fromCallersFolder } from './callers-folder.ts'
import { freePort, type LocalServiceOptions, type RunningService, startLocalService } from './local-service.ts'
import { welcome, welcomeWithout } from './screen.ts'
import { type SamplePool, samplePool, tour } from './tour.ts'

const DEFAULT_PORT = 8787
const LOOPBACK = '127.0.0.1'
const ASK_WITHIN_MS = 2_000

/** Serves in local mode until this process is asked to end, and shows what a guest gets. */
export async function main({ values }: Given): Promise<void> {
  const options = optionsFrom(values)
  let service: RunningService | undefined
  let stopping = false
  onStop(async () => {
    // Who asks twice does not want to wait for requests that are under way.
    if (stopping) process.exit(130)
    stopping = true
    await service?.stop()
    process.exit(0)
  })
  try {
    await checkFolder(options)
    const port = options.port || (await freePort())
    await checkPort(port, options)
    if (isOpenToOthers(options.host)) console.error(`Whoever reaches ${options.host} has the keys of local mode.`)
    const issuer = defaultIssuer(`http://localhost:${port}`, options.redirectUris)
    service = await startLocalService({ ...options, port, issuers: [issuer] })
    const screen = await screenOf(service.url, issuer)
    if (!stopping) console.log(screen)
    await service.ended
    if (!stopping) fail('The service ended by itself.')
  } catch (error) {
    if (error instanceof BadOption) throw error
    if (!stopping) fail((error as Error).message)
  }
}

async function screenOf(url: string, issuer: IssuerConfig): Promise<string> {
  let sample: SamplePool | undefined
  try {
    sample = await samplePool(url, issuer)
    return welcome(url, await tour(url, issuer, sample))
  } catch (error) {
    return welcomeWithout(url, error as Error, sample)
  }
}

type StartOptions = LocalServiceOptions & { host: string; isDefaultFolder: boolean; redirectUris: readonly string[] }

function optionsFrom(values: Given['values']): StartOptions {
  const { ip: host = LOOPBACK, port = String(DEFAULT_PORT), redirect = [], var: vars = [], watch = false } = values
  const folder: string | undefined = values['persist-to']
  const level = LOG_LEVELS.find((each) => each === (values['log-level'] ?? 'refusals'))
  if (level === undefined) throw new BadOption(`--log-level is one of ${LOG_LEVELS.join(', ')}`)
  const inspector: string | undefined = values['inspector-port']
  const given = Object.fromEntries(vars.map(settingFrom))
  const hosts = localHosts(host, given.LOCAL_HOSTS)
  return {
    port: portFrom('--port', port),
    host,
    redirectUris: redirect.map(redirectUriFrom),
    stateDir: folder === undefined ? join(root, '.wrangler', 'state') : fromCallersFolder(folder),
    isDefaultFolder: folder === undefined,
    vars: { ...given, ...(hosts && { LOCAL_HOSTS: hosts }) },
    watch,
    ...(inspector !== undefined && { inspectorPort: portFrom('--inspector-port', inspector) }),
    onLine: (line: LogLine) => {
      const shown = readable(line, level, process.stderr)
      if (shown !== undefined) console.error(shown)
    },
  }
}

function portFrom(option: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new BadOption(`${option} ${text} is not a port`)
}

function redirectUriFrom(text: string): string {
  if (isRedirectUri(text)) return text
  throw new BadOption(`--redirect ${text} is not a whole address without a fragment`)
}

function settingFrom(text: string): [name: string, value: string] {
  const [, name, value] = /^([A-Za-z_]\w*):(.*)$/s.exec(text) ?? []
  if (name === undefined || value === undefined) throw new BadOption(`--var ${text} is not NAME:VALUE`)
  return [name, value]
}

async function checkFolder({ isDefaultFolder, port, stateDir }: StartOptions): Promise<void> {
  const holder = await holderOf(stateDir)
  if (holder === undefined) return
  const own = `npm start -- --port ${(port || DEFAULT_PORT) + 1} --persist-to DIR`
  const advice = isDefaultFolder ? `for a second one with state of its own: ${own}` : 'or choose another folder.'
  fail(`${new FolderTaken(stateDir, holder).message} Use that one, ${advice}`)
}

async function checkPort(port: number, { host }: StartOptions): Promise<void> {
  if (await isPortFree(port, host)) return
  const version = await versionAt(port)
  const who = version === undefined ? 'another program' : `an Edge Identity ${version} that serves from another folder`
  fail(`Port ${port} is taken by ${who}. Stop that one, or choose a port: npm start -- --port ${port + 1}`)
}

/** The version of the Edge Identity at a port of this machine; `undefined` if something else is there. */
async function versionAt(port: number): Promise<string | undefined> {
  try {
    const answer = await fetch(`http://localhost:${port}/health`, { signal: AbortSignal.timeout(ASK_WITHIN_MS) })
    const { service, version } = (await answer.json()) as Record<string, unknown>
    return service === 'edge-identity' ? String(version) : undefined
  } catch {
    return undefined
  }
}
