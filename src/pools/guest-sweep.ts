import { DAY_MS, dayOf } from '../base/days.ts'
import { guestTtlDaysOf } from './guest-settings.ts'
import { ImportTable } from './import-table.ts'
import { LAST_USED_DAY, lastUsedDaysOf } from './last-use.ts'
import { SWEEP_DELETES, SWEEP_ROWS } from './limits.ts'
import type { Pool } from './settings.ts'

interface SweepRow extends Record<string, SqlStorageValue> {
  /** The day from which on uses are kept as they are now. */
  since: number
  swept_day: number | null
  /** How exactly uses were kept when this was written. */
  last_used_days: number | null
}

/**
 * Deletes guests that nobody has used for as long as the pool says: once a day it walks through all identities of an object, some
 * at a time. What it has walked over is in memory, so an object that starts anew begins again. Synchronous.
 */
export class GuestSweep {
  readonly #storage: DurableObjectStorage
  /** `null`: there is none. */
  #row: SweepRow | null | undefined
  #after = ''

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  /** When there is something to do, in milliseconds since the epoch. */
  nextDue(pool: Pool | undefined, now: number): number | undefined {
    if (!pool) return undefined
    const row = this.#read()
    if (guestTtlDaysOf(pool.settings) === undefined) return row ? now : undefined
    if (row?.swept_day !== sweepDay(pool, now) || row.last_used_days !== exactness(pool)) return now
    return (sweepDay(pool, now) + 1) * DAY_MS + hourOf(pool)
  }

  /** Does some of it, in one transaction. */
  run(pool: Pool, now: number): void {
    const due = this.nextDue(pool, now)
    if (due === undefined || due > now) return
    this.#storage.transactionSync(() => this.#run(pool, now))
    this.#row = undefined
  }

  #run(pool: Pool, now: number): void {
    const ttl = guestTtlDaysOf(pool.settings)
    if (ttl === undefined) {
      this.#storage.sql.exec('DELETE FROM guest_sweep')
      return
    }
    const since = this.#watchedSince(exactness(pool), now)
    const before = firstDayKept(ttl, lastUsedDaysOf(pool.settings), now)
    const imports = new ImportTable(this.#storage.sql)
    // What a file says of uses ends with the file.
    const imported = dayOf(imports.endedAt ?? 0)
    // Nobody has been watched for as long as that yet; or nobody may be deleted, until an import is over.
    const mayBe = before !== undefined && Math.max(since, imported) < before && !imports.isOn
    if (mayBe && this.#sweep(before)) return
    this.#after = ''
    this.#storage.sql.exec('UPDATE guest_sweep SET swept_day = ?', sweepDay(pool, now))
  }

  /**
   * Since when uses are kept at least as exactly as they are now. When they are kept more exactly than before, what was kept is
   * from then on no measure of the last use, so the watch begins anew.
   */
  #watchedSince(days: number | null, now: number): number {
    const row = this.#row
    if (row && row.last_used_days === days) return row.since
    const isAsExact = row && row.last_used_days !== null && days !== null && row.last_used_days <= days
    const since = isAsExact ? row.since : dayOf(now)
    this.#storage.sql.exec(
      `INSERT INTO guest_sweep (one, since, last_used_days) VALUES (1, ?, ?)
       ON CONFLICT (one) DO UPDATE SET since = excluded.since, last_used_days = excluded.last_used_days`,
      since,
      days,
    )
    return since
  }

  /** Deletes some guests that were last used before this day; whether there may be more. */
  #sweep(before: number): boolean {
    const { sql } = this.#storage
    const walked = sql.exec<{ uuid: string; over: number }>(
      `SELECT uuid, state = 'guest' AND frozen_by IS NULL AND ${LAST_USED_DAY} < ? AS over
       FROM identity WHERE uuid > ? ORDER BY uuid LIMIT ?`,
      before,
      this.#after,
      SWEEP_ROWS,
    )
    const over: string[] = []
    let seen = 0
    for (const row of walked) {
      if (row.over) over.push(row.uuid)
      this.#after = row.uuid
      seen++
      if (over.length === SWEEP_DELETES) break
    }
    sql.exec('DELETE FROM identity WHERE uuid IN (SELECT value FROM json_each(?))', JSON.stringify(over))
    return seen === SWEEP_ROWS || over.length === SWEEP_DELETES
  }

  #read(): SweepRow | undefined {
    if (this.#row === undefined)
      this.#row =
        this.#storage.sql.exec<SweepRow>('SELECT since, swept_day, last_used_days FROM guest_sweep').toArray()[0] ??
        null
    return this.#row ?? undefined
  }
}

/**
 * Guests that were used on this day or later stay. A use is kept once in so many days, so the last one may be as much later than what
 * is kept.
 */
function firstDayKept(ttl: number, lastUsedDays: number | undefined, now: number): number | undefined {
  return lastUsedDays === undefined ? undefined : dayOf(now) - ttl - lastUsedDays + 1
}

/** How exactly a pool keeps uses, as a row has it. */
function exactness({ settings }: Pool): number | null {
  return lastUsedDaysOf(settings) ?? null
}

/** Pools sweep at different hours of the day. */
function hourOf({ id }: Pool): number {
  return Math.floor((Number.parseInt(id.slice(-4), 16) / 0x10000) * DAY_MS)
}

function sweepDay(pool: Pool, now: number): number {
  return dayOf(now - hourOf(pool))
}
