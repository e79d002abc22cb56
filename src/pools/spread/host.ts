import { guestLimitsOf } from '../guest-settings.ts'
import { Guests } from '../guests.ts'
import type { IdentityTable } from '../identity-table.ts'
import { backupTables } from '../import-table.ts'
import { lastUsedDaysOf } from '../last-use.ts'
import { PURGE_INTERVAL_MS } from '../limits.ts'
import type { Pool } from '../settings.ts'
import { PoolStatistics } from '../statistics.ts'
import type { UsedProofs } from '../used-proofs.ts'
import { admission } from './admission.ts'
import { type DueErrand, Errands, run } from './errands.ts'
import { Growth, type PlanAnswer, type PlanStep } from './growth.ts'
import { indexLogins } from './indexing.ts'
import {
  ASK_AGAIN_MS,
  ERRANDS_PER_RUN,
  INDEX_LOGINS,
  MOVE_IDENTITIES,
  PEERS_AT_ONCE,
  RETRY_AFTER_MS,
} from './limits.ts'
import { ALONE, grown, type Slots, type Spread, slotsOf } from './map.ts'
import type { MoveAnswer, MoveStep } from './move.ts'
import { MoveNames } from './move-names.ts'
import { MoveSource } from './move-source.ts'
import { type MoveTables, takeMove } from './move-steps.ts'
import { MoveTarget } from './move-target.ts'
import { SEALED } from './moved-rows.ts'
import {
  homeOf,
  type Offer,
  offerOf,
  partOf,
  type SpreadPoolRecord,
  type StepAddress,
  type StepRefused,
} from './objects.ts'
import { type Part, PartRow, Peers } from './part.ts'
import { sharesOf } from './places.ts'
import { Reservations } from './reservations.ts'
import type { Step, StepAnswer, TakeStep } from './step.ts'
import { takeStep } from './steps.ts'
import type { StepTables } from './tables.ts'

/** Steps that may leave something to do later, or that look for what was left. */
const WAKING: ReadonlySet<Step['step']> = new Set([
  ...(['detach', 'erase', 'freeze', 'finish', 'guest', 'proofs', 'check_identities'] as const),
  ...(['erase_home', 'erase_rows', 'statistics'] as const),
])

export function mayLeaveWork(step: Step): boolean {
  return WAKING.has(step.step) || ('once' in step && step.once !== undefined)
}

/** A pool that is gone, as far as its other objects must know. */
export interface ClosedPool {
  id: string
  account: string
  spread: Spread
}

/** The part of an object in a spread pool: it takes steps, does its errands, and as the head tells the others. */
export class SpreadHost {
  readonly #storage: DurableObjectStorage
  readonly #now: () => number
  readonly #identities: IdentityTable
  readonly #proofs: UsedProofs
  readonly #guests: Guests
  readonly #statistics: PoolStatistics
  readonly #reservations: Reservations
  readonly #errands: Errands
  readonly #part: PartRow
  readonly #peers: Peers
  /** How the pool grows; only of the head. */
  readonly growth: Growth
  /** When the head asked the others for their slots; lost with the instance, which only asks once more. */
  #askedAt = 0

