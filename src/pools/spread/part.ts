import { isOpened } from '../../base/migrations.ts'
import type { Slots, Spread } from './map.ts'

/** What an object knows of its part in a spread pool. */
export interface Part {
  /** 0 for the head. */
  number: number
  slots: readonly Slots[]
  /** What this object knows of the map; only that of the head is sure to be the latest. */
  map: Spread
}

/** The row of an object of a spread pool; an object that has a pool alone has none. */
export class PartRow {
  readonly #storage: DurableObjectStorage
  /** `null`: there is none. */
  #cached: Part | null | undefined

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  read(): Part | undefined {
    if (this.#cached !== undefined) return this.#cached ?? undefined
    if (!isOpened(this.#storage)) return undefined
    const [row] = this.#storage.sql
      .exec<{ number: number; slots: string; map: string }>('SELECT number, slots, map FROM spread')
      .toArray()
    this.#cached = row ? { number: row.number, slots: JSON.parse(row.slots), map: JSON.parse(row.map) } : null
    return this.#cached ?? undefined
  }

  write({ map, number, slots }: Part): void {
    this.#cached = undefined
    this.#storage.sql.exec(
      `INSERT INTO spread (one, number, slots, map) VALUES (1, ?, ?, ?)
       ON CONFLICT (one) DO UPDATE SET slots = excluded.slots, map = excluded.map`,
      number,
      JSON.stringify(slots),
      JSON.stringify(map),
    )
  }

  /** Whether a slot is on this object. */
  has(slot: number): boolean {
    return this.read()?.slots.some(([first, last]) => first <= slot && slot <= last) ?? false
  }
}

/** Which version of the settings the other objects of a pool have been told. Only the head keeps this. */
export class Peers {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  add(number: number): void {
    this.#sql.exec('INSERT INTO peer (number, version) VALUES (?, 0) ON CONFLICT DO NOTHING', number)
  }

  behind(version: number): number[] {
    return this.#sql
      .exec<{ number: number }>('SELECT number FROM peer WHERE version < ? ORDER BY number', version)
      .toArray()
      .map(({ number }) => number)
  }

  told(number: number, version: number): void {
    this.#sql.exec('UPDATE peer SET version = max(version, ?) WHERE number = ?', version, number)
  }

  isGone(number: number): void {
    this.#sql.exec('DELETE FROM peer WHERE number = ?', number)
  }
}
