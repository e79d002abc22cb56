import type { DurableObject } from 'cloudflare:workers'
import type { PoolId } from '../base/ids.ts'
import { callObject, OBJECT_READ_MS, OBJECT_WRITE_MS, OtherVersion } from '../base/objects.ts'
import type { Position } from '../base/position.ts'
import type { World } from '../base/world.ts'
import type { NoPool, Stale } from './calls.ts'
import type { CheckPage, CheckRequest } from './check.ts'
import type { IdentityPool } from './identity-pool.ts'
import type { Pool } from './settings.ts'
import { checkObjects } from './spread/check-objects.ts'
import type { Hints } from './spread/hints.ts'
import { Busy, Gone, Superseded } from './spread/interruptions.ts'
import { BUSY_PAUSES_MS, OBJECTS_TOLD } from './spread/limits.ts'
import { objectOf } from './spread/map.ts'
import { callsOf, homeOf, SPREAD, type SpreadPoolRecord, stepsOf } from './spread/objects.ts'
import { nearestObject, viewFrom } from './spread/places.ts'
import { checkSpread } from './spread/spread-check.ts'
import { SpreadPool } from './spread/spread-pool.ts'
import type { TakeStep } from './spread/step.ts'
import { unmarked } from './watch.ts'

type Methods = Exclude<keyof IdentityPool, keyof DurableObject>

/** The object's methods as they look from outside: the platform's own mapping refuses read-only maps. */
export type PoolObject = {
  [M in Methods]: (...args: Parameters<IdentityPool[M]>) => Promise<Awaited<ReturnType<IdentityPool[M]>>>
}

/** Hears that somebody watches the decisions of an account, for so many milliseconds more. */
export type Heard = (account: string, left: number) => void

/** The place of a pool: every id of it begins with these. */
export type Home = Pick<PoolId, 'region' | 'tag'>

interface CallOptions {
  /** Where the object is made, if this call opens it. */
  hint?: DurableObjectLocationHint | undefined
  limit?: number
}

interface SpreadOptions {
  /** Where the client is. */
  from?: (() => Position | undefined) | undefined
  /** The call goes by settings, which must be the current ones. */
  versioned?: boolean
}

/** The objects of pools, as the Worker calls them. */
export class PoolObjects {
  readonly #namespace: DurableObjectNamespace<IdentityPool>
  readonly #world: Pick<World, 'now' | 'random' | 'uuid'>
  readonly #hints: Hints | undefined
  readonly #heard: Heard | undefined

  constructor(
    namespace: DurableObjectNamespace<IdentityPool>,
    world: Pick<World, 'now' | 'random' | 'uuid'>,
    hints: Hints | undefined,
    heard: Heard | undefined,
  ) {
    this.#namespace = namespace
    this.#world = world
    this.#hints = hints
    this.#heard = heard
  }