  constructor(
    storage: DurableObjectStorage,
    identities: IdentityTable,
    proofs: UsedProofs,
    now: () => number,
    guests = new Guests(storage, identities, proofs, now),
    statistics = new PoolStatistics(storage.sql, now),
  ) {
    this.#storage = storage
    this.#now = now
    this.#identities = identities
    this.#proofs = proofs
    this.#guests = guests
    this.#statistics = statistics
    this.#reservations = new Reservations(storage.sql)
    this.#errands = new Errands(storage.sql)
    this.#part = new PartRow(storage)
    this.#peers = new Peers(storage.sql)
    this.growth = new Growth(storage.sql, this.#part)
  }

  /** What this object is part of; nothing for one that has a pool alone. */
  get part(): Part | undefined {
    return this.#part.read()
  }

  /** Whether this object is the one that knows the pool. */
  get isHead(): boolean {
    return this.part?.number === 0
  }

  /** Whether this object is the head of a pool that is growing, even if that is paused. */
  get isGrowing(): boolean {
    return this.isHead && this.growth.isOn()
  }

  /** Makes this object the head of a pool with these slots. */
  lead(map: Spread): void {
    this.#part.write({ number: 0, slots: slotsOf(map, 0), map })
    for (let number = 1; number < map.objects; number++) this.#peers.add(number)
  }

  /**
   * Lets the pool grow to so many objects, of which this one is or becomes the head. The new ones have no slots yet. `places`:
   * where a pool of one object is to be from now on; this one is in the first.
   */
  grow(objects: number, places?: readonly string[]): void {
    const before = this.part?.map ?? { ...ALONE, ...(places && { places }) }
    const map = { ...before, epoch: before.epoch + 1, objects }
    if (this.part) this.#part.remap(map)
    else this.#part.write({ number: 0, slots: slotsOf(map, 0), map })
    for (let number = before.objects; number < objects; number++) this.#peers.add(number)
    const phase = before.epoch === ALONE.epoch ? 'indexing' : 'moving'
    this.growth.begin(before.objects, grown(before, objects), phase, this.#now())
    this.#askedAt = 0
  }

  /** Gives some logins their routes; whether there are more. */
  index(): boolean {
    return this.#storage.transactionSync(() => {
      if (this.growth.phase() !== 'indexing') return false
      const { count, last } = indexLogins(this.#storage.sql, this.#reservations, this.growth.cursor(), INDEX_LOGINS)
      this.growth.indexed(count, last)
      return last !== undefined
    })
  }

  /** Whether some object of the pool does not know its settings, and so may not be open. */
  isTelling({ version }: Pool): boolean {
    return this.#peers.behind(version).length > 0
  }

  /** Lets the growth stand still, or go on at once. */
  pause(paused: boolean): void {
    this.growth.pause(paused)
    this.#askedAt = 0
  }

  /** Whether it is time to ask the others for their slots, which the caller then does. */
  mayAsk(): boolean {
    if (this.#now() < this.#askedAt + ASK_AGAIN_MS) return false
    this.#askedAt = this.#now()
    return true
  }

  /** What the head says to another object about the slots that this has to give. */
  plan(step: PlanStep): PlanAnswer {
    try {
      return this.#storage.transactionSync(() => this.growth.plan(step, this.#now()))
    } finally {
      this.#part.forget()
    }
  }

  /** The head asks this object to give slots away, or it has given all. */
  give(gives: boolean): void {
    if (this.part?.gives !== gives) this.#part.give(gives)
  }

  /** Of slots that should go, those that go together. */
  cut(pool: Pool, slots: Slots): Slots {
    return this.#moves(homeOf(pool).tag).source.cut(slots, MOVE_IDENTITIES)
  }

  /** Makes this object a part of a pool. */
  join({ map, number, slots }: Offer): void {
    this.#part.write({ number, slots, map })
  }

  take(pool: Pool, address: StepAddress, step: Step): StepAnswer | StepRefused {
    const { part } = this
    if (pool.id !== address.pool || !part) return { kind: 'no_pool' }
    const { version = pool.version } = address
    if (version !== pool.version)
      return part.number > 0 && version > pool.version
        ? { kind: 'behind' }
        : { kind: 'superseded', version: pool.version }
    const found = admission(step, (slots) => this.#part.where(slots))
    if (found !== 'here') return { kind: found === 'sealed' ? 'busy' : 'moved' }
    return this.#unlessSealed(() => takeStep(step, this.#tables(pool)))
  }

  /** Takes a step of a move of slots. */
  move(pool: Pool, step: MoveStep): MoveAnswer {
    const { tag } = homeOf(pool)
    try {
      return this.#storage.transactionSync(() => takeMove(step, this.#moves(tag)))
    } finally {
      // The step may have changed it, or what was read of it meanwhile was undone.
      this.#part.forget()
    }
  }

  #moves(tag: string): MoveTables {
    const { sql } = this.#storage
    const names = new MoveNames(sql)
    const tables = { identities: this.#identities, reservations: this.#reservations }
    return {
      source: new MoveSource(sql, names, this.#part, tag),
      target: new MoveTarget(sql, names, this.#part, tables),
    }
  }

  #tables(pool: Pool): StepTables {
    return {
      identities: this.#identities,
      reservations: this.#reservations,
      errands: this.#errands,
      proofs: this.#proofs,
      backup: backupTables(this.#storage.sql, this.#now),
      transaction: (work) => this.#storage.transactionSync(work),
      isHere: (slot) => this.#part.where([slot, slot]) === 'here',
      allowGuests: () => pool.settings.allowGuests,
      lastUsedDays: () => lastUsedDaysOf(pool.settings),
      limitedGuests:
        guestLimitsOf(pool.settings) &&
        ((call) => this.#guests.make(call, pool.settings, this.part && sharesOf(this.part))),
      now: this.#now,
      statistics: () => this.#statistics.ask(this.part?.slots),
    }
  }

  /** A step of other slots may come to rows of those that are being handed over; then nothing of it was done. */
  #unlessSealed<T>(work: () => T): T | { kind: 'busy' } {
    try {
      return work()
    } catch (error) {
      if (isSealed(error)) return { kind: 'busy' }
      throw error
    }
  }

  /** Tells the other objects the settings, or that the pool is gone; whether all know. */
  async tellPeers(pool: SpreadPoolRecord | ClosedPool, namespace: DurableObjectNamespace): Promise<boolean> {
    const version = 'version' in pool ? pool.version : Number.MAX_SAFE_INTEGER
    const waiting = this.#peers.behind(version)
    const next = async () => {
      for (let number = waiting.shift(); number !== undefined; number = waiting.shift())
        await this.#tell(number, pool, namespace)
    }
    await Promise.all(Array.from({ length: PEERS_AT_ONCE }, next))
    return this.#peers.behind(version).length === 0
  }

  async #tell(number: number, pool: SpreadPoolRecord | ClosedPool, namespace: DurableObjectNamespace): Promise<void> {
    const closed = { id: pool.id, account: pool.account, version: 'closed' } as const
    const offer = 'version' in pool ? offerOf(pool, number) : { pool: closed, number, slots: [], map: pool.spread }
    try {
      const { kind } = await partOf(namespace, { ...homeOf(pool), spread: pool.spread }, number).adopt(offer)
      if (kind === 'closed') this.#peers.isGone(number)
      else if (kind === 'adopted' && 'version' in pool) this.#peers.told(number, pool.version)
    } catch {
      // The alarm tries again.
    }
  }

  /** Does some of what is left to do at other objects. What fails is put off, and holds nothing else up. */
  async runErrands(take: TakeStep): Promise<number> {
    const now = this.#now()
    this.#reservations.forgetRefused(now)
    const due = this.#errands.due(now, ERRANDS_PER_RUN)
    for (const errand of due) await this.#runErrand(errand, take)
    return due.length
  }

  /** One that fails, as where its slot is being handed over, is for later. */
  async #runErrand(errand: DueErrand, take: TakeStep): Promise<void> {
    try {
      await run(errand, take)
      this.#errands.done(errand)
    } catch {
      this.#unlessSealed(() => this.#errands.putOff(errand, this.#now() + RETRY_AFTER_MS))
    }
  }

  /** When this object has something to do by itself, in milliseconds since the epoch. */
  nextDue(pool: Pool | undefined): number | undefined {
    const proofs = this.#proofs.nextExpiry()
    const due = proofs === undefined ? [] : [Math.max(proofs, this.#now() + PURGE_INTERVAL_MS)]
    if (this.part) {
      due.push(...[this.#errands.nextDue(), this.#reservations.nextExpiry()].flatMap((at) => at ?? []))
      const isBehind = this.#peers.behind(pool?.version ?? Number.MAX_SAFE_INTEGER).length > 0
      if (isBehind) due.push(this.#now() + RETRY_AFTER_MS)
      due.push(...this.#growthDue())
    }
    return due.length > 0 ? Math.min(...due) : undefined
  }

  #growthDue(): number[] {
    const now = this.#now()
    const phase = this.isHead ? this.growth.phase() : undefined
    if (this.part?.gives || phase === 'indexing') return [now]
    return phase === 'moving' ? [this.#askedAt + ASK_AGAIN_MS] : []
  }
}

/** Whether a write was refused because its slot is being handed over. */
function isSealed(error: unknown): boolean {
  return error instanceof Error && error.message.includes(SEALED)
}
