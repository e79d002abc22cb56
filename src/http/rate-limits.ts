import { BoundedMap } from '../base/bounded-map.ts'
import { networkOf } from '../base/ip.ts'
import type { World } from '../base/world.ts'
import { rateExceeded } from '../operations/index.ts'

/** The platform's counters; absent where a host has none. Each counts by key, in its own location. */
export interface RateLimitBindings {
  /** Public calls, by pool and client address. */
  calls: RateLimit | undefined
  /** New guests and calls for what does not exist, by client address: lower. */
  guests: RateLimit | undefined
}

/** How long an address that guessed too many ids is refused without asking any object, in milliseconds. */
const PAUSE_MS = 10_000

/** Paused addresses an isolate remembers. */
const MAX_PAUSED = 10_000

/** Keeps floods away from the objects behind: public calls pass here before any object is touched. */
export class RateLimits {
  readonly #bindings: RateLimitBindings
  readonly #world: World
  readonly #pausedUntil = new BoundedMap<string, number>({ capacity: MAX_PAUSED })

  constructor(bindings: RateLimitBindings, world: World) {
    this.#bindings = bindings
    this.#world = world
  }

  /** Passes, or throws `Rate exceeded`. */
  async admit(call: { key: string | undefined; newGuest: boolean }, clientAddress: string): Promise<void> {
    const client = networkOf(clientAddress)
    if ((this.#pausedUntil.get(client) ?? 0) > this.#world.now()) throw rateExceeded()
    if (!(await passes(this.#bindings.calls, `${call.key ?? 'nowhere'}|${client}`))) throw rateExceeded()
    if (call.newGuest && !(await passes(this.#bindings.guests, `guest|${client}`))) throw rateExceeded()
  }

  /** Counts a call for what does not exist; an address with too many of them is refused for a while. */
  async missed(clientAddress: string): Promise<void> {
    const client = networkOf(clientAddress)
    if (await passes(this.#bindings.guests, `miss|${client}`)) return
    this.#pausedUntil.set(client, this.#world.now() + PAUSE_MS)
  }
}

async function passes(limit: RateLimit | undefined, key: string): Promise<boolean> {
  return limit === undefined || (await limit.limit({ key })).success
}
