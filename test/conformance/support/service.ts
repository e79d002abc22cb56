import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IssuerConfig } from '../../../package/server/issuer-config.mjs'
import {
  LOCAL_ACCOUNT,
  LOCAL_KEY,
  LOCAL_REGION,
  onFreePort,
  startLocalService,
} from '../../../tools/lib/local-service.ts'

/** What an SDK client needs to reach a service that `startService` began, but for its `endpoint`. */
export const LOCAL_CLIENT = { region: LOCAL_REGION, credentials: LOCAL_KEY }
export { LOCAL_ACCOUNT, LOCAL_REGION }

export interface ServiceOptions {
  /** Settings besides those of local mode, which they may replace: `STS_ENDPOINT`, `TOKEN_ALG`, `ACCESS_KEY_…`. */
  vars?: Record<string, string>
  /** Test issuers to serve too, as seen from where the service is. */
  issuers?: (url: string) => readonly IssuerConfig[]
  /** A free port is found unless one is given. */
  port?: number
  /** Where to look for a free port. */
  findPort?: () => Promise<number>
}

export interface Service {
  url: string
  /** Warnings and errors that the service logged since its start, one line each. */
  log: string[]
  /** Ends the service and deletes what it stored. */
  stop(): Promise<void>
  /** Kills the service as a crash would and starts it again on what it stored, under the same URL. */
  restart(): Promise<void>
}

/**
 * Starts the Worker as `npm start` does: on workerd, in local mode, over real HTTP, with real outbound calls.
 * It stores in a folder of its own. Takes a second or two, so tests of one file share one service.
 */
export function startService({ findPort: find, port, ...options }: ServiceOptions = {}): Promise<Service> {
  const start = (on: number) => startOn(on, options)
  return port === undefined ? onFreePort(start, find && { find }) : start(port)
}

async function startOn(
  port: number,
  { issuers, vars = {} }: Pick<ServiceOptions, 'issuers' | 'vars'>,
): Promise<Service> {
  const stateDir = await mkdtemp(join(tmpdir(), 'edge-identity-'))
  const log: string[] = []
  const served = issuers && { issuers: issuers(`http://localhost:${port}`) }
  const options = { port, stateDir, vars, ...served, onLog: (line: string) => log.push(line) }
  let running = await startLocalService(options)
  return {
    url: running.url,
    log,
    async stop() {
      await running.stop()
      await rm(stateDir, { recursive: true, force: true })
    },
    async restart() {
      running.kill()
      await running.ended
      running = await startLocalService(options)
    },
  }
}
