/**
 * What every command needs first: the dependencies that package-lock.json names, and the project's own Node, because
 * wrangler needs a newer one than the machine may have. Runs on Node 20 with nothing installed.
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

const modules = join(root, 'node_modules')
const ownNode = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
/** What wrangler and vitest ask for. */
const OLDEST_NODE = /** @type {const} */ ([22, 12])
const PARENT_CHECK_MS = 200
/** Set in the environment of a script that started again under another Node. */
const WRAPPED = 'EDGE_IDENTITY_WRAPPED'

/**
 * Runs a command: prints its help, which works with nothing installed, or installs what is missing and hands the
 * arguments to the command's `main`.
 *
 * @param {string | undefined} help `undefined`: the program behind the command has a help of its own
 * @param {() => Promise<{ main: (args: string[]) => unknown }>} load imports the file that does the work
 */
export async function command(help, load) {
  const args = process.argv.slice(2)
  if (help !== undefined && args.some((arg) => arg === '--help' || arg === '-h')) {
    console.log(help)
    return
  }
  await ensureInstalled()
  const { main } = await load()
  await main(args)
}

/**
 * Resolves once the dependencies are installed and the running Node is the project's own. Where it is another, the
 * script starts again under the right one and this process ends as that one does, so nothing behind the call runs twice.
 */
async function ensureInstalled() {
  if (!isInstalled()) await install()
  if (existsSync(ownNode)) {
    if (process.version !== ownVersion()) await runAgainUnder(ownNode)
  } else if (!isNewEnough(process.versions.node)) {
    fail(
      `This needs Node ${OLDEST_NODE.join('.')} or newer, and ${process.version} is running. The project brings its own, ` +
        'but npm did not run its install script. Run `npm rebuild node --ignore-scripts=false`, or use a newer Node.',
    )
  }
}

/**
 * Runs a command to its end, passing on the signals this process gets.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions & { onMessage?: (message: any) => void }} [options]
 * @returns {Promise<number>} its exit code; a command ended by a signal has none, and then this process ends by the same signal.
 */
export async function run(command, args, { onMessage, ...options } = {}) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options })
  if (onMessage) child.on('message', onMessage)
  const stopListening = onStop((signal) => child.kill(signal))
  const { code, signal } = await ended(child)
  stopListening()
  if (signal) process.kill(process.pid, signal)
  return code ?? 1
}

/**
 * Calls back when this process is asked to end. That the parent is gone counts as SIGTERM where the parent is only a
 * wrapper: the shell in which npm runs scripts, which does not hand on the signals it gets, or this script under Node 20.
 *
 * @param {(signal: NodeJS.Signals) => void} callback
 * @returns {() => void} stops listening
 */
export function onStop(callback) {
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, callback)
  const parent = process.ppid
  const watch = setInterval(() => process.ppid === parent || callback('SIGTERM'), PARENT_CHECK_MS)
  if (!process.env.npm_lifecycle_event && !process.env[WRAPPED]) clearInterval(watch)
  watch.unref()
  return () => {
    for (const signal of signals) process.off(signal, callback)
    clearInterval(watch)
  }
}

/**
 * Prints one line and ends the process.
 *
 * @param {string} message
 * @param {number} [code]
 * @returns {never}
 */
export function fail(message, code = 1) {
  console.error(message)
  process.exit(code)
}

/** Whether node_modules is what the lock says; only packages for other platforms may be absent. */
function isInstalled() {
  const wanted = packagesOf(join(root, 'package-lock.json'))
  const present = packagesOf(join(modules, '.package-lock.json'))
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true
    return path in present ? present[path]?.version === version : optional === true
  })
}

/**
 * @param {string} lockFile
 * @returns {Record<string, { version: string, optional?: boolean }>} by path
 */
function packagesOf(lockFile) {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')).packages : {}
}

async function install() {
  console.error('Installing dependencies (once)…')
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const npm = spawn('npm', args, { cwd: root, env: withoutOwnNode(), shell: process.platform === 'win32' })
  let output = ''
  for (const stream of [npm.stdout, npm.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const { code, error } = await ended(npm)
  if (error) fail(`npm could not be started: ${error.message}`)
  if (code !== 0) fail(`${output.trimEnd()}\nThe dependencies could not be installed; npm says why above.`)
}

/** The environment without the project's own Node on its path: `npm ci` deletes that one while it runs. */
function withoutOwnNode() {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== join(modules, '.bin'))
  return { ...process.env, PATH: path.join(delimiter) }
}

function ownVersion() {
  return `v${JSON.parse(readFileSync(join(modules, 'node', 'package.json'), 'utf8')).version}`
}

/** @param {string} version */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldestMajor, oldestMinor] = OLDEST_NODE
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
}

/**
 * @param {string} node
 * @returns {Promise<never>}
 */
async function runAgainUnder(node) {
  const env = { ...process.env, [WRAPPED]: '1' }
  process.exit(await run(node, process.argv.slice(1), { cwd: process.cwd(), env }))
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<{ code: number | null, signal?: NodeJS.Signals | null, error?: Error }>}
 */
function ended(child) {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 1, error }))
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
}
