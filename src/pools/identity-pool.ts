import { DurableObject } from 'cloudflare:workers'
import { utf8 } from '../base/bytes.ts'
import { isOpened, migrate } from '../base/migrations.ts'
import type { NoPool, PoolAddress, PoolFound, ProofUsed, ResolveCall, Stale, UnlinkCall } from './calls.ts'
import {
  type DeveloperMerge,
  type Lookup,
  type LookupRequest,
  lookupDeveloper,
  type MergeRequest,
  mergeDevelopers,
} from './developers.ts'
import { type IdentityDescription, IdentityTable } from './identity-table.ts'
import { MAX_SETTINGS_BYTES, MAX_TAGS, PURGE_INTERVAL_MS, PURGE_ROWS } from './limits.ts'
import { type Resolution, resolve } from './resolve.ts'
import { MIGRATIONS } from './schema.ts'
import {
  changed,
  decodeSettings,
  encodeSettings,
  type Pool,
  type PoolSettings,
  type SettingsChange,
} from './settings.ts'
import { keepRowAlone } from './tombstone.ts'
import { type UnlinkDeveloperRequest, type Unlinked, unlink, unlinkDeveloper } from './unlink.ts'
import { UsedProofs } from './used-proofs.ts'

interface PoolRow extends Record<string, SqlStorageValue> {
  id: string
  account: string
  state: 'open' | 'deleted'
  version: number
  settings: string
  created_by: string
  deleted_by: string | null
}

/**
 * One pool: its settings, its identities, their logins. Each method is one API call's worth of work in one synchronous
 * transaction. Named by the pool tag; a deleted pool keeps its row for ever, so that the tag is never used again.
 */
