import { DurableObject } from 'cloudflare:workers'
import { isOpened, migrate, NEWER_TABLES } from '../base/migrations.ts'
import type { NoPool, OfSpread, PoolAddress, PoolFound, ProofUsed, ResolveCall, Stale, UnlinkCall } from './calls.ts'
import { type CheckPage, checkAlone } from './check.ts'
import {
  type DeveloperMerge,
  type Lookup,
  type LookupRequest,
  lookupDeveloper,
  type MergeRequest,
  mergeDevelopers,
} from './developers.ts'
import type { IdentityDescription } from './identities.ts'
import { IdentityTable } from './identity-table.ts'
import { PURGE_INTERVAL_MS, PURGE_ROWS } from './limits.ts'
import { isTooLarge, type NotChanged, PoolRecord } from './pool-record.ts'
import { type Resolution, resolve } from './resolve.ts'
import { MIGRATIONS } from './schema.ts'
import { encodeSettings, type PoolSettings, placesOf, type SettingsChange, shardsOf } from './settings.ts'
import { mayLeaveWork, SpreadHost } from './spread/host.ts'
import { spreadEvenly } from './spread/map.ts'
import { type Offer, SPREAD, type StepAddress, type StepRefused } from './spread/objects.ts'
import type { Step, StepAnswer } from './spread/step.ts'
import { keepRowAlone } from './tombstone.ts'
import { type UnlinkDeveloperRequest, type Unlinked, unlink, unlinkDeveloper } from './unlink.ts'
import { UsedProofs } from './used-proofs.ts'

/**
 * One pool: its settings, its identities, their logins. Each method is one API call's worth of work in one synchronous
 * transaction. Named by the pool tag; a deleted pool keeps its row for ever, so that the tag is never used again.
 */
export class IdentityPool extends DurableObject<Env> {
  readonly #identities: IdentityTable
  readonly #proofs: UsedProofs
  readonly #host: SpreadHost
  readonly #record: PoolRecord

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.#identities = new IdentityTable(state.storage.sql)
    this.#proofs = new UsedProofs(state.storage.sql)
    this.#host = new SpreadHost(state.storage, this.#identities, this.#proofs, () => Date.now())
    this.#record = new PoolRecord(state.storage, () => this.#host.part?.map)
    if (isOpened(state.storage)) {
      migrate(state.storage, MIGRATIONS)
      if (this.#record.row()?.state === 'deleted' && !this.#isEmpty()) void this.ctx.storage.setAlarm(Date.now())
    }
  }

  /** Opens the pool, unless its tag is taken. `operation` names the call, so that a repeated one finds its own pool. */
  create(
    id: string,
    account: string,
    settings: PoolSettings,
    operation: string,
  ): PoolFound | { kind: 'taken' | 'too_large' } {
    const encoded = encodeSettings(settings)
    if (isTooLarge(encoded)) return { kind: 'too_large' }
    migrate(this.ctx.storage, MIGRATIONS)
    return this.ctx.storage.transactionSync(() => {
      const taken = this.#record.row()
      if (taken && (taken.created_by !== operation || taken.state !== 'open')) return { kind: 'taken' }
      if (!taken) this.#record.insert({ id, account, version: 1, settings: encoded, createdBy: operation })
      return this.read({ id, account }) as PoolFound
    })
  }

