/**
 * What every command needs first: the dependencies that package-lock.json names, and a Node that can run what it loads.
 * Runs on Node 20 with nothing installed.
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { register } from 'node:module'
import { join } from 'node:path'
import { spawnLeashed } from '../../package/server/leash.mjs'
import { BadOption, readOptions, withOptionsOfNpm } from '../../package/server/options.mjs'
import { watchParents } from '../../package/server/parents.mjs'
import { checkAction, commandHelp } from './actions.mjs'
import { ensureInstalled, InstallFailed, modules, root } from './install.mjs'

export { CONNECTION_OPTIONS } from './connection-options.mjs'
export { BadOption, root }

const ownNode = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
/** What wrangler and vitest ask for. */
const OLDEST_NODE = /** @type {const} */ ([22, 12])
const PARENT_CHECK_MS = 200
/** Set in the environment of a script that started again under another Node. */
const WRAPPED = 'EDGE_IDENTITY_WRAPPED'

/**
 * A command whose options are known before anything is installed, and which needs no more than serving does.
 *
 * @typedef {object} Command
 * @property {string} usage what it does, and how it is called
 * @property {import('../../package/server/options.mjs').Options} options
 * @property {Readonly<Record<string, string>>} [actions] of a command that does several things, what each does
 * @property {number} [maxPositionals]
 * @property {string} [after] what the help says below the options
 */

/** What each of these has besides its own. */
const HELP_OPTION = { help: { text: 'this text' } }

/**
 * Runs a command for those who use the service: its `main` gets the options that were given. What was mistyped is said
 * before anything is installed, and ends with code 2.
 *
 * @param {Command} declared
 * @param {() => Promise<{ main: (given: import('../../package/server/options.mjs').Given) => unknown }>} load imports the file that does the work
 */
export async function userCommand({ actions, after, maxPositionals = actions ? 1 : 0, options, usage }, load) {
  const all = { ...options, ...HELP_OPTION }
  const help = commandHelp({ actions, after, options: all, usage }, process.argv.slice(2))
  if (asksForHelp(process.argv.slice(2))) return console.log(help)
  const given = orExplained(
    () => {
      const { args, taken } = withOptionsOfNpm(process.argv.slice(2), all, process.env)
      for (const name of taken)
        console.error(
          `npm took --${name} for an option of its own. It holds all the same; the sure way is -- before it.`,
        )
      const read = readOptions(args, all, { maxPositionals })
      if (actions) checkAction(read, actions, all)
      return read
    },
    actions ? undefined : help,
  )
  if (given.values.version) return console.log(ownPackage().version)
  await installed('start')
  if (!process.features.typescript) register('./type-loader.mjs', import.meta.url)
  const { main } = await load()
  await orSaid(async () => main(given))
}

/**
 * Runs a command that the package has as well, which reads its options and writes its help by itself. It gets what was typed.
 *
 * @param {() => Promise<{ main: (args: string[]) => unknown }>} load imports the file that does the work
 */
export async function packageCommand(load) {
  await installed('start')
  if (!process.features.typescript) register('./type-loader.mjs', import.meta.url)
  const { main } = await load()
  await main(process.argv.slice(2))
}

/**
 * Runs a command for those who develop or deploy: prints its help, which works with nothing installed, or installs what is
 * missing and hands the arguments to the command's `main`, under the project's own Node.
 *
 * @param {string | undefined} help `undefined`: the program behind the command has a help of its own
 * @param {() => Promise<{ main: (args: string[]) => unknown }>} load imports the file that does the work
 */
export async function command(help, load) {
  const args = process.argv.slice(2)
  if (help !== undefined && asksForHelp(args)) return console.log(help)
  await installed('all')
  await ensureOwnNode()
  const { main } = await load()
  await orSaid(async () => main(args))
}

/** @param {readonly string[]} args */
function asksForHelp(args) {
  return args.some((arg) => arg === '--help' || arg === '-h') || process.env.npm_config_help === 'true'
}

/**
 * @template T
 * @param {() => T} read
 * @param {string | undefined} help a short one; a long one is only pointed to
 * @returns {T}
 */
function orExplained(read, help) {
  try {
    return read()
  } catch (error) {
    if (error instanceof BadOption)
      fail(help === undefined ? pointing(error.message) : `${error.message}\n\n${help}`, 2)
    throw error
  }
}

/**
 * Says in one line what is wrong with an option.
 *
 * @param {() => Promise<unknown>} work
 */
async function orSaid(work) {
  try {
    await work()
  } catch (error) {
    const { code = '', message = '' } = /** @type {NodeJS.ErrnoException} */ (error)
    if (!(error instanceof BadOption) && !code.startsWith('ERR_PARSE_ARGS_')) throw error
    fail(pointing(message.split('. To specify')[0] ?? ''), 2)
  }
}

/** @param {string} message */
function pointing(message) {
  return `${message}${/[.?]$/.test(message) ? '' : '.'} --help tells more.`
}

/** @param {import('./install.mjs').Needs} needs */
async function installed(needs) {
  try {
    await ensureInstalled(needs, onStop)
  } catch (error) {
    if (error instanceof InstallFailed) fail(error.message)
    throw error
  }
}

/**
 * Resolves once the running Node is the project's own. Where it is another, the script starts again under the right one and
 * this process ends as that one does, so nothing behind the call runs twice.
 */
async function ensureOwnNode() {
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
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} its exit code; a command ended by a signal has none, and then this process ends by the same signal.
 */
export async function run(command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options })
  const stopListening = onStop((signal) => child.kill(signal))
  const outcome = await ended(child)
  stopListening()
  return codeOf(outcome)
}

/**
 * The same for a command that reads no input: it ends with this process even where that is killed.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {(message: any) => void} onMessage receives what the command sends to its parent
 * @param {number} [withinMs] it is killed after so many milliseconds
 */
export async function runLeashed(command, args, onMessage, withinMs) {
  const { child, ended, kill } = spawnLeashed(command, args, { cwd: root, stdio: ['inherit', 'inherit', 'ipc'] })
  child.on('message', onMessage)
  const stopListening = onStop((signal) => child.kill(signal))
  let late = false
  const onLate = () => {
    late = true
    console.error(`It was not done after ${Math.round((withinMs ?? 0) / 60_000)} minutes, and was ended.`)
    kill()
  }
  const timer = withinMs === undefined ? undefined : setTimeout(onLate, withinMs)
  const outcome = await ended
  clearTimeout(timer)
  stopListening()
  return late ? 1 : codeOf(outcome)
}

/** @param {{ code: number | null, signal?: NodeJS.Signals | null }} outcome */
function codeOf({ code, signal }) {
  if (signal) process.kill(process.pid, signal)
  return code ?? 1
}

/**
 * Calls back when this process is asked to end. That the parent is gone counts as SIGTERM where the parent is only a
 * wrapper: npm with the shell in which it runs scripts, which does not hand on the signals it gets, or this script under
 * Node 20.
 *
 * @param {(signal: NodeJS.Signals) => void} callback
 * @returns {() => void} stops listening
 */
export function onStop(callback) {
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, callback)
  const isWrapped = process.env.npm_lifecycle_event !== undefined || process.env[WRAPPED] !== undefined
  const parents = isWrapped ? watchParents() : undefined
  const watch = setInterval(() => {
    if (parents && !parents.areGone()) return
    clearInterval(watch)
    if (parents) callback('SIGTERM')
  }, PARENT_CHECK_MS)
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

/** @returns {{ version: string }} */
function ownPackage() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
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
