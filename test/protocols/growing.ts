import { linkLogin, mergeIdentities, unlinkLogin } from '../../src/pools/by-operator.ts'
import { ownerOf } from '../../src/pools/details.ts'
import { mergeDevelopers } from '../../src/pools/developers.ts'
import type { ProvenLogin } from '../../src/pools/identities.ts'
import { resolve } from '../../src/pools/resolve.ts'
import { restrictNamed } from '../../src/pools/restricting.ts'
import { slotOfStep } from '../../src/pools/spread/admission.ts'
import { giveSlots } from '../../src/pools/spread/giving.ts'
import type { PlanStep } from '../../src/pools/spread/growth.ts'
import { Busy, Superseded } from '../../src/pools/spread/interruptions.ts'
import { objectOf, type Slots, type Spread } from '../../src/pools/spread/map.ts'
import type { MoveStep } from '../../src/pools/spread/move.ts'
import { SLOTS } from '../../src/pools/spread/slots.ts'
import { SpreadPool } from '../../src/pools/spread/spread-pool.ts'
import type { Step, TakeStep } from '../../src/pools/spread/step.ts'
import { unlink, unlinkDeveloper } from '../../src/pools/unlink.ts'
import { HostedPool } from './hosted-pool.ts'
import type { MemorySql } from './memory-sql.ts'
import { MovingPool, misplaced } from './moving.ts'
import { TAG, uuidIn, viewOf } from './play.ts'
import type { Calls, Stage } from './program.ts'

/** Rows are given one by one, and slots in small runs, so that much can happen between them. */
const LIMITS = { rows: 1, rest: 1, rounds: 2 }

/** Pieces of growth that go by at most while one call waits. */
const PATIENCE = 500

/** A pool of one object that grows while it is called: chance says how much of that goes by before each step of a call. */
export class GrowingStage implements Stage {
  readonly #pool: HostedPool
  readonly #chance: () => number
  readonly #objects: number
  readonly #skipsRoutes: boolean
  /** Pieces of the growth that wait for their turn. */
  readonly #waiting: (() => void)[] = []
  #known: Spread | undefined
  #growing = 0

  /** `skipsRoutes`: a protocol that moves slots before logins have their routes, to show that it takes them. */
  constructor(chance: () => number, { skipsRoutes = false } = {}) {
    this.#chance = chance
    this.#skipsRoutes = skipsRoutes
    this.#objects = [2, 4, 8][Math.floor(chance() * 3)] ?? 2
    this.#pool = HostedPool.alone(this.#objects)
    this.home = chance() < 0.5 ? Math.floor(chance() * SLOTS) : undefined
  }

  readonly home: number | undefined

  get objects() {
    return this.#pool.objects
  }

  get now(): number {
    return this.#pool.now
  }

  set now(now: number) {
    this.#pool.now = now
  }

  get allowGuests(): boolean {
    return this.#pool.allowGuests
  }

  set allowGuests(allowed: boolean) {
    this.#pool.allowGuests = allowed
  }

  get anySlot(): boolean {
    return this.#known === undefined
  }

  get inMotion(): boolean {
    return this.#growing > 0
  }

