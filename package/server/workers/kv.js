/**
 * What workerd asks of a KV namespace: GET, PUT and DELETE of a key, with its expiry, over a database of one object. Lists
 * and metadata are not here, because the service uses neither.
 */
import { DurableObject } from 'cloudflare:workers'

export class Namespace extends DurableObject {
  /**
   * @param {any} ctx
   * @param {any} env
   */
  constructor(ctx, env) {
    super(ctx, env)
    this.sql = ctx.storage.sql
    this.sql.exec('CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, value BLOB NOT NULL, expires INTEGER)')
    this.sql.exec('CREATE INDEX IF NOT EXISTS entry_expires ON entry (expires)')
  }

  /**
   * @override
   * @param {Request} request
   */
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url)
    const key = decodeURIComponent(pathname.slice(1))
    const now = Math.floor(Date.now() / 1000)
    switch (request.method) {
      case 'GET': {
        const query = 'SELECT value FROM entry WHERE key = ? AND (expires IS NULL OR expires > ?)'
        const [row] = this.sql.exec(query, key, now)
        return row === undefined ? new Response(null, { status: 404 }) : new Response(row.value)
      }
      case 'PUT': {
        const value = await request.arrayBuffer()
        const expires = expiryIn(searchParams, now)
        this.sql.exec('DELETE FROM entry WHERE expires <= ?', now)
        this.sql.exec('INSERT OR REPLACE INTO entry (key, value, expires) VALUES (?, ?, ?)', key, value, expires)
        return new Response()
      }
      case 'DELETE':
        this.sql.exec('DELETE FROM entry WHERE key = ?', key)
        return new Response()
      default:
        return new Response(null, { status: 405 })
    }
  }
}

/**
 * @param {URLSearchParams} parameters
 * @param {number} now in seconds since the epoch, as the answer is
 */
function expiryIn(parameters, now) {
  const at = parameters.get('expiration')
  if (at !== null) return Number(at)
  const after = parameters.get('expiration_ttl')
  return after === null ? null : now + Number(after)
}

export default {
  /**
   * @param {Request} request
   * @param {any} env
   */
  fetch: (request, env) => env.NAMESPACE.getByName('kv').fetch(request),
}
