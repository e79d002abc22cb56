/**
 * The dependencies that package-lock.json names: those that starting needs, or all. Runs on Node 20 with nothing installed,
 * and mends what an install that was broken off has left.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { FolderTaken, lockFolder } from '../../package/server/folder-lock.mjs'
import { spawnLeashed } from '../../package/server/leash.mjs'
import { eachLine } from '../../package/server/log-lines.mjs'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
export const modules = join(root, 'node_modules')

/** Written by npm at the end of an install, so that it is missing from one that was broken off. */
const INSTALLED_LOCK = join(modules, '.package-lock.json')
const LOOK_AGAIN_MS = 500
/** How often somebody who waits hears of it. */
const TELL_EVERY_MS = { terminal: 500, log: 5_000 }
/** Errors of npm that come of what lies in node_modules. */
const LEFT_OVER = /\b(?:ENOTEMPTY|EEXIST|ENOTDIR|EISDIR)\b/
/** Errors of npm that come of the network, or of its absence. */
const UNREACHABLE =
  /^npm error code (ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT)$/m
/** npm's own patience would be a minute and a half without a word. */
const PATIENCE = ['--fetch-retries=2', '--fetch-retry-mintimeout=500', '--fetch-retry-maxtimeout=2000']

/**
 * What a command needs: `start` is what serving and asking the service need, `all` adds what development needs.
 *
 * @typedef {'start' | 'all'} Needs
 */

/** The dependencies could not be installed; the message is what to tell. */
export class InstallFailed extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message)
    this.name = 'InstallFailed'
  }
}

/**
 * Resolves once what is needed is installed. Throws `InstallFailed`.
 *
 * @param {Needs} needs
 * @param {(stop: () => void) => () => void} onStop calls back when this process is asked to end, until the answer is called
 */
export async function ensureInstalled(needs, onStop) {
  if (isInstalled(needs)) return
  const lock = await waitForTurn()
  try {
    if (isInstalled(needs)) return
    // Who develops here keeps what development needs.
    const what = existsSync(join(modules, 'wrangler')) ? 'all' : needs
    const output = await npmCi(what, onStop)
    if (output !== undefined && !(LEFT_OVER.test(output) && (await startsAfresh(what, onStop))))
      throw new InstallFailed(whatToTell(output))
  } finally {
    await lock.release()
  }
}

/** @param {Needs} needs whether node_modules is what the lock says; packages for other platforms may be absent */
function isInstalled(needs) {
  const present = packagesOf(INSTALLED_LOCK)
  return wanted(needs).every(([path, { version, optional }]) =>
    path in present ? present[path]?.version === version : optional === true,
  )
}

/** @param {Needs} needs */
function wanted(needs) {
  const all = Object.entries(packagesOf(join(root, 'package-lock.json')))
  return all.filter(([path, { dev, devOptional }]) => path !== '' && (needs === 'all' || !(dev || devOptional)))
}

/**
 * @param {string} lockFile
 * @returns {Record<string, { version: string, optional?: boolean, dev?: boolean, devOptional?: boolean }>} by path
 */
function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages
  } catch {
    return {}
  }
}

/** Two installs at once would write the same files. */
async function waitForTurn() {
  for (let told = false; ; told = true)
    try {
      return await lockFolder(root, { pid: process.pid })
    } catch (error) {
      if (!(error instanceof FolderTaken)) throw error
      if (!told) console.error('Another command is installing the dependencies. Waiting for it…')
      await sleep(LOOK_AGAIN_MS)
    }
}

/**
 * @param {Needs} what
 * @param {(stop: () => void) => () => void} onStop
 */
async function startsAfresh(what, onStop) {
  console.error('An install that was broken off left files in the way. Starting it afresh…')
  rmSync(modules, { recursive: true, force: true, maxRetries: 5 })
  const output = await npmCi(what, onStop)
  if (output !== undefined) throw new InstallFailed(whatToTell(output))
  return true
}

/** @param {string} output what npm complained of */
function whatToTell(output) {
  const [, code] = UNREACHABLE.exec(output) ?? []
  const [, url] = /request to (\S+) failed/.exec(output) ?? []
  if (code === undefined) return `${output}\nThe dependencies could not be installed; npm says why above.`
  const where = url && URL.canParse(url) ? `at ${new URL(url).origin}` : 'of npm'
  return `The registry ${where} cannot be reached (${code}). The first start needs a network, or a proxy that npm knows. Start again once it is there.`
}

/**
 * @param {Needs} what
 * @param {(stop: () => void) => () => void} onStop
 * @returns {Promise<string | undefined>} what npm complained of; `undefined`: all went well
 */
async function npmCi(what, onStop) {
  rmSync(INSTALLED_LOCK, { force: true })
  const scope = what === 'all' ? '--include=dev' : '--omit=dev'
  const args = ['ci', scope, '--no-audit', '--no-fund', '--no-progress', '--loglevel=http', ...PATIENCE]
  const npm = spawnLeashed('npm', args, { cwd: root, env: environmentOfNpm() })
  const stopListening = onStop(() => {
    npm.kill()
    // What is there by now is no install: the next start begins anew.
    process.exit(130)
  })
  const progress = tellProgress(wanted(what).filter(([, { optional }]) => !optional).length)
  /** @type {string[]} */
  const complaints = []
  for (const stream of [npm.child.stdout, npm.child.stderr])
    eachLine(stream, (line) => {
      if (!progress.take(line)) complaints.push(line)
    })
  const { code, error } = await npm.ended
  stopListening()
  progress.end()
  if (error) return `npm could not be started: ${error.message}`
  return code === 0 ? undefined : complaints.join('\n')
}

/** The environment without the project's own Node on its path, which is deleted meanwhile, and without npm's own settings. */
function environmentOfNpm() {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== join(modules, '.bin'))
  return { ...process.env, PATH: path.join(delimiter) }
}

/**
 * Tells how far npm is, from what it logs of its fetches.
 *
 * @param {number} total
 */
function tellProgress(total) {
  const { isTTY } = process.stderr
  const begun = Date.now()
  /** @type {Set<string>} */
  const fetched = new Set()
  let heard = false
  let refused = false
  console.error(`Installing ${total} packages, once…`)
  const say = (/** @type {string} */ text) => process.stderr.write(isTTY ? `\r${text.padEnd(79)}` : `${text}\n`)
  const tell = () => {
    const seconds = Math.round((Date.now() - begun) / 1000)
    if (heard || seconds < 5) say(`  ${Math.min(fetched.size, total)} of ${total} packages fetched, ${seconds} s`)
    else say(`  The registry of npm has not answered for ${seconds} s. Is there a network?`)
  }
  const timer = setInterval(tell, isTTY ? TELL_EVERY_MS.terminal : TELL_EVERY_MS.log)
  return {
    /** @param {string} line whether it was about a fetch */
    take(line) {
      const failed = /^npm http fetch GET (\S+) attempt \d+ failed with (\S+)/.exec(line)
      if (failed && !refused) {
        refused = true
        say(`  ${new URL(failed[1] ?? '').host} cannot be reached (${failed[2]}). npm tries again…${isTTY ? '\n' : ''}`)
      }
      if (!line.startsWith('npm http ')) return false
      heard ||= !failed
      const file = /^npm http fetch GET 200 (\S+\.tgz)/.exec(line)?.[1]
      if (file) fetched.add(file)
      return true
    },
    end() {
      clearInterval(timer)
      if (isTTY) process.stderr.write(`\r${' '.repeat(79)}\r`)
    },
  }
}