  /**
   * Calls the object of a pool, or the head of one that is spread; `partOf` leads to the others. An object stays where its
   * first call put it, so only the call that opens a pool says where.
   */
  async call<T>({ tag }: Home, ask: (object: PoolObject) => Promise<T>, options: CallOptions = {}): Promise<T> {
    const { hint, limit = OBJECT_WRITE_MS } = options
    const place = hint && { locationHint: hint }
    const answer = await callObject({ name: 'IdentityPool', limit }, () =>
      ask(this.#namespace.getByName(tag, place) as unknown as PoolObject),
    )
    return unmarked(answer, this.#heard)
  }

  /** Tells the objects of a pool that somebody watches the decisions of its account, for so many milliseconds. */
  async watch(id: PoolId, account: string, left: number): Promise<void> {
    const address = { id: id.text, account }
    const noted = await this.call(id, (object) => object.watch(address, left), { limit: OBJECT_READ_MS })
    const spread = noted.kind === 'watched' ? noted.spread : undefined
    if (!spread) return
    const others = Array.from({ length: Math.min(spread.objects, OBJECTS_TOLD) - 1 }, (_, number) => number + 1)
    await Promise.all(
      others.map((number) =>
        callsOf({ ...id, spread }, number, this.#namespace, OBJECT_READ_MS)((part) => part.watch(address, left)),
      ),
    )
  }

  /** A call of a pool's one object. If the pool turns out to be spread by now, the call starts again with its map. */
  async whole<T>(pool: Pool, id: Home, ask: (object: PoolObject) => Promise<T>): Promise<T | NoPool | Stale> {
    try {
      return await this.call(id, ask)
    } catch (error) {
      if (!isOfSpread(error)) throw error
      return this.#since(id, pool.version)
    }
  }

  /** Calls of a pool that is spread, with the settings and the map that the caller knows. */
  async inSpread<T>(
    pool: SpreadPoolRecord,
    work: (spread: SpreadPool) => Promise<T>,
    { from, versioned = true }: SpreadOptions = {},
  ): Promise<T | NoPool | Stale> {
    const { settings, spread, version } = pool
    const { region, tag } = homeOf(pool)
    const steps = stepsOf(pool, this.#namespace, versioned ? version : undefined)
    const take: TakeStep = async (step) => unmarked(await steps(step), this.#heard)
    const view = viewFrom(from, spread)
    const options = { tag, spread, allowGuests: settings.allowGuests, view, hints: this.#hints, take, pause }
    for (const wait of [...BUSY_PAUSES_MS, undefined]) {
      try {
        return await work(new SpreadPool({ ...options, world: this.#world }))
      } catch (error) {
        if (error instanceof Gone) return { kind: 'no_pool' }
        if (!(error instanceof Superseded)) throw error
        const current = await this.#since({ region, tag }, error.version)
        if (current.kind !== 'stale' || isNews(current.pool, pool)) return current
        // The slots have moved, and the head does not know yet.
        if (wait !== undefined) await pause(wait)
      }
    }
    throw new Busy('the map of the pool is not settled')
  }

  /**
   * The pool as an object of it knows it that a hint leads to: the one that a call will go to, or the nearest. What it says
   * holds for itself, and whoever goes on to another object with it learns there if it is not the latest.
   */
  async readNear(
    id: Home & { slot?: number },
    from: (() => Position | undefined) | undefined,
  ): Promise<Pool | undefined> {
    const map = await this.#hints?.recallMap(id.tag)
    const number = map && (id.slot === undefined ? nearestObject(from?.(), map) : objectOf(map, id.slot))
    if (!number) return undefined
    const call = callsOf({ ...id, spread: map }, number, this.#namespace, OBJECT_READ_MS)
    const found = await call((part) => part.readByRegion(id.region))
    return found.kind === 'pool' && found.pool.spread ? found.pool : undefined
  }

  /** Lets the next isolate in this data centre find its way. */
  rememberMap({ tag }: Home, { spread }: Pool): void {
    if (spread?.places) this.#hints?.rememberMap(tag, spread)
  }

  /** Checks a part of a pool that is spread, as the head knows it. */
  async check(pool: SpreadPoolRecord, { position, repair }: CheckRequest): Promise<CheckPage | NoPool> {
    const at = position ?? ({ walk: 'objects', from: 0 } as const)
    const home = homeOf(pool)
    try {
      if (at.walk !== 'objects') {
        const { tag } = home
        return await checkSpread(at, { tag, spread: pool.spread, take: stepsOf(pool, this.#namespace), repair })
      }
      const { newest, ...page } = await checkObjects(pool, at, repair, this.#namespace)
      if (repair && newest !== undefined) {
        await this.#since(home, newest)
        await this.call(home, (object) => object.tellPeers())
      }
      return page
    } catch (error) {
      if (error instanceof Gone) return { kind: 'no_pool' }
      if (error instanceof Superseded) throw new Busy()
      throw error
    }
  }

  /** The pool as its head knows it, with settings of at least this version. */
  async #since({ region, tag }: Home, version: number): Promise<Stale | NoPool> {
    const found = await this.call({ region, tag }, (object) => object.readSince(region, version))
    return found.kind === 'pool' ? { kind: 'stale', pool: found.pool } : found
  }
}

/** Whether a pool is not as the caller knew it. */
function isNews(current: Pool, known: SpreadPoolRecord): boolean {
  return current.version !== known.version || current.spread?.epoch !== known.spread.epoch
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

export function isSpread(pool: Pool): pool is SpreadPoolRecord {
  return pool.spread !== undefined
}

/** Whether an object refuses because the pool has more than one. */
function isOfSpread(error: unknown): boolean {
  return error instanceof OtherVersion && error.message.includes(SPREAD)
}
