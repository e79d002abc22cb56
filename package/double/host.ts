import { readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { VERSION } from '../../src/base/version.ts'
import type { IdentityDocument } from '../file/index.ts'
import { isRedirectUri } from '../server/issuer-config.mjs'
import { localHosts } from '../server/local-mode.mjs'
import type { LogLine } from '../server/log-lines.mjs'
import { isPortFree, onFreePort } from '../server/ports.mjs'
import { type RunningService, startService } from '../server/service.mjs'
import type { BuiltWorker } from '../server/workerd-config.mjs'
import { allIssuers } from './seed-issuers.ts'
import { temporaryFolder } from './temporary.ts'

export interface HostOptions {
  /** Port to listen on; 0, the default, for any that is free. */
  port?: number | undefined
  /** Address to listen on, 127.0.0.1 unless told. Whoever reaches another one may do everything: all keys are public. */
  host?: string | undefined
  /** Folder for pools, identities and keys. Without one, all is gone when the service ends. */
  persist?: string | undefined
  /** Settings of the service, such as `TOKEN_ALG`. */
  settings?: Readonly<Record<string, string>> | undefined
  /** Issuers sign in place of the providers of this file. */
  document?: IdentityDocument | undefined
  /** Where the login pages of issuers may send browsers back to, letter by letter. */
  redirectUris?: readonly string[] | undefined
  /** Receives each line that the service logs. */
  onLog?: ((line: LogLine) => void) | undefined
}

/** A service in local mode, which ends with this process at the latest. */
export interface Host {
  endpoint: string
  pid: number | undefined
  /** Where it keeps what it has. */
  folder: string
  ended: Promise<void>
  close(): Promise<void>
}

/** What keeps the service from starting, in words for the person who started it. */
export class Unstartable extends Error {
  override readonly name = 'Unstartable'
}

/** Starts the service that is in this package. */
export async function startHost(options: HostOptions = {}): Promise<Host> {
  const { persist, port = 0 } = options
  checkSettings(options.settings ?? {})
  for (const uri of options.redirectUris ?? [])
    if (!isRedirectUri(uri)) throw new Unstartable(`${uri} is no whole address without a fragment.`)
  const stateDir = persist ?? (await temporaryFolder())
  const remove = () => {
    if (persist === undefined) rmSync(stateDir, { recursive: true, force: true })
  }
  try {
    const start = (on: number) => started(options, stateDir, on)
    const host = await (port === 0 ? onFreePort(start, { host: options.host }) : start(port))
    process.once('exit', remove)
    const ended = host.ended.then(() => {
      remove()
      process.off('exit', remove)
    })
    const close = async () => {
      await host.close()
      await ended
    }
    return { ...host, folder: stateDir, ended, close }
  } catch (error) {
    remove()
    throw error
  }
}

async function started(options: HostOptions, stateDir: string, port: number): Promise<Served> {
  const { document, host = '127.0.0.1', onLog, redirectUris, settings = {} } = options
  if (!(await isPortFree(port, host)))
    throw new Unstartable(`Port ${port} is taken. Choose another one, or end the program that has it.`)
  const endpoint = `http://${nameOf(host)}:${port}`
  const hosts = localHosts(host, settings.LOCAL_HOSTS)
  const all = { ...settings, ISSUER: endpoint, ...(hosts !== '' && { LOCAL_HOSTS: hosts }) }
  const issuers = { script: builtIssuers(), configs: allIssuers(endpoint, document, redirectUris) }
  const place = { worker: builtWorker(), issuers, port, host, stateDir, settings: all, version: VERSION }
  return hostOf(await startService({ ...place, ...(onLog && { onLog }) }), endpoint)
}

type Served = Omit<Host, 'folder'>

/** Whoever forgets to close it shall come to an end all the same. */
function hostOf({ ended, pid, stop, unref }: RunningService, endpoint: string): Served {
  unref()
  return { endpoint, pid, ended, close: stop }
}

/** The service as it is deployed, beside the modules of this package. */
function builtWorker(): BuiltWorker {
  const script = fileURLToPath(new URL('../worker/worker.js', import.meta.url))
  const manifest = JSON.parse(readFileSync(new URL('../worker/manifest.json', import.meta.url), 'utf8'))
  return { ...manifest, script, assets: fileURLToPath(new URL('../worker/assets', import.meta.url)) }
}

function builtIssuers(): string {
  return fileURLToPath(new URL('../worker/issuers.js', import.meta.url))
}

/** How clients on this machine name the address. */
function nameOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

/** Settings that make a deployment what it is. A test double that took them would look like one. */
const OF_DEPLOYMENTS = /^(?:LOCAL_MODE|ISSUER|KEY_ENCRYPTION_KEY\w*)$/

function checkSettings(settings: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(settings))
    if (OF_DEPLOYMENTS.test(name))
      throw new Unstartable(`${name} is a setting of deployments. A test double has its own.`)
}