export class IdentityPool extends DurableObject<Env> {
  readonly #identities: IdentityTable
  readonly #proofs: UsedProofs
  /** Copy of the pool row. The table is the truth; this only spares parsing. */
  #cached: { row: PoolRow; pool: Pool } | undefined

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.#identities = new IdentityTable(state.storage.sql)
    this.#proofs = new UsedProofs(state.storage.sql)
    if (isOpened(state.storage)) {
      migrate(state.storage, MIGRATIONS)
      if (this.#row()?.state === 'deleted' && !this.#isEmpty()) void this.#purgeSoon()
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
    if (utf8(encoded).length > MAX_SETTINGS_BYTES) return { kind: 'too_large' }
    migrate(this.ctx.storage, MIGRATIONS)
    return this.ctx.storage.transactionSync(() => {
      const taken = this.#row()
      if (taken && (taken.created_by !== operation || taken.state !== 'open')) return { kind: 'taken' }
      if (!taken)
        this.ctx.storage.sql.exec(
          "INSERT INTO pool (one, id, account, state, version, settings, created_by) VALUES (1, ?, ?, 'open', 1, ?, ?)",
          id,
          account,
          encoded,
          operation,
        )
      return this.read({ id, account }) as PoolFound
    })
  }

  read(address: PoolAddress): PoolFound | NoPool {
    const pool = this.#open()
    if (!pool || pool.id !== address.id) return { kind: 'no_pool' }
    if (address.account !== undefined && pool.account !== address.account) return { kind: 'no_pool' }
    return { kind: 'pool', pool }
  }

  /** The pool that an identity of this object belongs to. */
  readByRegion(region: string): PoolFound | NoPool {
    const pool = this.#open()
    return pool?.id.startsWith(`${region}:`) ? { kind: 'pool', pool } : { kind: 'no_pool' }
  }

  /**
   * Changes settings; the version grows only if something really changed. No version is given twice, not even after the
   * pool was restored to an earlier one: it counts milliseconds, or by one where changes come faster.
   */
  change(
    address: PoolAddress,
    change: SettingsChange,
  ): PoolFound | NoPool | { kind: 'developer_provider_fixed' | 'too_many_tags' | 'too_large' } {
    return this.ctx.storage.transactionSync(() => {
      const found = this.read(address)
      if (found.kind !== 'pool') return found
      const before = found.pool.settings
      const after = changed(before, change)
      if (before.developerProvider !== undefined && after.developerProvider !== before.developerProvider)
        return { kind: 'developer_provider_fixed' }
      if ((after.tags?.size ?? 0) > MAX_TAGS) return { kind: 'too_many_tags' }
      const encoded = encodeSettings(after)
      if (utf8(encoded).length > MAX_SETTINGS_BYTES) return { kind: 'too_large' }
      if (encoded !== this.#row()?.settings) {
        this.ctx.storage.sql.exec('UPDATE pool SET settings = ?, version = max(version + 1, ?)', encoded, Date.now())
        this.#cached = undefined
      }
      return this.read(address)
    })
  }

  /** Closes the pool at once; its identities are deleted in the background. */
  delete(address: PoolAddress, operation: string): { kind: 'deleted' } | NoPool {
    const closed = this.ctx.storage.transactionSync(() => {
      if (this.#row()?.deleted_by === operation) return true
      if (this.read(address).kind !== 'pool') return false
      this.ctx.storage.sql.exec("UPDATE pool SET state = 'deleted', settings = '{}', deleted_by = ?", operation)
      this.#cached = undefined
      return true
    })
    if (!closed) return { kind: 'no_pool' }
    void this.#purgeSoon()
    return { kind: 'deleted' }
  }

  /** Finds, makes, extends or merges the identity of these logins. */
  resolve(call: ResolveCall): Resolution | NoPool | Stale | ProofUsed {
    if (call.trial) return this.tryResolve(call)
    // Without logins at most one statement writes, and that is a transaction by itself.
    if (call.logins.length === 0 && !call.once) return this.#resolve(call)
    const resolved = this.ctx.storage.transactionSync(() => this.#resolve(call))
    if (call.once && resolved.kind === 'identity') void this.#alarmForProofs()
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
    const unlinked = this.ctx.storage.transactionSync(() => {
      const found = this.readByRegion(call.region)
      if (found.kind !== 'pool') return found
      if (call.version !== found.pool.version) return { kind: 'stale', pool: found.pool } as const
      if (once && this.#proofs.anyUsed(once.proofs, operation)) return { kind: 'proof_used' } as const
      const outcome = unlink(this.#identities, { ...call, now: Date.now() })
      if (once && outcome.kind === 'unlinked') this.#proofs.use(once.proofs, operation)
      return outcome
    })
    if (once && unlinked.kind === 'unlinked') void this.#alarmForProofs()
    return unlinked
  }

  unlinkDeveloper(address: PoolAddress, request: Omit<UnlinkDeveloperRequest, 'now'>): Unlinked | NoPool {
    return this.#inPool(address, () => unlinkDeveloper(this.#identities, { ...request, now: Date.now() }))
  }

  lookupDeveloper(address: PoolAddress, request: LookupRequest): Lookup | NoPool {
    return this.#inPool(address, () => lookupDeveloper(this.#identities, request))
  }

  mergeDevelopers(address: PoolAddress, request: Omit<MergeRequest, 'now'>): DeveloperMerge | NoPool {
    return this.#inPool(address, () => mergeDevelopers(this.#identities, { ...request, now: Date.now() }))
  }

  /** Deletes those of these identities that are there. */
  deleteIdentities(region: string, account: string, uuids: readonly string[]): { kind: 'deleted' } | NoPool {
    const found = this.readByRegion(region)
    if (found.kind !== 'pool' || found.pool.account !== account) return { kind: 'no_pool' }
    this.ctx.storage.transactionSync(() => this.#identities.delete(uuids))
    return { kind: 'deleted' }
  }

  describeIdentity(region: string, account: string, uuid: string): IdentityDescription | undefined {
    const found = this.readByRegion(region)
    return found.kind === 'pool' && found.pool.account === account ? this.#identities.describe(uuid) : undefined
  }

  listIdentities(
    address: PoolAddress,
    after: string,
    limit: number,
    hideDisabled: boolean,
  ): { kind: 'page'; identities: IdentityDescription[] } | NoPool {
    return this.#inPool(address, () => ({
      kind: 'page',
      identities: this.#identities.list(after, limit, hideDisabled),
    }))
  }

  /** Empties a deleted pool, or forgets the proofs that have expired, some of them at a time. */
  override async alarm(): Promise<void> {
    const row = this.#row()
    if (row?.state === 'deleted') return this.#isEmpty() ? undefined : keepRowAlone(this.ctx.storage, row)
    this.ctx.storage.transactionSync(() => this.#proofs.forget(Date.now(), PURGE_ROWS))
    return this.#alarmForProofs()
  }

  #isEmpty(): boolean {
    return this.#identities.isEmpty() && this.#proofs.nextExpiry() === undefined
  }

  async #purgeSoon(): Promise<void> {
    await this.ctx.storage.setAlarm(Date.now())
  }

  async #alarmForProofs(): Promise<void> {
    const expiry = this.#proofs.nextExpiry()
    if (expiry === undefined || (await this.ctx.storage.getAlarm()) !== null) return
    await this.ctx.storage.setAlarm(Math.max(expiry, Date.now() + PURGE_INTERVAL_MS))
  }

  #resolve(call: ResolveCall): Resolution | NoPool | Stale | ProofUsed {
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

  #inPool<T>(address: PoolAddress, work: () => T): T | NoPool {
    return this.ctx.storage.transactionSync(() => (this.read(address).kind === 'pool' ? work() : { kind: 'no_pool' }))
  }

  #open(): Pool | undefined {
    const row = this.#row()
    if (row?.state !== 'open') return undefined
    this.#cached ??= {
      row,
      pool: { id: row.id, account: row.account, version: row.version, settings: decodeSettings(row.settings) },
    }
    return this.#cached.pool
  }

  #row(): PoolRow | undefined {
    if (this.#cached) return this.#cached.row
    return isOpened(this.ctx.storage)
      ? this.ctx.storage.sql.exec<PoolRow>('SELECT * FROM pool').toArray()[0]
      : undefined
  }
}
