import { base64url, utf8 } from '../../base/bytes.ts'
import { within } from '../../base/deadline.ts'
import { isJsonObject } from '../../base/json.ts'
import type { Log } from '../../base/log.ts'
import type { ProvenLogin } from '../identities.ts'
import { HINT_LIFE_SECONDS, HINT_WAIT_MS } from './limits.ts'
import type { Run, Spread } from './map.ts'

/** Guesses that spare a way to an object far away. They decide nothing: the object that they lead to says how it is. */
export interface Hints {
  /** The UUID that was remembered for a login of a pool. Whatever goes wrong or takes long, it is as if there were none. */
  recall(tag: string, login: ProvenLogin): Promise<string | undefined>
  remember(tag: string, login: ProvenLogin, uuid: string): void
  /** Forgets it in this data centre. Elsewhere it ends with its life. */
  forget(tag: string, login: ProvenLogin): void
  /** The map of a pool as it was. */
  recallMap(tag: string): Promise<Spread | undefined>
  rememberMap(tag: string, spread: Spread): void
}

export interface CachedHintsOptions {
  /** The cache of the data centre. */
  cache: {
    match(url: string): Promise<Response | undefined>
    put(url: string, response: Response): Promise<void>
    delete(url: string): Promise<boolean>
  }
  /** Address under which hints are kept, of this service's own host. */
  base: string
  /** Key of the names of logins, so that nobody who sees one learns whose it is, or can ask for it. */
  key: () => Promise<Uint8Array<ArrayBuffer>>
  /** Lets work go on after the answer. */
  later: (work: Promise<unknown>) => void
  log: Log
}

/** Hints in the cache of the data centre where the Worker runs: it is near, it is free, and it may forget. */
export class CachedHints implements Hints {
  readonly #options: CachedHintsOptions

  constructor(options: CachedHintsOptions) {
    this.#options = options
  }

  async recall(tag: string, login: ProvenLogin): Promise<string | undefined> {
    const uuid = await this.#recalled(() => this.#nameOf(tag, login))
    return uuid !== undefined && UUID.test(uuid) ? uuid : undefined
  }

  remember(tag: string, login: ProvenLogin, uuid: string): void {
    this.#keep(() => this.#nameOf(tag, login), uuid)
  }

  forget(tag: string, login: ProvenLogin): void {
    const { base, cache, later, log } = this.#options
    const remove = async () => {
      try {
        await cache.delete(new URL(await this.#nameOf(tag, login), base).href)
      } catch {
        log.warn('hint_not_forgotten', {})
      }
    }
    later(remove())
  }

  async recallMap(tag: string): Promise<Spread | undefined> {
    const text = await this.#recalled(async () => `/pool-maps/${tag}`)
    return text === undefined ? undefined : mapFrom(text)
  }

  rememberMap(tag: string, spread: Spread): void {
    this.#keep(async () => `/pool-maps/${tag}`, JSON.stringify(spread))
  }

  async #recalled(nameOf: () => Promise<string>): Promise<string | undefined> {
    const { base, cache } = this.#options
    try {
      const work = async () => (await cache.match(new URL(await nameOf(), base).href))?.text()
      return await within('cache', HINT_WAIT_MS, work)
    } catch {
      return undefined
    }
  }

  #keep(nameOf: () => Promise<string>, text: string): void {
    const { base, cache, later, log } = this.#options
    const headers = { 'cache-control': `max-age=${HINT_LIFE_SECONDS}` }
    const write = async () => {
      try {
        await cache.put(new URL(await nameOf(), base).href, new Response(text, { headers }))
      } catch {
        log.warn('hint_not_kept', {})
      }
    }
    later(write())
  }

  async #nameOf(tag: string, { developer, provider, subject }: ProvenLogin): Promise<string> {
    const hash = { name: 'HMAC', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('raw', await this.#options.key(), hash, false, ['sign'])
    const text = JSON.stringify([tag, provider, subject, developer])
    return `/login-hints/${base64url.encode(new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(text))))}`
  }
}

const UUID = /^[0-9a-f]{8}-0000-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A map in a text that this service wrote, perhaps in another version. */
function mapFrom(text: string): Spread | undefined {
  try {
    const map: unknown = JSON.parse(text)
    if (!isJsonObject(map)) return undefined
    const { epoch, objects, places, runs } = map
    const isWhole = typeof epoch === 'number' && typeof objects === 'number' && isList(places) && isList(runs)
    return isWhole ? { epoch, objects, places: places as string[], runs: runs as Run[] } : undefined
  } catch {
    return undefined
  }
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length > 0
}
