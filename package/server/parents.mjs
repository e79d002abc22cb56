/** Whether those are still there for whom this process runs. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * The processes without which a script of npm has nobody to run for: its parent, and npm itself where the parent is only the
 * shell that npm put between. That shell stays when npm is killed.
 *
 * @returns {{ areGone: () => boolean }}
 */
export function watchParents() {
  const parent = process.ppid
  const { comm, ppid } = about(parent)
  const npm = comm === undefined || /^(?:node|npm|pnpm|yarn|bun)/.test(comm) ? undefined : ppid
  return { areGone: () => process.ppid !== parent || (npm !== undefined && !isAlive(npm)) }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Somebody else's process may not be sent signals, and is there.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

/**
 * Name and parent of a process; nothing where the system does not tell.
 *
 * @param {number} pid
 * @returns {{ comm?: string, ppid?: number }}
 */
function about(pid) {
  try {
    const [, comm = '', ppid = ''] = /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return { comm, ppid: Number(ppid) }
  } catch {
    return process.platform === 'darwin' ? aboutByPs(pid) : {}
  }
}

/** @param {number} pid */
function aboutByPs(pid) {
  try {
    const line = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    const [ppid = '', ...comm] = line.split(/\s+/)
    return { comm: comm.join(' ').replace(/^.*\//, ''), ppid: Number(ppid) }
  } catch {
    return {}
  }
}
