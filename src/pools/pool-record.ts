import { utf8 } from '../base/bytes.ts'
import { isOpened } from '../base/migrations.ts'
import type { NoPool, PoolAddress, PoolFound } from './calls.ts'
import { guestTtlDaysOf } from './guest-settings.ts'
import { lastUsedDaysOf } from './last-use.ts'
import { MAX_SETTINGS_BYTES, MAX_TAGS } from './limits.ts'
import {
  changed,
  decodeSettings,
  encodeSettings,
  type Pool,
  type PoolSettings,
  placesOf,
  type SettingsChange,
  shardsOf,
} from './settings.ts'
import type { Spread } from './spread/map.ts'

export interface PoolRow extends Record<string, SqlStorageValue> {
  id: string
  account: string
  state: 'open' | 'deleted'
  version: number
  settings: string
  created_by: string
  deleted_by: string | null
}

/** Why settings were not changed. */
export type NotChanged = {
  kind:
    | 'developer_provider_fixed'
    | 'too_many_tags'
    | 'too_large'
    | 'shards_fixed'
    | 'fewer_shards'
    | 'growing'
    | 'places_fixed'
    | 'ttl_needs_last_use'
}

/** Whether a change of settings may let the pool grow: the caller does not know of that, it may, or the pool is growing already. */
export type MayGrow = 'unknown' | 'may' | 'growing'

/** What became of a change that was for one version. */
export type ChangedIf = PoolFound | NoPool | NotChanged | { kind: 'other_version' }

/** Whether a pool is already as a change would make it. */
export function comesToTheSame({ settings }: Pool, change: SettingsChange): boolean {
  return encodeSettings(changed(settings, change)) === encodeSettings(settings)
}

/** What an object keeps of its pool as a whole: one row, which a deleted pool leaves for ever. All synchronous. */
export class PoolRecord {
  readonly #storage: DurableObjectStorage
  readonly #spread: () => Spread | undefined
  /** Copy of the row. The table is the truth; this only spares parsing. */
  #cached: { row: PoolRow; pool: Pool } | undefined

  constructor(storage: DurableObjectStorage, spread: () => Spread | undefined) {
    this.#storage = storage
    this.#spread = spread
  }

  row(): PoolRow | undefined {
    if (this.#cached) return this.#cached.row
    return isOpened(this.#storage) ? this.#storage.sql.exec<PoolRow>('SELECT * FROM pool').toArray()[0] : undefined
  }

  open(): Pool | undefined {
    const row = this.row()
    if (row?.state !== 'open') return undefined
    if (!this.#cached) {
      const { account, id, version } = row
      const spread = this.#spread()
      const pool = { id, account, version, settings: decodeSettings(row.settings), ...(spread && { spread }) }
      this.#cached = { row, pool }
    }
    return this.#cached.pool
  }

  read(address: PoolAddress): PoolFound | NoPool {
    const pool = this.open()
    if (!pool || pool.id !== address.id) return { kind: 'no_pool' }
    if (address.account !== undefined && pool.account !== address.account) return { kind: 'no_pool' }
    return { kind: 'pool', pool }
  }

  readByRegion(region: string): PoolFound | NoPool {
    const pool = this.open()
    return pool?.id.startsWith(`${region}:`) ? { kind: 'pool', pool } : { kind: 'no_pool' }
  }

  insert({ account, createdBy, id, settings, version }: Pick<Pool, 'id' | 'account' | 'version'> & NewRow): void {
    this.#storage.sql.exec(
      "INSERT INTO pool (one, id, account, state, version, settings, created_by) VALUES (1, ?, ?, 'open', ?, ?, ?)",
      id,
      account,
      version,
      settings,
      createdBy,
    )
    this.forget()
  }

  /**
   * Changes settings; the version grows only if something really changed. No version is given twice, not even after the
   * pool was restored to an earlier one: it counts milliseconds, or by one where changes come faster.
   */
  change(
    address: PoolAddress,
    change: SettingsChange,
    now: number,
    mayGrow: MayGrow = 'unknown',
  ): PoolFound | NoPool | NotChanged {
    const found = this.read(address)
    if (found.kind !== 'pool') return found
    const before = found.pool.settings
    const after = changed(before, change)
    if (before.developerProvider !== undefined && after.developerProvider !== before.developerProvider)
      return { kind: 'developer_provider_fixed' }
    if ((after.tags?.size ?? 0) > MAX_TAGS) return { kind: 'too_many_tags' }
    const refused = this.#misfit(found.pool, after, mayGrow)
    if (refused) return { kind: refused }
    const encoded = encodeSettings(after)
    if (isTooLarge(encoded)) return { kind: 'too_large' }
    if (encoded !== this.row()?.settings) {
      this.#storage.sql.exec('UPDATE pool SET settings = ?, version = max(version + 1, ?)', encoded, now)
      this.forget()
    }
    return this.read(address)
  }

  /** Why a pool cannot be as its tags say; nothing, if it can. What they said before does not matter. */
  #misfit({ settings, spread }: Pool, after: PoolSettings, mayGrow: MayGrow): NotChanged['kind'] | undefined {
    if (guestTtlDaysOf(after) !== undefined && lastUsedDaysOf(after) === undefined) return 'ttl_needs_last_use'
    const objects = spread?.objects ?? 1
    const wanted = shardsOf(after) ?? objects
    const places = spread?.places?.join(' ')
    const getsPlaces = !spread && mayGrow === 'may' && wanted > objects && wanted !== shardsOf(settings)
    if (!getsPlaces && (placesOf(after)?.join(' ') ?? places) !== places) return 'places_fixed'
    if (wanted === objects || wanted === shardsOf(settings)) return undefined
    if (mayGrow === 'unknown') return 'shards_fixed'
    if (wanted < objects) return 'fewer_shards'
    return mayGrow === 'growing' ? 'growing' : undefined
  }

  /** Takes settings over that are newer than its own. */
  follow(settings: PoolSettings, version: number): void {
    this.#storage.sql.exec(
      'UPDATE pool SET settings = ?, version = ? WHERE version < ?',
      encodeSettings(settings),
      version,
      version,
    )
    this.forget()
  }

  /** Gives the settings a new version, beyond this one; nothing, if theirs is not lower. */
  raise(version: number, now: number): void {
    if (!this.open()) return
    this.#storage.sql.exec('UPDATE pool SET version = max(?, ?) WHERE version < ?', version + 1, now, version)
    this.forget()
  }

  close(operation: string | null): void {
    this.#storage.sql.exec("UPDATE pool SET state = 'deleted', settings = '{}', deleted_by = ?", operation)
    this.forget()
  }

  /** Reads the row again next time. */
  forget(): void {
    this.#cached = undefined
  }
}

interface NewRow {
  /** As `encodeSettings` makes them. */
  settings: string
  createdBy: string
}

export function isTooLarge(settings: string): boolean {
  return utf8(settings).length > MAX_SETTINGS_BYTES
}
