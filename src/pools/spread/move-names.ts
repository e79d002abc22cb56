import type { Slots } from './map.ts'

/** What an object knows of a move: as its source, as its target, or that it is over. */
export type MoveState = 'giving' | 'sealed' | 'released' | 'staging' | 'owned' | 'refused'

/** The moves that an object has ever taken part in. They stay known by name, so that what is late for one is told. */
export class MoveNames {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  find(op: string): { state: MoveState; slots: Slots } | undefined {
    const [row] = this.#sql.exec<MoveRow>('SELECT state, first, last FROM slot_move WHERE op = ?', op).toArray()
    return row && { state: row.state, slots: [row.first, row.last] }
  }

  /** Whether this object is the source of a move that is not over. */
  giving(): boolean {
    return this.#sql.exec("SELECT 1 FROM slot_move WHERE state IN ('giving', 'sealed')").toArray().length > 0
  }

  /** Slots that this object answers for no more and has not released yet. */
  sealed(): Slots | undefined {
    const [row] = this.#sql.exec<MoveRow>("SELECT state, first, last FROM slot_move WHERE state = 'sealed'").toArray()
    return row && [row.first, row.last]
  }

  add(op: string, [first, last]: Slots, state: MoveState): void {
    this.#sql.exec('INSERT INTO slot_move (op, first, last, state) VALUES (?, ?, ?, ?)', op, first, last, state)
  }

  set(op: string, state: MoveState): void {
    this.#sql.exec('UPDATE slot_move SET state = ? WHERE op = ?', state, op)
  }
}

interface MoveRow extends Record<string, SqlStorageValue> {
  state: MoveState
  first: number
  last: number
}
