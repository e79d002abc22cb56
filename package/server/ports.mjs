/** Ports of this machine. */
import { createServer } from 'node:net'

/**
 * A port that was free a moment ago.
 *
 * @param {string} [host]
 * @returns {Promise<number>}
 */
export async function freePort(host = '127.0.0.1') {
  const server = createServer()
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, () => resolve(undefined))
  })
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** How often a free port is looked for, if another program takes it first. */
const ATTEMPTS = 5

/**
 * What `start` makes of a port that was free a moment ago. If it fails because another program has taken the port meanwhile, it gets
 * another one. `host`: where it will listen; `find`: where to look for a free port.
 *
 * @template T
 * @param {(port: number) => Promise<T>} start
 * @param {{ host?: string | undefined, find?: typeof freePort }} [options]
 * @returns {Promise<T>}
 */
export async function onFreePort(start, { find = freePort, host } = {}) {
  for (let left = ATTEMPTS - 1; ; left--) {
    const port = await find(host)
    try {
      return await start(port)
    } catch (error) {
      if (left === 0 || (await isPortFree(port, host))) throw error
    }
  }
}

/**
 * Whether nobody listens on the port, under the address that is wanted or either one that `localhost` may mean.
 *
 * @param {number} port
 * @param {string} [host]
 * @returns {Promise<boolean>}
 */
export async function isPortFree(port, host = '127.0.0.1') {
  for (const each of new Set([host, '127.0.0.1', '::1'])) if (!(await canListen(each, port))) return false
  return true
}

/**
 * @param {string} host
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function canListen(host, port) {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', (/** @type {NodeJS.ErrnoException} */ { code }) => resolve(code !== 'EADDRINUSE'))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}
