import { DurableObject } from 'cloudflare:workers'
import { isOpened, migrate } from '../../base/migrations.ts'
import type { NoPool, PoolAddress, PoolFound } from '../calls.ts'
import { guestTtlDaysOf } from '../guest-settings.ts'
import { PURGE_INTERVAL_MS, PURGE_ROWS } from '../limits.ts'
import { PoolState } from '../pool-state.ts'
import { MIGRATIONS } from '../schema.ts'
import type { Pool } from '../settings.ts'
import { keepRowAlone } from '../tombstone.ts'
import type { WatchNoted } from '../watch.ts'
import type { EraseStep } from './erase-step.ts'
import { growForAWhile } from './growing.ts'
import type { GrowthState, PlanAnswer, PlanStep } from './growth.ts'
import { mayLeaveWork } from './host.ts'
import { RETRY_AFTER_MS } from './limits.ts'
import type { MoveAnswer, MoveStep } from './move.ts'
import { type Offer, type StepAddress, type StepRefused, stepsFrom } from './objects.ts'
import type { Step, StepAnswer } from './step.ts'

/** A pool, and how it grows or has grown last. */
export interface SpreadDescribed {
  kind: 'described'
  pool: Pool
  growth: GrowthState | undefined
  /** Identities are being imported. */
  importing?: true
}

/**
 * An object of a pool, as the other objects of that pool and the Workers that know its map call it, and what it does by itself.
 * One that has its pool alone is asked for nothing else but its settings.
 */
export abstract class SpreadObject extends DurableObject<Env> {
  protected readonly own: PoolState

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.own = new PoolState(state.storage, { now: () => Date.now(), newName: () => crypto.randomUUID() })
    if (isOpened(state.storage)) {
      migrate(state.storage, MIGRATIONS)
      if (this.own.record.row()?.state === 'deleted' && !this.own.isEmpty()) void state.storage.setAlarm(Date.now())
      // A process that was killed may have taken the alarm with it.
      else if (this.own.host.part?.gives || this.own.host.isGrowing || this.#sweepsGuests()) void this.own.wake()
    }
  }

