import { moved, type Spread, slotsOf } from './map.ts'
import type { Move } from './move.ts'
import type { PartRow } from './part.ts'

/** A move, and between which objects. */
export interface PlannedMove extends Move {
  source: number
  target: number
}

/** The moves that are under way, as the head of a pool has written them down; one of each source. All synchronous. */
export class PlannedMoves {
  readonly #sql: SqlStorage
  readonly #part: PartRow

  constructor(sql: SqlStorage, part: PartRow) {
    this.#sql = sql
    this.#part = part
  }

  /** The move that this object is the source of. */
  current(source: number): PlannedMove | undefined {
    return this.#all().find((move) => move.source === source)
  }

  /** Begins a move, unless one of the same object is under way, which it then is. */
  claim({ op, slots, source, target }: PlannedMove): PlannedMove | undefined {
    const current = this.current(source)
    if (current) return current
    const [first, last] = slots
    if (!slotsOf(this.#map(), source).some(([from, to]) => from <= first && last <= to)) return undefined
    this.#sql.exec(
      'INSERT INTO planned_move (op, source, target, first, last) VALUES (?, ?, ?, ?, ?)',
      op,
      source,
      target,
      first,
      last,
    )
    return { op, slots, source, target }
  }

  /** A move is over. What comes late for one that was over before changes nothing. */
  finish(op: string, decision: 'owned' | 'refused'): void {
    const move = this.#all().find((one) => one.op === op)
    if (!move) return
    this.#sql.exec('DELETE FROM planned_move WHERE op = ?', op)
    if (decision === 'owned') this.#part.remap(moved(this.#map(), move.slots, move.target))
  }

  #map(): Spread {
    const part = this.#part.read()
    if (part?.number !== 0) throw new Error('Only the head of a pool plans moves.')
    return part.map
  }

  #all(): PlannedMove[] {
    return this.#sql
      .exec<MoveRow>('SELECT op, source, target, first, last FROM planned_move ORDER BY op')
      .toArray()
      .map(({ first, last, op, source, target }) => ({ op, source, target, slots: [first, last] }))
  }
}

interface MoveRow extends Record<string, SqlStorageValue> {
  op: string
  source: number
  target: number
  first: number
  last: number
}
