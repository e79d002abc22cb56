import { objectOf, type Run, type Slots, type Spread, slotsOf } from './map.ts'
import type { PartRow } from './part.ts'
import { type PlannedMove, PlannedMoves } from './planned-moves.ts'
import { SLOTS } from './slots.ts'

/**
 * First the logins get routes, where a pool was in one object (`indexing`); then slots move (`moving`), until each is where it
 * should be.
 */
export type GrowthPhase = 'indexing' | 'moving' | 'done'

/** How a pool grows, or has grown last. Times are in milliseconds since the epoch. */
export interface GrowthState {
  phase: GrowthPhase
  /** Number of objects before. */
  before: number
  paused: boolean
  begunAt: number
  endedAt: number | null
  /** Logins that were looked at, and got a route if they needed one. */
  indexed: number
  /** Slots that are where they should be at last, of so many that must move. */
  moved: number
  toMove: number
  /** Rows that were given to other objects. */
  given: number
  /** What last went wrong, in the words of the platform or of this service. */
  error: string | null
  errorAt: number | null
}

/** What an object that has slots to give asks the head, or tells it. */
export type PlanStep =
  /** What to give next. */
  | { plan: 'next'; source: number }
  /** A move of some of these slots begins. */
  | { plan: 'begin'; move: PlannedMove }
  | { plan: 'end'; op: string; decision: 'owned' | 'refused'; rows: number }
  | { plan: 'failed'; error: string }

export type PlanAnswer =
  /** This is under way. */
  | { kind: 'move'; move: PlannedMove }
  /** These slots should be on that object. */
  | { kind: 'slots'; slots: Slots; target: number }
  | { kind: 'nothing' }

/** The growth of a pool, as its head has written it down: whatever ends in the middle, it goes on from there. All synchronous. */
export class Growth {
  readonly #sql: SqlStorage
  readonly #part: PartRow
  readonly moves: PlannedMoves

  constructor(sql: SqlStorage, part: PartRow) {
    this.#sql = sql
    this.#part = part
    this.moves = new PlannedMoves(sql, part)
  }

  state(): GrowthState | undefined {
    const row = this.#row()
    if (!row) return undefined
    const { error, given, indexed, phase } = row
    const { moved, toMove } = this.#counted(row)
    const times = { begunAt: row.begun_at, endedAt: row.ended_at, errorAt: row.error_at }
    return {
      phase,
      before: row.objects_before,
      paused: row.paused === 1,
      indexed,
      given,
      error,
      moved,
      toMove,
      ...times,
    }
  }

  /** Whether the pool is growing, even if that is paused. */
  isOn(): boolean {
    const row = this.#row()
    return row !== undefined && row.phase !== 'done'
  }

  /** What there is to do now. */
  phase(): GrowthPhase | 'paused' | undefined {
    const row = this.#row()
    return row?.paused && row.phase !== 'done' ? 'paused' : row?.phase
  }

  begin(before: number, goal: readonly Run[], phase: GrowthPhase, now: number): void {
    this.#sql.exec('DELETE FROM growth')
    this.#sql.exec(
      'INSERT INTO growth (one, phase, objects_before, goal, begun_at) VALUES (1, ?, ?, ?, ?)',
      phase,
      before,
      JSON.stringify(goal),
      now,
    )
  }

  pause(paused: boolean): void {
    this.#sql.exec("UPDATE growth SET paused = ? WHERE phase <> 'done'", Number(paused))
  }

  /** The last login that has its route, as JSON. */
  cursor(): string | null {
    return this.#row()?.cursor ?? null
  }

  indexed(count: number, cursor: string | undefined): void {
    this.#sql.exec('UPDATE growth SET indexed = indexed + ?, cursor = ?', count, cursor ?? null)
    if (cursor === undefined) this.#sql.exec("UPDATE growth SET phase = 'moving' WHERE phase = 'indexing'")
  }

  failed(error: string, now: number): void {
    this.#sql.exec('UPDATE growth SET error = ?, error_at = ?', error, now)
  }

  /** Objects that have slots to give, or are giving some. */
  sources(): number[] {
    const map = this.#map()
    const goal = this.#goal()
    const owners = new Set(map.runs.map(([, object]) => object))
    return [...owners].filter((object) => this.moves.current(object) || misplaced(object, map, goal))
  }

  plan(step: PlanStep, now: number): PlanAnswer {
    switch (step.plan) {
      case 'next':
        return this.#next(step.source)
      case 'begin': {
        const move = this.phase() === 'moving' && this.moves.claim(step.move)
        return move ? { kind: 'move', move } : NOTHING
      }
      case 'end':
        this.moves.finish(step.op, step.decision)
        this.#sql.exec('UPDATE growth SET given = given + ?', step.rows)
        if (this.sources().length === 0)
          this.#sql.exec("UPDATE growth SET phase = 'done', ended_at = ? WHERE phase = 'moving'", now)
        return NOTHING
      case 'failed':
        this.failed(step.error, now)
        return NOTHING
    }
  }

  /** A move that was begun is brought to its end, even while the growth is paused. */
  #next(source: number): PlanAnswer {
    const move = this.moves.current(source)
    if (move) return { kind: 'move', move }
    const found = this.phase() === 'moving' && misplaced(source, this.#map(), this.#goal())
    return found ? { kind: 'slots', ...found } : NOTHING
  }

  #counted({ goal, objects_before }: GrowthRow): { moved: number; toMove: number } {
    const map = this.#map()
    const wanted: Spread = { ...map, runs: JSON.parse(goal) }
    const moving = Array.from({ length: SLOTS }, (_, slot) => slot).filter(
      (slot) => objectOf(wanted, slot) >= objects_before,
    )
    const there = moving.filter((slot) => objectOf(map, slot) === objectOf(wanted, slot))
    return { moved: there.length, toMove: moving.length }
  }

  #goal(): Spread {
    const map = this.#map()
    const row = this.#row()
    return row ? { ...map, runs: JSON.parse(row.goal) } : map
  }

  #map(): Spread {
    const part = this.#part.read()
    if (part?.number !== 0) throw new Error('Only the head of a pool knows how it grows.')
    return part.map
  }

  #row(): GrowthRow | undefined {
    return this.#sql.exec<GrowthRow>('SELECT * FROM growth').toArray()[0]
  }
}

/** The first slots of an object that should be on another one, together. */
function misplaced(source: number, map: Spread, goal: Spread): { slots: Slots; target: number } | undefined {
  for (const [first, last] of slotsOf(map, source))
    for (let slot = first; slot <= last; slot++) {
      const target = objectOf(goal, slot)
      if (target === source) continue
      let end = slot
      while (end < last && objectOf(goal, end + 1) === target) end++
      return { slots: [slot, end], target }
    }
  return undefined
}

const NOTHING = { kind: 'nothing' } as const

interface GrowthRow extends Record<string, SqlStorageValue> {
  phase: GrowthPhase
  objects_before: number
  goal: string
  paused: number
  cursor: string | null
  begun_at: number
  ended_at: number | null
  indexed: number
  given: number
  error: string | null
  error_at: number | null
}
