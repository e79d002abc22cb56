import type { Slots } from './map.ts'
import type { GivenRow, Move, MoveAnswer, RowVersion } from './move.ts'
import type { MoveNames } from './move-names.ts'
import { inSlots, keyIn, MOVED_TABLES, type MovedTable, noting, refusing, rowIn, undoing } from './moved-rows.ts'
import type { PartRow } from './part.ts'
import { beforeSlot, SLOTS, slotOfIdentity } from './slots.ts'

/** What an object does whose slots go to another one. It gives one run of slots at a time. All synchronous. */
export class MoveSource {
  readonly #sql: SqlStorage
  readonly #names: MoveNames
  readonly #part: PartRow
  readonly #tag: string

  constructor(sql: SqlStorage, names: MoveNames, part: PartRow, tag: string) {
    this.#sql = sql
    this.#names = names
    this.#part = part
    this.#tag = tag
  }

  /** The first of these slots, as many as have no more identities than that, nor routes; one at least. */
  cut([first, last]: Slots, limit: number): Slots {
    const range = [beforeSlot(this.#tag, first), beforeSlot(this.#tag, last + 1)]
    const identity = this.#sql
      .exec<{ uuid: string }>(
        'SELECT uuid FROM identity WHERE uuid > ? AND uuid < ? ORDER BY uuid LIMIT 1 OFFSET ?',
        ...range,
        limit,
      )
      .toArray()[0]
    const route = this.#sql
      .exec<{ slot: number }>(
        'SELECT slot FROM route WHERE slot BETWEEN ? AND ? ORDER BY slot LIMIT 1 OFFSET ?',
        first,
        last,
        limit,
      )
      .toArray()[0]
    const end = Math.min(last + 1, identity ? slotOfIdentity(identity.uuid) : SLOTS, route?.slot ?? SLOTS)
    return [first, Math.max(first, end - 1)]
  }

  start({ op, slots }: Move): MoveAnswer {
    const known = this.#names.find(op)
    if (known) return known.state === 'refused' ? REFUSED : DONE
    if (!this.#part.hasAll(slots)) throw new Error('The source of a move does not have these slots.')
    if (this.#names.giving()) throw new Error('The source of a move gives other slots.')
    this.#names.add(op, slots, 'giving')
    this.#sql.exec('DELETE FROM slot_dirty')
    for (const table of MOVED_TABLES) {
      this.#sql.exec(
        `INSERT INTO slot_dirty (kind, key, version)
         SELECT '${table.name}', ${keyIn(table)}, 1 FROM ${table.name} WHERE ${inSlots(table, slots, this.#tag)}`,
      )
      for (const trigger of noting(table, op, slots, this.#tag)) this.#sql.exec(trigger)
    }
    return DONE
  }

  give(op: string, has: readonly RowVersion[], limit: number): MoveAnswer {
    const move = this.#names.find(op)
    if (!move || (move.state !== 'giving' && move.state !== 'sealed')) return REFUSED
    this.#clean(has)
    return { kind: 'given', rows: this.#dirty(move.slots, limit), left: this.#left() }
  }

  seal(op: string, has: readonly RowVersion[], most: number): MoveAnswer {
    const move = this.#names.find(op)
    if (!move || (move.state !== 'giving' && move.state !== 'sealed')) return REFUSED
    if (move.state === 'giving') {
      this.#clean(has)
      if (this.#left() > most) return { kind: 'too_many' }
      this.#names.set(op, 'sealed')
      this.#part.forget()
      for (const table of MOVED_TABLES)
        for (const trigger of refusing(table, move.slots, this.#tag)) this.#sql.exec(trigger)
    }
    return { kind: 'given', rows: this.#dirty(move.slots), left: 0 }
  }

  release(op: string): MoveAnswer {
    const move = this.#names.find(op)
    if (move?.state !== 'sealed') return DONE
    this.#end(op, 'released')
    for (const table of MOVED_TABLES)
      if (table.slotBy) this.#sql.exec(`DELETE FROM ${table.name} WHERE ${inSlots(table, move.slots, this.#tag)}`)
    this.#part.lose(move.slots)
    return DONE
  }

  keep({ op, slots }: { op: string; slots?: Slots }): MoveAnswer {
    const move = this.#names.find(op)
    if (!move) this.#names.add(op, slots ?? [0, 0], 'refused')
    else if (move.state === 'giving' || move.state === 'sealed') this.#end(op, 'refused')
    return DONE
  }

  #end(op: string, state: 'released' | 'refused'): void {
    this.#names.set(op, state)
    for (const table of MOVED_TABLES) for (const drop of undoing(table)) this.#sql.exec(drop)
    this.#sql.exec('DELETE FROM slot_dirty')
    this.#part.forget()
  }

  /** A row that has changed since the target got it is still to be given. */
  #clean(has: readonly RowVersion[]): void {
    for (const { key, kind, version } of has)
      this.#sql.exec('DELETE FROM slot_dirty WHERE kind = ? AND key = ? AND version = ?', kind, key, version)
  }

  #left(): number {
    return this.#sql.exec<{ n: number }>('SELECT count(*) AS n FROM slot_dirty').toArray()[0]?.n ?? 0
  }

  #dirty(slots: Slots, limit = -1): GivenRow[] {
    return this.#sql
      .exec<{ kind: string; key: string; version: number }>('SELECT kind, key, version FROM slot_dirty LIMIT ?', limit)
      .toArray()
      .map((dirty) => ({ ...dirty, row: this.#row(dirty, slots) }))
  }

  #row({ key, kind }: RowVersion, slots: Slots): string | null {
    const table = MOVED_TABLES.find(({ name }) => name === kind) as MovedTable
    const found = this.#sql.exec<{ row: string }>(
      `SELECT ${rowIn(table)} AS row FROM ${kind}
       WHERE ${table.key.map((column) => `${column} = ?`).join(' AND ')} AND ${inSlots(table, slots, this.#tag)}`,
      ...JSON.parse(key),
    )
    return found.toArray()[0]?.row ?? null
  }
}

const DONE = { kind: 'done' } as const
const REFUSED = { kind: 'refused' } as const