  #sweepsGuests(): boolean {
    const pool = this.own.record.open()
    return pool !== undefined && guestTtlDaysOf(pool.settings) !== undefined
  }

  read(address: PoolAddress): PoolFound | NoPool {
    return this.own.record.read(address)
  }

  /** The pool that an identity of this object belongs to. */
  readByRegion(region: string): PoolFound | NoPool {
    return this.own.watch.mark(this.own.record.readByRegion(region))
  }

  /** Somebody watches the decisions of the account of this pool, for so many milliseconds. */
  watch(address: PoolAddress, left: number): WatchNoted | NoPool {
    const found = this.read(address)
    if (found.kind !== 'pool') return found
    this.own.watch.note(found.pool.account, left)
    return { kind: 'watched', spread: this.own.host.isHead ? found.pool.spread : undefined }
  }

  /**
   * The same, of at least this version, which another object of the pool has seen. Only after this object was restored to an
   * earlier time can its own be lower. Then its settings are the ones that count, under a new version.
   */
  readSince(region: string, version: number): PoolFound | NoPool {
    this.own.record.raise(version, Date.now())
    void this.own.wake()
    return this.readByRegion(region)
  }

  /** Tells the other objects of the pool its settings, or that it is gone, as far as they do not know. */
  async tellPeers(): Promise<{ kind: 'told' | 'behind' }> {
    const map = this.own.host.part?.map
    const row = this.own.record.row()
    if (!map || !row || !this.own.host.isHead) return { kind: 'told' }
    const pool = this.own.record.open() ?? { id: row.id, account: row.account }
    const told = await this.own.host.tellPeers({ ...pool, spread: map }, this.env.IDENTITY_POOL)
    return { kind: told ? 'told' : 'behind' }
  }

  /** Makes this object a part of a pool, or gives it newer settings, or closes it. */
  adopt({ map, number, pool, slots }: Offer): { kind: 'adopted' | 'closed' | 'taken' } {
    migrate(this.own.storage, MIGRATIONS)
    return this.own.storage.transactionSync(() => {
      const row = this.own.record.row()
      if (row && row.id !== pool.id) return { kind: 'taken' }
      if (row?.state === 'deleted') return { kind: 'closed' }
      const { account, id, version } = pool
      if (!row) this.own.record.insert({ id, account, version: 0, settings: '{}', createdBy: '' })
      if (version === 'closed') {
        this.own.close(null)
        return { kind: 'closed' }
      }
      if (!row) this.own.host.join({ map, number, pool, slots })
      this.own.record.follow(pool.settings, version)
      void this.own.wake()
      return { kind: 'adopted' }
    })
  }

  /** Takes one step of a call of a pool that is spread. */
  take(address: StepAddress, step: Step): StepAnswer | StepRefused {
    if (!this.own.host.part && !isOpened(this.own.storage)) return { kind: 'unopened' }
    const pool = this.own.record.open()
    const answer = pool ? this.own.host.take(pool, address, step) : ({ kind: 'no_pool' } as const)
    if (mayLeaveWork(step)) void this.own.wake()
    return this.own.watch.mark(answer)
  }

  /** The same of an erasure. A method of its own, because an object of an earlier version would not know the step. */
  takeErasing(address: StepAddress, step: EraseStep): StepAnswer | StepRefused {
    return this.take(address, step)
  }

  /** Takes one step of a move of slots, which another object has planned. */
  move(pool: string, step: MoveStep): MoveAnswer | NoPool {
    const open = this.own.record.open()
    if (open?.id !== pool || !this.own.host.part) return { kind: 'no_pool' }
    const answer = this.own.host.move(open, step)
    if (answer.kind === 'owned') void this.own.wake()
    return answer
  }

  /** What another object of a growing pool asks of its head. */
  plan(pool: string, step: PlanStep): PlanAnswer | NoPool {
    if (this.own.record.open()?.id !== pool || !this.own.host.isHead) return { kind: 'no_pool' }
    const answer = this.own.host.plan(step)
    this.own.record.forget()
    return answer
  }

  /** The head says that there are slots to give away. */
  async give(pool: string): Promise<void> {
    if (this.own.record.open()?.id !== pool) return
    this.own.host.give(true)
    await this.own.wake()
  }

  /** How the pool is spread, and how it grows or has grown last. */
  describeSpread(address: PoolAddress): SpreadDescribed | NoPool {
    const found = this.read(address)
    if (found.kind !== 'pool') return found
    return {
      kind: 'described',
      pool: found.pool,
      growth: this.own.host.isHead ? this.own.host.growth.state() : undefined,
      ...(this.own.backup.imports.isOn && { importing: true as const }),
    }
  }

  /** Lets a growing pool stand still, or go on. A move that was begun is brought to its end. */
  pauseSpread(address: PoolAddress, paused: boolean): SpreadDescribed | NoPool {
    if (this.read(address).kind === 'pool' && this.own.host.isHead) this.own.host.pause(paused)
    void this.own.wake()
    return this.describeSpread(address)
  }

  /** Empties a deleted pool; else forgets proofs that have expired, and does what is left to do at other objects of the pool. */
  override async alarm(): Promise<void> {
    const row = this.own.record.row()
    const { kind } = await this.tellPeers()
    if (row?.state === 'deleted') {
      // Whatever else was due here is never done any more, and must not set the alarm at once for ever.
      if (kind === 'behind') return this.own.wake(RETRY_AFTER_MS)
      return this.own.isEmpty() ? undefined : keepRowAlone(this.own.storage, row)
    }
    this.own.storage.transactionSync(() => this.own.proofs.forget(Date.now(), PURGE_ROWS))
    const pool = this.own.record.open()
    if (pool && !this.own.host.part?.sealed) this.own.guests.tidy(pool)
    if (pool)
      this.own.storage.transactionSync(() => this.own.statistics.countSome(pool.settings, this.own.host.part?.slots))
    if (!pool || !this.own.host.part) return this.own.wake(PURGE_INTERVAL_MS)
    // Slots that are sealed answer nobody, so their move comes to its end before all else.
    if (this.own.host.part.sealed) await growForAWhile(this.own, this.env.IDENTITY_POOL)
    await this.own.host.runErrands(stepsFrom(pool, this.env.IDENTITY_POOL))
    const pause = await growForAWhile(this.own, this.env.IDENTITY_POOL)
    return this.own.wake(Math.max(pause, PURGE_INTERVAL_MS))
  }
}
