import { type ChildProcess, spawn } from 'node:child_process'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { root } from './bootstrap.mjs'
import { quietEnvironment, wranglerCli } from './wrangler.ts'

const HOST = '127.0.0.1'
/** Start-up takes about a second; a busy machine may need many times that. */
const READY_WITHIN_MS = 60_000
const POLL_EVERY_MS = 50
/** How long wrangler may take to go after SIGTERM, which it does in some 50 ms, before it is killed. */
const STOP_WITHIN_MS = 3_000

/** What wrangler puts before a warning or an error. */
const DECORATION = /^\s*(?:▲ \[WARNING\]|✘ \[ERROR\]) /

/** The one access key of local mode, with its account and the region that everything here uses. */
export const LOCAL_KEY = { accessKeyId: 'test', secretAccessKey: 'test' }
export const LOCAL_ACCOUNT = '000000000000'
export const LOCAL_REGION = 'us-east-1'

export interface LocalServiceOptions {
  /** A free port of this machine. */
  port: number
  /** Where everything is stored; one running service for each folder. */
  stateDir: string
  /** Further settings; they win over those of local mode. */
  vars?: Readonly<Record<string, string>>
  /** Further arguments of `wrangler dev`. */
  args?: readonly string[]
  /** Receives warnings and errors once the service runs. */
  onLog?: (line: string) => void
}

export interface LocalService {
  url: string
  ended: Promise<void>
  /** Ends the whole process group, and resolves when it is gone. */
  stop(): Promise<void>
  /** Ends it at once, for tests of durability. */
  kill(): void
}

/** Why the service did not start, in words for the person who started it. */
class StartFailed extends Error {}

/**
 * Starts the Worker in local mode under `wrangler dev`, in a process group of its own, and resolves once it serves.
 * The discovery document is the sign: to answer it, the service must have accepted its settings. Throws `StartFailed`.
 */
export async function startLocalService(options: LocalServiceOptions): Promise<LocalService> {
  const { args = [], onLog = () => {}, port, stateDir, vars = {} } = options
  const url = `http://localhost:${port}`
  const settings = { LOCAL_MODE: 'on', ISSUER: url, ...vars }
  const child = spawn(process.execPath, devCommand(port, stateDir, settings, args), {
    cwd: root,
    env: { ...quietEnvironment(), WRANGLER_REGISTRY_PATH: join(stateDir, 'registry') },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const log = watchLog(child, onLog)
  const service = processGroup(child)
  try {
    await untilReady(url, service)
  } catch (error) {
    await service.stop()
    throw new StartFailed([(error as Error).message, ...log.lines].join('\n'))
  }
  log.follow()
  return { url, ...service }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Whether nobody listens on the port, under either address that `localhost` may mean. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await canListen(HOST, port)) && (await canListen('::1', port))
}

function canListen(host: string, port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'EADDRINUSE'))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}

function devCommand(
  port: number,
  stateDir: string,
  settings: Readonly<Record<string, string>>,
  args: readonly string[],
): string[] {
  const vars = Object.entries(settings).flatMap(([name, value]) => ['--var', `${name}:${value}`])
  return [
    ...[wranglerCli, 'dev', '--local', '--ip', HOST, '--port', String(port), '--inspector-port', '0'],
    ...['--persist-to', stateDir, '--show-interactive-dev-session=false', '--log-level', 'warn'],
    // With routes in wrangler.toml, requests would otherwise claim to have come to the production host.
    ...['--infer-origin-from-routes=false', ...vars, ...args],
  ]
}

/** The child's lines without wrangler's decoration: kept until `follow`, then handed on as they come. */
function watchLog(child: ChildProcess, onLog: (line: string) => void) {
  const lines: string[] = []
  let take = (line: string): void => {
    lines.push(line)
  }
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) {
        const line = stripVTControlCharacters(part).replace(DECORATION, '').trimEnd()
        if (line) take(line)
      }
    })
  }
  const follow = () => {
    take = onLog
    for (const line of lines.splice(0)) onLog(line)
  }
  return { lines, follow }
}

/** The child with all its own children, which never outlives this process or the child itself. */
function processGroup(child: ChildProcess) {
  let gone = false
  const signal = (name: NodeJS.Signals) => {
    try {
      // A child that could not be started has no id.
      if (child.pid !== undefined) process.kill(-child.pid, name)
    } catch {
      // The group is gone already.
    }
  }
  const kill = () => signal('SIGKILL')
  process.once('exit', kill)
  const ended = new Promise((resolve) => {
    child.once('error', resolve)
    child.once('exit', resolve)
  }).then(() => {
    gone = true
    kill()
    process.off('exit', kill)
  })
  const stop = async () => {
    signal('SIGTERM')
    const timer = setTimeout(kill, STOP_WITHIN_MS)
    await ended
    clearTimeout(timer)
  }
  return { ended, stop, kill, isGone: () => gone }
}

async function untilReady(url: string, service: { isGone(): boolean }): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (Date.now() < deadline) {
    if (service.isGone()) throw new Error('The service ended while starting.')
    const answer = await ask(`${url}/.well-known/openid-configuration`)
    if (answer?.ok) return
    if (answer) throw new Error((await answer.text()).trim() || `The service answers with status ${answer.status}.`)
    await sleep(POLL_EVERY_MS)
  }
  throw new Error(`The service did not answer within ${READY_WITHIN_MS / 1000} seconds.`)
}

async function ask(url: string): Promise<Response | undefined> {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(READY_WITHIN_MS) })
  } catch {
    return undefined
  }
}
