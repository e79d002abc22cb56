import { regionOf } from '../base/ids.ts'
import { MAX_POOLS_PER_REGION, SETTLE_AFTER_MS, SETTLE_BATCH } from './limits.ts'

export interface PoolEntry {
  id: string
  name: string
}

export interface PoolPage {
  pools: PoolEntry[]
  more: boolean
  /** Nobody has to look into any. Workers of 0.2.0 and before look at the list. */
  unsettled: []
}

/** An entry that is not sure of its pool, and since when, which tells whether somebody touched it meanwhile. */
export interface Unsettled {
  id: string
  since: number
}

/**
 * The directory of an account's pools. Pools live in objects of their own, which know what they are; an entry follows.
 *
 * An entry is marked before its pool is created, changed or deleted, and marked again with what became of it. A minute after
 * the last mark the pool itself is asked, and what it says stands. So it does not matter which of these calls was lost,
 * came late, or came in the wrong order. `since` is the time of the last mark, or 0 for an entry that is settled.
 */
export class Directory {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /** Takes a place for a pool about to be created. One that has a place keeps it, and what is known of it. */
  reserve(id: string, name: string, now: number): 'reserved' | 'limit' {
    const region = regionOf(id)
    const others = this.#sql.exec<{ n: number }>(
      'SELECT count(*) AS n FROM pool WHERE region = ? AND id <> ?',
      region,
      id,
    )
    if (others.one().n >= MAX_POOLS_PER_REGION) return 'limit'
    this.#sql.exec(
      `INSERT INTO pool (id, region, name, state, since) VALUES (?, ?, ?, 'creating', ?)
       ON CONFLICT (id) DO UPDATE SET since = max(excluded.since, since + 1)`,
      id,
      region,
      name,
      now,
    )
    return 'reserved'
  }

  /** Ids of open pools of all regions in order, after the given one. */
  open(after: string, limit: number): string[] {
    return this.#sql
      .exec<{ id: string }>("SELECT id FROM pool WHERE id > ? AND state = 'open' ORDER BY id LIMIT ?", after, limit)
      .toArray()
      .map(({ id }) => id)
  }

  /** Marks the entry of a pool about to change. */
  isChanging(id: string, now: number): void {
    this.#sql.exec('UPDATE pool SET since = max(?, since + 1) WHERE id = ?', now, id)
  }

  /**
   * Lists a pool that was open under this name a moment ago, also where the entry was lost or given up. A deletion under way
   * is not undone.
   */
  isOpen(id: string, name: string, now: number): void {
    this.#sql.exec(
      `INSERT INTO pool (id, region, name, state, since) VALUES (?, ?, ?, 'open', ?)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, since = max(excluded.since, since + 1),
         state = iif(state = 'deleting', state, excluded.state)`,
      id,
      regionOf(id),
      name,
      now,
    )
  }

  /** Marks the entry of a pool about to be deleted, and lists it no more. */
  isClosing(id: string, now: number): void {
    this.#sql.exec("UPDATE pool SET state = 'deleting', since = max(?, since + 1) WHERE id = ?", now, id)
  }

  isGone(id: string): void {
    this.#sql.exec('DELETE FROM pool WHERE id = ?', id)
  }

  /** Pools of a region in order of id, after the given one. Those that are being created or deleted are not listed. */
  list(region: string, after: string, limit: number): PoolPage {
    const rows = this.#sql.exec<{ id: string; name: string }>(
      "SELECT id, name FROM pool WHERE region = ? AND state = 'open' AND id > ? ORDER BY id LIMIT ?",
      region,
      after,
      limit + 1,
    )
    const pools = rows.toArray()
    return { pools: pools.slice(0, limit), more: pools.length > limit, unsettled: [] }
  }

  /** When the next pool is to be asked; `undefined` if every entry is settled. */
  nextDue(): number | undefined {
    const oldest = this.#sql.exec<{ since: number | null }>(`SELECT min(since) AS since FROM pool WHERE ${UNSETTLED}`)
    const { since } = oldest.one()
    return since === null ? undefined : since + SETTLE_AFTER_MS
  }

  /** Some of the entries whose pools are to be asked by now, those that waited longest first. */
  due(now: number): Unsettled[] {
    const rows = this.#sql.exec<{ id: string; since: number }>(
      `SELECT id, since FROM pool WHERE ${UNSETTLED} AND since <= ? ORDER BY since LIMIT ?`,
      now - SETTLE_AFTER_MS,
      SETTLE_BATCH,
    )
    return rows.toArray()
  }

  /** Writes what the pool says of itself: its name, or that there is none. Nothing, if the entry was marked meanwhile. */
  settle({ id, since }: Unsettled, name: string | undefined): void {
    if (name === undefined) this.#sql.exec('DELETE FROM pool WHERE id = ? AND since = ?', id, since)
    else
      this.#sql.exec("UPDATE pool SET state = 'open', name = ?, since = 0 WHERE id = ? AND since = ?", name, id, since)
  }
}

/** Entries that 0.2.0 and before left open have the time of their creation. They are asked about once. */
const UNSETTLED = "(state <> 'open' OR since > 0)"
