import { isYounger } from '../base/age.ts'
import { IsolateCache } from '../base/memory.ts'
import type { World } from '../base/world.ts'
import { rateExceeded } from '../operations/index.ts'
import { Fault } from '../protocol/index.ts'
import { MAX_PLAIN_BODY_BYTES, PAUSE_MS } from './limits.ts'

/** The platform's counters; absent where a host has none. Each counts by key, in its own location. */
export interface RateLimitBindings {
  /** Public calls, by pool and client. */
  calls: RateLimit | undefined
  /** New guests, large bodies and calls that lead nowhere, by client: lower. */
  guests: RateLimit | undefined
}

/** The address of a request is paused. It is refused unheard and without a record, as its pause has one. */
export class Paused extends Error {
  override readonly name = 'Paused'
}

/** Clients on the machine itself, and those of hosts that tell no address: these are developers. They are never paused. */
const THIS_MACHINE: ReadonlySet<string> = new Set(['local', '127.0.0.1', '0:0:0:0'])

/**
 * Keeps floods away from everything that costs: public calls pass here before their input is judged and any object is
 * touched, and so does what only claims to be signed, or was signed by a session. A `client` is the network of an address (`networkOf`).
 */
export class RateLimits {
  readonly #bindings: RateLimitBindings
  readonly #world: World
  readonly #pausedAt = new IsolateCache<string, number>('pausedClients')

  constructor(bindings: RateLimitBindings, world: World) {
    this.#bindings = bindings
    this.#world = world
  }

  /** Throws `Paused` for a client that is paused. Costs nothing, so it is asked before a body is read. */
  checkPause(client: string): void {
    if (this.#isPaused(client)) throw new Paused()
  }

  /** To be asked before a body is parsed. Throws `Paused`. */
  async admitBody(bytes: number, client: string): Promise<void> {
    this.checkPause(client)
    if (bytes <= MAX_PLAIN_BODY_BYTES || (await passes(this.#bindings.guests, `large|${client}`))) return
    this.#pause(client, 'large_bodies')
    this.checkPause(client)
  }

  /** Counts a public call, by the pool that it names or whatever else is its `key`. Throws `Rate exceeded`. */
  async admit(key: string | undefined, client: string): Promise<void> {
    if (!(await passes(this.#bindings.calls, `${key ?? 'nowhere'}|${client}`))) throw rateExceeded()
  }

  /** Counts a new guest. Throws `Rate exceeded`. */
  async admitGuest(client: string): Promise<void> {
    if (!(await passes(this.#bindings.guests, `guest|${client}`))) throw rateExceeded()
  }

  /**
   * What to answer to a stranger whose call ended in `error`. If the call led nowhere it is counted: its input was of no
   * use, its signature did not hold, or what it named does not exist. A client with too many of these is paused for a
   * while, and hears nothing else meanwhile.
   */
  async strayed(error: unknown, client: string): Promise<unknown> {
    if (!(error instanceof Fault) || error.status >= 500 || error.code === 'TooManyRequestsException') return error
    if (this.#isPaused(client)) return new Paused()
    if (!(await passes(this.#bindings.guests, `miss|${client}`))) this.#pause(client, error.code)
    return error
  }

  #isPaused(client: string): boolean {
    const since = this.#pausedAt.get(client)
    return since !== undefined && isYounger(since, this.#world.now(), PAUSE_MS)
  }

  /** The log has a line for each pause, and no more of what is refused during it. */
  #pause(client: string, because: string): void {
    if (THIS_MACHINE.has(client)) return
    this.#pausedAt.set(client, this.#world.now())
    this.#world.log.warn('client_paused', { client, because, seconds: PAUSE_MS / 1000 })
  }
}

async function passes(limit: RateLimit | undefined, key: string): Promise<boolean> {
  return limit === undefined || (await limit.limit({ key })).success
}
