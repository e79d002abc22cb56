/**
 * One running service for a folder of state: two would write the same databases. The lock is a socket that its holder
 * listens on, so the system ends it with the process, however that ends, and who is refused can ask the holder who it is.
 * It holds on one machine: containers that share a folder do not see each other's.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ANSWER_WITHIN_MS = 1000
const MAX_ANSWER_CHARS = 10_000

/**
 * Who holds a folder.
 *
 * @typedef {object} Holder
 * @property {string} [url] where it serves
 * @property {number} [pid]
 * @property {string} [version]
 */

/** The folder is another process's. */
export class FolderTaken extends Error {
  /**
   * @param {string} folder
   * @param {Holder} holder
   */
  constructor(folder, holder) {
    const who = holder.url ? `the Edge Identity at ${holder.url}` : 'another Edge Identity'
    super(`${folder} is in use by ${who}${holder.pid ? ` (process ${holder.pid})` : ''}.`)
    this.name = 'FolderTaken'
    this.holder = holder
  }
}

/**
 * Takes a folder, which is made if it is not there. Throws `FolderTaken`.
 *
 * @param {string} folder
 * @param {Holder} holder told to whoever is refused
 * @returns {Promise<{ release: () => Promise<void> }>} what nobody releases ends with this process
 */
export async function lockFolder(folder, holder) {
  mkdirSync(folder, { recursive: true })
  const address = addressOf(folder)
  const server = createServer((socket) => socket.on('error', () => {}).end(JSON.stringify(holder)))
  if (!(await listens(server, address))) {
    const other = await askHolder(address)
    if (other) throw new FolderTaken(folder, other)
    // A socket file whose process is gone. Where the system has no such files, the holder ended just now.
    if (isFile(address)) rmSync(address, { force: true })
    if (!(await listens(server, address))) throw new FolderTaken(folder, (await askHolder(address)) ?? {})
  }
  server.unref()
  return { release: () => new Promise((resolve) => void server.close(() => resolve())) }
}

/**
 * Who holds a folder now.
 *
 * @param {string} folder
 * @returns {Promise<Holder | undefined>}
 */
export async function holderOf(folder) {
  return existsSync(folder) ? askHolder(addressOf(folder)) : undefined
}

/**
 * Linux has names of sockets that are no files, and Windows has pipes; elsewhere it is a file among the temporary ones.
 *
 * @param {string} folder
 */
function addressOf(folder) {
  const name = `edge-identity-${createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 32)}`
  if (process.platform === 'linux') return `\0${name}`
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`
  return join(tmpdir(), `${name}.sock`)
}

/** @param {string} address */
const isFile = (address) => address.endsWith('.sock')

/**
 * @param {import('node:net').Server} server
 * @param {string} address
 * @returns {Promise<boolean>} `false`: the address is taken
 */
function listens(server, address) {
  return new Promise((resolve, reject) => {
    /** @param {NodeJS.ErrnoException} error */
    const failed = (error) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error))
    server.once('error', failed)
    server.listen(address, () => {
      server.off('error', failed)
      resolve(true)
    })
  })
}

/**
 * @param {string} address
 * @returns {Promise<Holder | undefined>} `undefined`: nobody listens there
 */
function askHolder(address) {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(address)
    socket.setEncoding('utf8').setTimeout(ANSWER_WITHIN_MS, () => socket.destroy())
    socket.on('data', (part) => {
      text = (text + part).slice(0, MAX_ANSWER_CHARS)
    })
    let refused = false
    socket.on('error', () => {
      refused = true
    })
    socket.on('close', () => resolve(refused ? undefined : holderIn(text)))
  })
}

/**
 * @param {string} text
 * @returns {Holder}
 */
function holderIn(text) {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
