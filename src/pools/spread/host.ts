import type { IdentityTable } from '../identity-table.ts'
import { PURGE_INTERVAL_MS } from '../limits.ts'
import type { Pool } from '../settings.ts'
import type { UsedProofs } from '../used-proofs.ts'
import { Errands, run } from './errands.ts'
import { Gone } from './interruptions.ts'
import { ERRANDS_PER_RUN, PEERS_AT_ONCE, RETRY_AFTER_MS } from './limits.ts'
import type { Spread } from './map.ts'
import { slotsOf } from './map.ts'
import {
  homeOf,
  type Offer,
  offerOf,
  partOf,
  type SpreadPoolRecord,
  type StepAddress,
  type StepRefused,
  stepsOf,
} from './objects.ts'
import { type Part, PartRow, Peers } from './part.ts'
import { Reservations } from './reservations.ts'
import type { Step, StepAnswer, TakeStep } from './step.ts'
import { slotsOfStep, takeStep } from './steps.ts'

/** Steps that may leave something to do later, or that look for what was left. */
const WAKING: ReadonlySet<Step['step']> = new Set(['detach', 'erase', 'freeze', 'finish', 'proofs', 'check_identities'])

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
  readonly #reservations: Reservations
  readonly #errands: Errands
  readonly #part: PartRow
  readonly #peers: Peers

  constructor(storage: DurableObjectStorage, identities: IdentityTable, proofs: UsedProofs, now: () => number) {
    this.#storage = storage
    this.#now = now
    this.#identities = identities
    this.#proofs = proofs
    this.#reservations = new Reservations(storage.sql)
    this.#errands = new Errands(storage.sql)
    this.#part = new PartRow(storage)
    this.#peers = new Peers(storage.sql)
  }

  /** What this object is part of; nothing for one that has a pool alone. */
  get part(): Part | undefined {
    return this.#part.read()
  }

  /** Whether this object is the one that knows the pool. */
  get isHead(): boolean {
    return this.part?.number === 0
  }

  /** Makes this object the head of a pool with these slots. */
  lead(map: Spread): void {
    this.#part.write({ number: 0, slots: slotsOf(map, 0), map })
    for (let number = 1; number < map.objects; number++) this.#peers.add(number)
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
    if (!slotsOfStep(step).every((slot) => this.#part.has(slot))) return { kind: 'moved' }
    return takeStep(step, {
      identities: this.#identities,
      reservations: this.#reservations,
      errands: this.#errands,
      proofs: this.#proofs,
      transaction: (work) => this.#storage.transactionSync(work),
      isHere: (slot) => this.#part.has(slot),
      allowGuests: () => pool.settings.allowGuests,
      now: this.#now,
    })
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
  async runErrands(pool: Pool, namespace: DurableObjectNamespace): Promise<void> {
    if (!this.part) return
    const now = this.#now()
    this.#reservations.forgetRefused(now)
    const due = this.#errands.due(now, ERRANDS_PER_RUN)
    if (due.length === 0) return
    const take = takenBy(withMap(pool, namespace), namespace)
    for (const errand of due)
      await run(errand, take).then(
        () => this.#errands.done(errand.number),
        () => this.#errands.putOff(errand.number, this.#now() + RETRY_AFTER_MS),
      )
  }

  /** When this object has something to do by itself, in milliseconds since the epoch. */
  nextDue(pool: Pool | undefined): number | undefined {
    const proofs = this.#proofs.nextExpiry()
    const due = proofs === undefined ? [] : [Math.max(proofs, this.#now() + PURGE_INTERVAL_MS)]
    if (this.part) {
      due.push(...[this.#errands.nextDue(), this.#reservations.nextExpiry()].flatMap((at) => at ?? []))
      const isBehind = this.#peers.behind(pool?.version ?? Number.MAX_SAFE_INTEGER).length > 0
      if (isBehind) due.push(this.#now() + RETRY_AFTER_MS)
    }
    return due.length > 0 ? Math.min(...due) : undefined
  }
}

/** The pool with its map as the head has it. */
async function withMap(pool: Pool, namespace: DurableObjectNamespace): Promise<SpreadPoolRecord | undefined> {
  const found = await partOf(namespace, homeOf(pool), 0).read({ id: pool.id })
  return found.kind === 'pool' && found.pool.spread ? { ...found.pool, spread: found.pool.spread } : undefined
}

/** Steps of a pool whose map may not be known, as while the head cannot be reached. */
function takenBy(pool: Promise<SpreadPoolRecord | undefined>, namespace: DurableObjectNamespace): TakeStep {
  return async (step) => {
    const known = await pool
    if (!known) throw new Gone()
    return stepsOf(known, namespace)(step)
  }
}
