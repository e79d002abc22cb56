import { ERASURE_KEPT_MS, ERASURE_REUSED_MS, FORGET_ERASURES } from './limits.ts'

/** What stands for an id or a login that was erased, and what opens the receipt for those who know that. */
export interface ErasureMark {
  mark: string
  opener: string
}

/** One erasure as it is noted before it is carried out. Nothing in it says whose it is. */
export interface NotedErasure {
  id: string
  pool: string
  /** The first is that of the identity that has everything. */
  marks: readonly ErasureMark[]
  /** The receipt, sealed. */
  receipt: string
}

/** An erasure as it is found by one of its marks. Times are in milliseconds since the epoch. */
export interface KnownErasure {
  id: string
  opener: string
  receipt: string
  erasedAt: number
}

/**
 * The journal of what was erased in the pools of an account, for longer than an object of a pool can be taken back. It is kept
 * outside these objects, so that it knows what they have forgotten. All synchronous.
 */
export class Erasures {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /**
   * Notes an erasure that is about to be carried out. One of the very same that was noted a moment ago, by a call that is
   * repeated or that runs beside this one, is answered instead: both then have one receipt.
   */
  note(erasure: NotedErasure, now: number): KnownErasure | undefined {
    const known = this.#same(erasure, now)
    if (known) return known
    this.#sql.exec(
      'INSERT INTO erasure (id, pool, erased_at, kept_until, receipt) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
      erasure.id,
      erasure.pool,
      now,
      now + ERASURE_KEPT_MS,
      erasure.receipt,
    )
    for (const { mark, opener } of erasure.marks)
      this.#sql.exec(
        'INSERT INTO erasure_mark (mark, erasure, opener) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
        mark,
        erasure.id,
        opener,
      )
    return undefined
  }

  /** The latest erasure with this mark. */
  find(pool: string, mark: string): KnownErasure | undefined {
    return this.#sql
      .exec<Row>(
        `SELECT id, opener, receipt, erased_at AS erasedAt FROM erasure_mark JOIN erasure ON id = erasure
         WHERE mark = ? AND pool = ? ORDER BY erased_at DESC, id LIMIT 1`,
        mark,
        pool,
      )
      .toArray()[0]
  }

  /** When what these marks stand for was erased last, by mark. */
  among(pool: string, marks: readonly string[]): [mark: string, erasedAt: number][] {
    return this.#sql
      .exec<{ mark: string; at: number }>(
        `SELECT mark, max(erased_at) AS at FROM erasure_mark JOIN erasure ON id = erasure
         WHERE mark IN (SELECT value FROM json_each(?)) AND pool = ? GROUP BY mark`,
        JSON.stringify(marks),
        pool,
      )
      .toArray()
      .map(({ at, mark }) => [mark, at])
  }

  hasAny(pool: string): boolean {
    return this.#sql.exec('SELECT 1 FROM erasure WHERE pool = ? LIMIT 1', pool).toArray().length > 0
  }

  /** What was erased again can come back again, by another restoration: it is kept for as long as if it were new. */
  keep(pool: string, marks: readonly string[], now: number): void {
    this.#sql.exec(
      `UPDATE erasure SET kept_until = max(kept_until, ?) WHERE pool = ? AND id IN
       (SELECT erasure FROM erasure_mark WHERE mark IN (SELECT value FROM json_each(?)))`,
      now + ERASURE_KEPT_MS,
      pool,
      JSON.stringify(marks),
    )
  }

  /** Takes back what was noted and is known not to have been carried out. */
  withdraw(id: string): void {
    this.#sql.exec('DELETE FROM erasure_mark WHERE erasure = ?', id)
    this.#sql.exec('DELETE FROM erasure WHERE id = ?', id)
  }

  /** Forgets some of those that no object of a pool can be taken back behind any more. */
  forget(now: number): void {
    const ids = this.#sql
      .exec<{ id: string }>('SELECT id FROM erasure WHERE kept_until <= ? LIMIT ?', now, FORGET_ERASURES)
      .toArray()
    for (const { id } of ids) this.withdraw(id)
  }

  /** When the next one is to be forgotten, in milliseconds since the epoch. */
  nextExpiry(): number | undefined {
    const { at } = this.#sql.exec<{ at: number | null }>('SELECT min(kept_until) AS at FROM erasure').one()
    return at ?? undefined
  }

  #same({ marks: [first, ...others], pool }: NotedErasure, now: number): KnownErasure | undefined {
    const known = first && this.find(pool, first.mark)
    if (!known || Math.abs(now - known.erasedAt) > ERASURE_REUSED_MS) return undefined
    const has = this.#sql
      .exec<{ mark: string }>('SELECT mark FROM erasure_mark WHERE erasure = ?', known.id)
      .toArray()
      .map(({ mark }) => mark)
    const given = new Set([first.mark, ...others.map(({ mark }) => mark)])
    return has.length === given.size && has.every((mark) => given.has(mark)) ? known : undefined
  }
}

interface Row extends Record<string, SqlStorageValue> {
  id: string
  opener: string
  receipt: string
  erasedAt: number
}
