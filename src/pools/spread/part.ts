import { isOpened } from '../../base/migrations.ts'
import { minus, plus, type Slots, type Spread } from './map.ts'
import { MoveNames } from './move-names.ts'

/** What an object knows of its part in a spread pool. */
export interface Part {
  /** 0 for the head. */
  number: number
  slots: readonly Slots[]
  /** Of these, the slots that are being handed over to another object. */
  sealed?: Slots | undefined
  /** The head has asked this object to give slots away. */
  gives: boolean
  /** What this object knows of the map; only that of the head is sure to be the latest. */
  map: Spread
}

/** Where slots are, as one object sees it. */
export type Whereabouts = 'here' | 'sealed' | 'elsewhere'

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
    const { sql } = this.#storage
    const [row] = sql
      .exec<{ number: number; slots: string; map: string; gives: number }>(
        'SELECT number, slots, map, gives FROM spread',
      )
      .toArray()
    this.#cached = row
      ? {
          number: row.number,
          slots: JSON.parse(row.slots),
          map: JSON.parse(row.map),
          gives: row.gives === 1,
          sealed: new MoveNames(sql).sealed(),
        }
      : null
    return this.#cached ?? undefined
  }

  write({ map, number, slots }: Pick<Part, 'number' | 'slots' | 'map'>): void {
    this.forget()
    this.#storage.sql.exec(
      `INSERT INTO spread (one, number, slots, map) VALUES (1, ?, ?, ?)
       ON CONFLICT (one) DO UPDATE SET slots = excluded.slots, map = excluded.map`,
      number,
      JSON.stringify(slots),
      JSON.stringify(map),
    )
  }

  gain(slots: Slots): void {
    this.#change((own) => plus(own, slots))
  }

  lose(slots: Slots): void {
    this.#change((own) => minus(own, slots))
  }

  /** The head gets another map. Its own slots are another matter. */
  remap(map: Spread): void {
    this.#storage.sql.exec('UPDATE spread SET map = ?', JSON.stringify(map))
    this.forget()
  }

  give(gives: boolean): void {
    this.#storage.sql.exec('UPDATE spread SET gives = ?', Number(gives))
    this.forget()
  }

  /** Reads the row again next time. */
  forget(): void {
    this.#cached = undefined
  }

  where([first, last]: Slots): Whereabouts {
    const part = this.read()
    if (!part?.slots.some(([from, to]) => from <= first && last <= to)) return 'elsewhere'
    return part.sealed && part.sealed[0] <= last && first <= part.sealed[1] ? 'sealed' : 'here'
  }

  /** Whether all of these slots are this object's, even if they are being handed over. */
  hasAll(slots: Slots): boolean {
    return this.where(slots) !== 'elsewhere'
  }

  #change(change: (slots: readonly Slots[]) => Slots[]): void {
    const part = this.read()
    if (part) this.#storage.sql.exec('UPDATE spread SET slots = ?', JSON.stringify(change(part.slots)))
    this.forget()
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
