/**
 * Children that never outlive this process, however it ends. A handler of signals is not enough: nothing runs in a process
 * that is killed with -9.
 */
import { spawn } from 'node:child_process'
import { Socket } from 'node:net'

/**
 * A shell that becomes the command. Before, it leaves a reader of its standard input behind, whose other end this process
 * holds and never writes to. It comes to its end with this process, and the reader then ends the whole group.
 */
const LEASH = 'exec 9<&0; (read -r _ <&9; kill -KILL 0) >/dev/null 2>&1 3>&- & exec "$0" "$@" </dev/null 9<&-'

const HAS_SHELL = process.platform !== 'win32'

/**
 * @typedef {object} Leashed
 * @property {import('node:child_process').ChildProcess} child its standard input is the leash
 * @property {Promise<Ended>} ended never rejects
 * @property {() => boolean} isGone
 * @property {() => void} kill ends it and its own children at once
 * @property {() => void} unref lets this process come to its end while the child runs, which then ends too
 * @property {(withinMs: number) => Promise<Ended>} stop asks it to end, and kills what has not after so many milliseconds
 */

/**
 * @typedef {object} Ended
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 * @property {Error} [error] why it could not be started
 */

/**
 * Starts a command in a process group of its own, so that Ctrl-C in a terminal reaches this process alone and it decides.
 * The child's standard input is empty. On Windows the child outlives a parent that is killed.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Omit<import('node:child_process').SpawnOptions, 'stdio' | 'detached' | 'shell'> & { stdio?: ['ignore' | 'pipe' | 'inherit', 'ignore' | 'pipe' | 'inherit', ...('ignore' | 'pipe' | 'ipc')[]] }} [options]
 *   `stdio`: of standard output, standard error and what follows
 * @returns {Leashed}
 */
export function spawnLeashed(command, args, { stdio = ['pipe', 'pipe'], ...options } = {}) {
  const child = HAS_SHELL
    ? spawn('/bin/sh', ['-c', LEASH, command, ...args], { ...options, stdio: ['pipe', ...stdio], detached: true })
    : spawn(command, args, { ...options, stdio: ['ignore', ...stdio], windowsHide: true, shell: command === 'npm' })
  let gone = false
  const kill = () => signalGroup(child, 'SIGKILL')
  process.once('exit', kill)
  /** @type {Promise<Ended>} */
  const outcome = new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 1, signal: null, error }))
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  const ended = outcome.then((how) => {
    gone = true
    kill()
    child.stdin?.destroy()
    process.off('exit', kill)
    return how
  })
  // What the shell has not read is of no interest, and that nobody reads any more is no error.
  child.stdin?.on('error', () => {})
  return {
    child,
    ended,
    isGone: () => gone,
    kill,
    unref: () => unref(child),
    stop: (withinMs) => stop(child, ended, kill, withinMs),
  }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {Promise<Ended>} ended
 * @param {() => void} kill
 * @param {number} withinMs
 */
async function stop(child, ended, kill, withinMs) {
  // Its end is waited for, also after `unref`.
  child.ref()
  child.kill('SIGTERM')
  const timer = setTimeout(kill, withinMs)
  const how = await ended
  clearTimeout(timer)
  return how
}

/** @param {import('node:child_process').ChildProcess} child */
function unref(child) {
  child.unref()
  for (const stream of child.stdio) if (stream instanceof Socket) stream.unref()
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function signalGroup({ pid }, signal) {
  // A child that could not be started has no id.
  if (pid === undefined) return
  try {
    process.kill(HAS_SHELL ? -pid : pid, signal)
  } catch {
    // The group is gone already.
  }
}
