/**
 * The service on workerd, in local mode: one process for one folder of state. It needs the built Worker and the package
 * `workerd`, nothing else.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { lockFolder } from './folder-lock.mjs'
import { standIns } from './issuer-config.mjs'
import { spawnLeashed } from './leash.mjs'
import { eachLine, logLine } from './log-lines.mjs'
import { DATABASES, workerdConfig } from './workerd-config.mjs'

/** Start-up takes less than a second; a busy machine may need many times that. */
const READY_WITHIN_MS = 60_000
/** How long workerd may go on with requests after SIGTERM, before it is killed. */
const STOP_WITHIN_MS = 3_000
const POLL_EVERY_MS = 20

/** Why the service did not start, in words for the person who started it. */
class StartFailed extends Error {
  /** @param {readonly string[]} lines */
  constructor(lines) {
    super(lines.join('\n'))
    this.name = 'StartFailed'
  }
}

/**
 * @typedef {object} ServiceOptions
 * @property {import('./workerd-config.mjs').BuiltWorker} worker
 * @property {number} port a free one of this machine
 * @property {string} stateDir where everything is stored; made if it is not there
 * @property {string} [host] address to listen on; loopback unless another is given
 * @property {Readonly<Record<string, string>>} [settings] win over those of local mode
 * @property {import('./workerd-config.mjs').TestIssuers} [issuers] are served too, below /issuers/, and sign for the
 *   providers that they stand for
 * @property {string} [version] told to whoever finds the folder taken
 * @property {number} [inspectorPort] where debuggers may come in
 * @property {boolean} [watch] starts workerd again whenever the script changes
 * @property {(line: import('./log-lines.mjs').LogLine) => void} [onLog] receives what is logged once the service runs
 */

/**
 * @typedef {object} RunningService
 * @property {string} url
 * @property {number | undefined} pid
 * @property {Promise<void>} ended
 * @property {() => Promise<void>} stop resolves when it is gone and the folder is free
 * @property {() => void} kill ends it at once, for tests of durability
 * @property {() => void} unref lets this process come to its end while the service runs, which then ends too
 */

/**
 * Starts the service and resolves once it serves. It ends with this process, however that ends. Throws `StartFailed`, and
 * `FolderTaken` if another process serves from the folder.
 *
 * @param {ServiceOptions} options
 * @returns {Promise<RunningService>}
 */
export async function startService(options) {
  const { host = '127.0.0.1', onLog = () => {}, port, version } = options
  const stateDir = resolve(options.stateDir)
  const url = `http://localhost:${port}`
  const lock = await lockFolder(stateDir, { url, pid: process.pid, ...(version && { version }) })
  const standing = standIns(url, options.issuers?.configs ?? [], options.settings?.LOCAL_ISSUERS)
  const settings = { LOCAL_MODE: 'on', ISSUER: url, STS_ENDPOINT: 'embedded', ...options.settings, ...standing }
  const process_ = spawnLeashed(
    workerdBinary(),
    workerdArguments({ ...options, host, stateDir, settings }),
    { stdio: ['pipe', 'pipe', 'pipe'] }, // the last: where workerd tells that it listens
  )
  const ended = process_.ended.then(() => lock.release())
  const log = followLog(process_.child, onLog)
  try {
    await untilReady(process_, host, port)
  } catch (error) {
    await process_.stop(STOP_WITHIN_MS)
    await ended
    throw new StartFailed([error instanceof Error ? error.message : String(error), ...log.lines])
  }
  log.follow()
  const stop = async () => {
    await process_.stop(STOP_WITHIN_MS)
    await ended
  }
  return { url, pid: process_.child.pid, ended, stop, kill: process_.kill, unref: process_.unref }
}

/** The program of the package `workerd` for this machine. */
function workerdBinary() {
  return createRequire(import.meta.url)('workerd').default
}

/**
 * Writes the configuration, which holds settings that may be secret, and tells how workerd is called with it.
 *
 * @param {ServiceOptions & import('./workerd-config.mjs').Serving} options
 * @returns {string[]}
 */
function workerdArguments({ inspectorPort, watch, ...serving }) {
  const databases = join(serving.stateDir, ...DATABASES)
  mkdirSync(databases, { recursive: true })
  const file = join(serving.stateDir, 'workerd.capnp')
  writeFileSync(file, workerdConfig(serving, databases), { mode: 0o600 })
  return [
    ...['serve', file, '--control-fd=3'],
    ...(watch ? ['--watch'] : []),
    ...(inspectorPort === undefined ? [] : [`--inspector-addr=127.0.0.1:${inspectorPort}`]),
  ]
}

/**
 * The child's lines: kept until `follow`, then handed on as they come.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @param {(line: import('./log-lines.mjs').LogLine) => void} onLog
 */
function followLog(child, onLog) {
  /** @type {import('./log-lines.mjs').LogLine[]} */
  const held = []
  /** @param {import('./log-lines.mjs').LogLine} line */
  let take = (line) => {
    held.push(line)
  }
  for (const stream of [child.stdout, child.stderr]) eachLine(stream, (line) => take(logLine(line)))
  return {
    get lines() {
      return held.map(({ text }) => text)
    },
    follow() {
      take = onLog
      for (const line of held.splice(0)) onLog(line)
    },
  }
}

/**
 * The answer to a question for its health is the sign: to give it, the service must have accepted its settings.
 *
 * @param {import('./leash.mjs').Leashed} process_
 * @param {string} host
 * @param {number} port
 */
async function untilReady({ child, ended, isGone }, host, port) {
  const deadline = Date.now() + READY_WITHIN_MS
  let listening = false
  eachLine(/** @type {import('node:stream').Readable} */ (child.stdio[3]), () => {
    listening = true
  })
  while (Date.now() < deadline) {
    if (isGone()) throw new Error(whyGone(await ended))
    const answer = listening ? await ask(`http://${loopbackOf(host)}:${port}/health`) : undefined
    if (answer?.ok) return
    if (answer) throw new Error((await answer.text()).trim() || `The service answers with status ${answer.status}.`)
    await sleep(POLL_EVERY_MS)
  }
  throw new Error(`The service did not answer within ${READY_WITHIN_MS / 1000} seconds.`)
}

/** @param {import('./leash.mjs').Ended} ended */
function whyGone({ code, error, signal }) {
  if (error) return `workerd could not be started: ${error.message}`
  return `workerd ended while starting, with ${signal ?? `code ${code}`}.`
}

/**
 * The address at which a service that listens on `host` is reached from this machine.
 *
 * @param {string} host
 */
function loopbackOf(host) {
  if (host === '0.0.0.0' || host === '::' || host === '*') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

/** @param {string} url */
async function ask(url) {
  try {
    return await fetch(url, { headers: { host: 'localhost' }, signal: AbortSignal.timeout(READY_WITHIN_MS) })
  } catch {
    return undefined
  }
}