  /** Begins to grow. From now on clients know the map of this moment, until an object tells them that it is another. */
  grow(): void {
    const { head } = this.#pool
    head.sql.transaction(() => head.host.grow(this.#objects))
    this.#pool.joinOthers()
    this.#known = this.#pool.spread
    this.#begin(() => this.#index())
  }

  async run<T>(work: (calls: Calls) => Promise<T>): Promise<T> {
    if (this.#known === undefined) return work(this.#alone())
    for (let turn = 0; turn < PATIENCE; turn++)
      try {
        return await work(this.#spread(this.#known))
      } catch (error) {
        if (!(error instanceof Superseded)) throw error
        await this.#goOn()
        this.#known = this.#pool.spread
      }
    throw new Busy()
  }

  async wait(milliseconds: number): Promise<number> {
    if (this.#known === undefined) return 0
    return this.#pool.wait(
      milliseconds,
      this.#take(() => this.#pool.spread),
    )
  }

  async quiet(): Promise<void> {
    if (this.#known === undefined) this.grow()
    while (this.#growing > 0) await this.#goOn()
    await this.#pool.quiet()
  }

  /** What is wrong with where slots are. */
  async faults(): Promise<string[]> {
    const { growth } = this.#pool.head.host
    return [...(await misplaced(new MovingPool(this.#pool))), ...(growth.state()?.phase === 'done' ? [] : ['not done'])]
  }

  /** Lets one piece of the growth go by. */
  async #goOn(): Promise<void> {
    const [next] = this.#waiting.splice(Math.floor(this.#chance() * this.#waiting.length), 1)
    next?.()
    await new Promise((resolve) => setImmediate(resolve))
  }

  #begin(work: () => Promise<void>): void {
    this.#growing++
    void work().then(() => {
      this.#growing--
    })
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  async #index(): Promise<void> {
    const { host } = this.#pool.head
    do await this.#turn()
    while (this.#skipsRoutes ? host.growth.indexed(0, undefined) : host.index())
    for (let object = 0; object < this.#objects; object++) this.#begin(() => this.#give(object))
  }

  async #give(object: number): Promise<void> {
    const { head, objects } = this.#pool
    const at = (number: number) => async (step: MoveStep) => {
      await this.#turn()
      const answer = objects[number]?.move(structuredClone(step))
      if (!answer) throw new Error('no such object')
      return structuredClone(answer)
    }
    await giveSlots(object, {
      plan: async (step: PlanStep) => {
        await this.#turn()
        return structuredClone(head.host.plan(structuredClone(step)))
      },
      source: at(object),
      target: at,
      cut: ([first, last]): Slots => [first, Math.min(last, first + Math.floor(this.#chance() * 2000))],
      newName: () => this.#uuid(),
      rest: async () => {},
      hasTime: () => true,
      limits: LIMITS,
    })
  }

  #uuid(): string {
    return uuidIn(Math.floor(this.#chance() * SLOTS), Math.floor(this.#chance() * 2 ** 40))
  }

  /** How a Worker asks that has this map. */
  #take(spread: () => Spread): TakeStep {
    return (async (step: Step) => {
      for (let turn = 0; turn < PATIENCE; turn++) {
        while (this.#growing > 0 && this.#chance() < 0.4) await this.#goOn()
        const object = this.#pool.objects[objectOf(spread(), slotOfStep(step))]
        const answer = structuredClone(object?.take(structuredClone(step)))
        if (answer?.kind === 'moved') throw new Superseded()
        if (answer?.kind !== 'busy') return answer
        await this.#goOn()
      }
      throw new Busy()
    }) as unknown as TakeStep
  }

  #spread(spread: Spread): Calls {
    const pool = this.#pool
    return new SpreadPool({
      tag: TAG,
      spread,
      get allowGuests() {
        return pool.allowGuests
      },
      view: viewOf(this.home),
      take: this.#take(() => spread),
      world: { now: () => pool.now, random: (length) => new Uint8Array(length), uuid: () => this.#uuid() },
      pause: async () => {},
    })
  }

  /** The calls of a pool that was never spread, as its object takes them. */
  #alone(): Calls {
    const { allowGuests, head, now } = this.#pool
    const { identities: table, sql } = head
    const whole = async <T>(work: () => T) => sql.transaction(work)
    const tried = <T>(dryRun: boolean | undefined, work: () => T) => (dryRun ? undone(sql, work) : whole(work))
    return {
      resolve: (call) => whole(() => resolve(table, { ...call, lastUsedDays: undefined, allowGuests, now })),
      unlink: (call) => whole(() => unlink(table, { ...call, now })),
      unlinkDeveloper: (call) => whole(() => unlinkDeveloper(table, { ...call, now })),
      mergeDevelopers: (call) => whole(() => mergeDevelopers(table, { ...call, now })),
      find: (logins) => whole(() => ownerOf(table, logins[0] as ProvenLogin)),
      linkLogin: ({ dryRun, ...call }) => tried(dryRun, () => linkLogin(table, { ...call, now })),
      unlinkLogin: ({ dryRun, ...call }) => tried(dryRun, () => unlinkLogin(table, { ...call, now })),
      mergeIdentities: ({ dryRun, ...call }) => tried(dryRun, () => mergeIdentities(table, { ...call, now })),
      delete: (uuids) => whole(() => table.delete(uuids)),
      restrict: (uuid, restriction) => whole(() => restrictNamed(table, uuid, restriction, now)),
      list: () => Promise.reject(new Error('lists are compared when the pool has grown')),
    }
  }
}

/** What `work` answers, without what it changes. */
async function undone<T>(sql: MemorySql, work: () => T): Promise<T> {
  const answers: T[] = []
  const undo = new Error('undone')
  try {
    sql.transaction(() => {
      answers.push(work())
      throw undo
    })
  } catch (error) {
    if (error !== undo) throw error
  }
  return answers[0] as T
}
