import { base64url, utf8 } from '../../base/bytes.ts'
import { within } from '../../base/deadline.ts'
import type { Log } from '../../base/log.ts'
import type { ProvenLogin } from '../identities.ts'
import { HINT_LIFE_SECONDS, HINT_WAIT_MS } from './limits.ts'

export interface RouteHintsOptions {
  /** The cache of the data centre. */
  cache: { match(url: string): Promise<Response | undefined>; put(url: string, response: Response): Promise<void> }
  /** Address under which hints are kept, of this service's own host. */
  base: string
  /** Key of the names of hints, so that nobody who sees one learns whose it is, or can ask for it. */
  key: () => Promise<Uint8Array<ArrayBuffer>>
  /** Lets work go on after the answer. */
  later: (work: Promise<unknown>) => void
  log: Log
}

/**
 * Guesses in the cache of a data centre of which identity a login belongs to. They spare the way to a far index, and decide
 * nothing: the identity itself says whether it has the login.
 */
export class RouteHints {
  readonly #options: RouteHintsOptions

  constructor(options: RouteHintsOptions) {
    this.#options = options
  }

  /** The UUID that was remembered for a login of a pool. Whatever goes wrong or takes long, it is as if there were none. */
  async recall(pool: string, login: ProvenLogin): Promise<string | undefined> {
    try {
      const work = async () => (await this.#options.cache.match(await this.#addressOf(pool, login)))?.text()
      const uuid = await within('cache', HINT_WAIT_MS, work)
      return uuid !== undefined && UUID.test(uuid) ? uuid : undefined
    } catch {
      return undefined
    }
  }

  remember(pool: string, login: ProvenLogin, uuid: string): void {
    const { cache, later, log } = this.#options
    const headers = { 'cache-control': `max-age=${HINT_LIFE_SECONDS}` }
    const write = async () => {
      try {
        await cache.put(await this.#addressOf(pool, login), new Response(uuid, { headers }))
      } catch {
        log.warn('route_hint_not_kept', {})
      }
    }
    later(write())
  }

  async #addressOf(pool: string, { developer, provider, subject }: ProvenLogin): Promise<string> {
    const hash = { name: 'HMAC', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('raw', await this.#options.key(), hash, false, ['sign'])
    const text = JSON.stringify([pool, provider, subject, developer])
    const name = base64url.encode(new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(text))))
    return new URL(`/route-hints/${name}`, this.#options.base).href
  }
}

const UUID = /^[0-9a-f]{8}-0000-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

export type Hints = Pick<RouteHints, 'recall' | 'remember'>