  /**
   * Opens the pool as the head of as many objects as its settings say. A method of its own, because an object that knows
   * nothing of this would open a pool that is not spread.
   */
  createSpread(
    ...[id, account, settings, operation]: Parameters<IdentityPool['create']>
  ): ReturnType<IdentityPool['create']> {
    return this.ctx.storage.transactionSync(() => {
      const created = this.create(id, account, settings, operation)
      const shards = shardsOf(settings) ?? 1
      if (created.kind !== 'pool' || shards === 1 || this.#host.part) return created
      this.#host.lead(spreadEvenly(shards, placesOf(settings)))
      this.#record.forget()
      void this.#wake()
      return this.read({ id, account }) as PoolFound
    })
  }

  read(address: PoolAddress): PoolFound | NoPool {
    return this.#record.read(address)
  }

  /** The pool that an identity of this object belongs to. */
  readByRegion(region: string): PoolFound | NoPool {
    return this.#record.readByRegion(region)
  }

  /**
   * The same, of at least this version, which another object of the pool has seen. Only after this object was restored to an
   * earlier time can its own be lower. Then its settings are the ones that count, under a new version.
   */
  readSince(region: string, version: number): PoolFound | NoPool {
    this.#record.raise(version, Date.now())
    void this.#wake()
    return this.readByRegion(region)
  }

  change(address: PoolAddress, change: SettingsChange): PoolFound | NoPool | NotChanged {
    const answer = this.ctx.storage.transactionSync(() => this.#record.change(address, change, Date.now()))
    if (this.#host.part) void this.#wake()
    return answer
  }

  /** Tells the other objects of the pool its settings, or that it is gone, as far as they do not know. */
  async tellPeers(): Promise<{ kind: 'told' | 'behind' }> {
    const map = this.#host.part?.map
    const row = this.#record.row()
    if (!map || !row || !this.#host.isHead) return { kind: 'told' }
    const pool = this.#record.open() ?? { id: row.id, account: row.account }
    const told = await this.#host.tellPeers({ ...pool, spread: map }, this.env.IDENTITY_POOL)
    return { kind: told ? 'told' : 'behind' }
  }

  /** Makes this object a part of a pool, or gives it newer settings, or closes it. */
  adopt({ map, number, pool, slots }: Offer): { kind: 'adopted' | 'closed' | 'taken' } {
    migrate(this.ctx.storage, MIGRATIONS)
    return this.ctx.storage.transactionSync(() => {
      const row = this.#record.row()
      if (row && row.id !== pool.id) return { kind: 'taken' }
      if (row?.state === 'deleted') return { kind: 'closed' }
      const { account, id, version } = pool
      if (!row) this.#record.insert({ id, account, version: 0, settings: '{}', createdBy: '' })
      if (version === 'closed') {
        this.#close(null)
        return { kind: 'closed' }
      }
      if (!row) this.#host.join({ map, number, pool, slots })
      this.#record.follow(pool.settings, version)
      return { kind: 'adopted' }
    })
  }

  /** Takes one step of a call of a pool that is spread. */
  take(address: StepAddress, step: Step): StepAnswer | StepRefused {
    if (!this.#host.part && !isOpened(this.ctx.storage)) return { kind: 'unopened' }
    const pool = this.#record.open()
    const answer = pool ? this.#host.take(pool, address, step) : ({ kind: 'no_pool' } as const)
    if (mayLeaveWork(step)) void this.#wake()
    return answer
  }

  /** Closes the pool at once; its identities are deleted in the background. */
  delete(address: PoolAddress, operation: string): { kind: 'deleted'; spread?: boolean } | NoPool {
    const closed = this.ctx.storage.transactionSync(() => {
      if (this.#record.row()?.deleted_by === operation) return true
      if (this.read(address).kind !== 'pool') return false
      this.#close(operation)
      return true
    })
    if (!closed) return { kind: 'no_pool' }
    return this.#host.part ? { kind: 'deleted', spread: true } : { kind: 'deleted' }
  }

  /** Finds, makes, extends or merges the identity of these logins. */
  resolve(call: ResolveCall): Resolution | NoPool | Stale | ProofUsed {
    if (call.trial) return this.tryResolve(call)
    // Without logins at most one statement writes, and that is a transaction by itself.
    if (call.logins.length === 0 && !call.once) return this.#resolve(call)
    const resolved = this.ctx.storage.transactionSync(() => this.#resolve(call))
    if (call.once && resolved.kind === 'identity') void this.#wake()
    return resolved
  }

  /**
   * Tells what would come of a call of `resolve`, and changes nothing. A method of its own, because an object that does not
   * know a member of a call passes over it, and would link.
   */
  tryResolve(call: ResolveCall): Resolution | NoPool | Stale | ProofUsed {
    return this.#tried(() => this.#resolve(call))
  }

  /** Takes public logins off an identity, one of whose logins the caller has proven. */
  unlink(call: UnlinkCall): Unlinked | NoPool | Stale | ProofUsed {
    const { once, operation } = call
    if (this.#host.part) this.#ofSpread()
    const unlinked = this.ctx.storage.transactionSync(() => {
      const found = this.readByRegion(call.region)
      if (found.kind !== 'pool') return found
      if (call.version !== found.pool.version) return { kind: 'stale', pool: found.pool } as const
      if (once && this.#proofs.anyUsed(once.proofs, operation)) return { kind: 'proof_used' } as const
      const outcome = unlink(this.#identities, { ...call, now: Date.now() })
      if (once && outcome.kind === 'unlinked') this.#proofs.use(once.proofs, operation)
      return outcome
    })
    if (once && unlinked.kind === 'unlinked') void this.#wake()
    return unlinked
  }

  unlinkDeveloper(address: PoolAddress, request: Omit<UnlinkDeveloperRequest, 'now'>): Unlinked | NoPool | OfSpread {
    return this.#inPool(address, () => unlinkDeveloper(this.#identities, { ...request, now: Date.now() }))
  }

  lookupDeveloper(address: PoolAddress, request: LookupRequest): Lookup | NoPool | OfSpread {
    return this.#inPool(address, () => lookupDeveloper(this.#identities, request))
  }

  mergeDevelopers(address: PoolAddress, request: Omit<MergeRequest, 'now'>): DeveloperMerge | NoPool | OfSpread {
    return this.#inPool(address, () => mergeDevelopers(this.#identities, { ...request, now: Date.now() }))
  }

  /** Deletes those of these identities that are there. */
  deleteIdentities(
    region: string,
    account: string,
    uuids: readonly string[],
    knowsSpread?: true,
  ): { kind: 'deleted' } | NoPool | OfSpread {
    if (this.#host.part) return this.#ofSpread(knowsSpread)
    const found = this.readByRegion(region)
    if (found.kind !== 'pool' || found.pool.account !== account) return { kind: 'no_pool' }
    this.ctx.storage.transactionSync(() => this.#identities.delete(uuids))
    return { kind: 'deleted' }
  }

  describeIdentity(
    region: string,
    account: string,
    uuid: string,
    knowsSpread?: true,
  ): IdentityDescription | OfSpread | undefined {
    if (this.#host.part) return this.#ofSpread(knowsSpread)
    const found = this.readByRegion(region)
    return found.kind === 'pool' && found.pool.account === account ? this.#identities.describe(uuid) : undefined
  }

  listIdentities(
    address: PoolAddress,
    after: string,
    limit: number,
    hideDisabled: boolean,
  ): { kind: 'page'; identities: IdentityDescription[] } | NoPool | OfSpread {
    return this.#inPool(address, () => ({
      kind: 'page',
      identities: this.#identities.list(after, limit, hideDisabled),
    }))
  }

  /** Looks for what is wrong in a pool of one object, among so many identities after this one. */
  check(address: PoolAddress, after: string, limit: number): CheckPage | NoPool | OfSpread {
    return this.#inPool(address, () => checkAlone(this.#identities, after, limit))
  }

  /** Empties a deleted pool; else forgets proofs that have expired, and does what is left to do at other objects of the pool. */
  override async alarm(): Promise<void> {
    const row = this.#record.row()
    const { kind } = await this.tellPeers()
    if (row?.state === 'deleted') {
      if (kind === 'behind') return this.#wake()
      return this.#isEmpty() ? undefined : keepRowAlone(this.ctx.storage, row)
    }
    this.ctx.storage.transactionSync(() => this.#proofs.forget(Date.now(), PURGE_ROWS))
    const pool = this.#record.open()
    if (pool) await this.#host.runErrands(pool, this.env.IDENTITY_POOL)
    return this.#wake(PURGE_INTERVAL_MS)
  }

  #isEmpty(): boolean {
    return this.#identities.isEmpty() && this.#proofs.nextExpiry() === undefined && !this.#host.part
  }

  /** Sets the alarm for whatever this object must do next by itself, but not sooner than in so many milliseconds. */
  async #wake(pause = 0): Promise<void> {
    if (!isOpened(this.ctx.storage)) return
    const due = this.#host.nextDue(this.#record.open())
    if (due === undefined) return
    const set = await this.ctx.storage.getAlarm()
    if (set === null || set > due) await this.ctx.storage.setAlarm(Math.max(due, Date.now() + pause))
  }

  #close(operation: string | null): void {
    this.#record.close(operation)
    void this.ctx.storage.setAlarm(Date.now())
  }

  /** A pool that is spread is never served by one object; whoever asks it for that does not know of its map. */
  #ofSpread(knowsSpread?: true): OfSpread {
    if (knowsSpread) return { kind: 'of_spread' }
    throw new Error(`${NEWER_TABLES}: ${SPREAD}.`)
  }

  #resolve(call: ResolveCall): Resolution | NoPool | Stale | ProofUsed {
    if (this.#host.part) this.#ofSpread()
    const found = this.readByRegion(call.region)
    if (found.kind !== 'pool') return found
    const { pool } = found
    if (call.version !== pool.version) return { kind: 'stale', pool }
    if (call.once && this.#proofs.anyUsed(call.once.proofs, call.once.operation)) return { kind: 'proof_used' }
    const { allowGuests } = pool.settings
    const resolution = resolve(this.#identities, { ...call, allowGuests, now: Date.now() })
    if (call.once && resolution.kind === 'identity') this.#proofs.use(call.once.proofs, call.once.operation)
    return resolution
  }

  /** What `work` answers, without what it changes. */
  #tried<T>(work: () => T): T {
    const answers: T[] = []
    const undone = new Error('undone')
    try {
      this.ctx.storage.transactionSync(() => {
        answers.push(work())
        throw undone
      })
    } catch (error) {
      if (error !== undone) throw error
    }
    return answers[0] as T
  }

  #inPool<T>(address: PoolAddress, work: () => T): T | NoPool | OfSpread {
    if (this.#host.part) return this.#ofSpread(address.knowsSpread)
    return this.ctx.storage.transactionSync(() => (this.read(address).kind === 'pool' ? work() : { kind: 'no_pool' }))
  }
}
