import { DurableObject } from 'cloudflare:workers'
import { isOpened, migrate } from '../../base/migrations.ts'
import type { NoPool, PoolAddress, PoolFound } from '../calls.ts'
import { PURGE_INTERVAL_MS, PURGE_ROWS } from '../limits.ts'
import { PoolState } from '../pool-state.ts'
import { MIGRATIONS } from '../schema.ts'
import { keepRowAlone } from '../tombstone.ts'
import { mayLeaveWork } from './host.ts'
import { type Offer, type StepAddress, type StepRefused, stepsFrom } from './objects.ts'
import type { Step, StepAnswer } from './step.ts'

/**
 * An object of a pool, as the other objects of that pool and the Workers that know its map call it, and what it does by itself.
 * One that has its pool alone is asked for nothing else but its settings.
 */
export abstract class SpreadObject extends DurableObject<Env> {
  protected readonly own: PoolState

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.own = new PoolState(state.storage, () => Date.now())
    if (isOpened(state.storage)) {
      migrate(state.storage, MIGRATIONS)
      if (this.own.record.row()?.state === 'deleted' && !this.own.isEmpty()) void state.storage.setAlarm(Date.now())
    }
  }

  read(address: PoolAddress): PoolFound | NoPool {
    return this.own.record.read(address)
  }

  /** The pool that an identity of this object belongs to. */
  readByRegion(region: string): PoolFound | NoPool {
    return this.own.record.readByRegion(region)
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
      return { kind: 'adopted' }
    })
  }

  /** Takes one step of a call of a pool that is spread. */
  take(address: StepAddress, step: Step): StepAnswer | StepRefused {
    if (!this.own.host.part && !isOpened(this.own.storage)) return { kind: 'unopened' }
    const pool = this.own.record.open()
    const answer = pool ? this.own.host.take(pool, address, step) : ({ kind: 'no_pool' } as const)
    if (mayLeaveWork(step)) void this.own.wake()
    return answer
  }

  /** Empties a deleted pool; else forgets proofs that have expired, and does what is left to do at other objects of the pool. */
  override async alarm(): Promise<void> {
    const row = this.own.record.row()
    const { kind } = await this.tellPeers()
    if (row?.state === 'deleted') {
      if (kind === 'behind') return this.own.wake()
      return this.own.isEmpty() ? undefined : keepRowAlone(this.own.storage, row)
    }
    this.own.storage.transactionSync(() => this.own.proofs.forget(Date.now(), PURGE_ROWS))
    const pool = this.own.record.open()
    if (pool && this.own.host.part) await this.own.host.runErrands(stepsFrom(pool, this.env.IDENTITY_POOL))
    return this.own.wake(PURGE_INTERVAL_MS)
  }
}
