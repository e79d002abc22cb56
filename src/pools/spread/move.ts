import type { Slots } from './map.ts'

/** Slots that go from one object to another, which keeps no call waiting but for a moment at the end. */
export interface Move {
  /** Names it. Whatever is late for a move, or comes twice, is told by this name. */
  op: string
  slots: Slots
}

/**
 * What the two objects of a move are asked, each in one transaction. Each may come twice, or late, and then changes nothing
 * more. The source gives and the target takes; the target alone decides whether the slots are its own, and the source
 * follows (docs/decisions/2026-11-26-growth.md).
 */
export type MoveStep =
  /** The target gets ready. */
  | ({ move: 'prepare' } & Move)
  /** From now on the source notes what changes in these slots; all of it counts as changed. */
  | ({ move: 'start' } & Move)
  /** The source notes what the target has, and gives more of what has changed. */
  | { move: 'give'; op: string; has: readonly RowVersion[]; limit: number }
  /** The target puts rows aside. */
  | { move: 'put'; op: string; rows: readonly GivenRow[] }
  /** The source answers no more for these slots, and gives the rest, if it is no more than so many rows. */
  | { move: 'seal'; op: string; has: readonly RowVersion[]; most: number }
  /** The target takes the rest, and the slots are its own. This decides the move. */
  | { move: 'own'; op: string; rows: readonly GivenRow[] }
  /** The slots are the target's: the source forgets them. */
  | { move: 'release'; op: string }
  /** What the target has decided. If nothing, it has refused from now on. */
  | { move: 'decide'; op: string }
  /** The target has refused: the source goes on with the slots. */
  | { move: 'keep'; op: string }

/** A row as it was at some time, by the clock of the move. */
export interface RowVersion {
  kind: string
  /** Its key in the table, as JSON. */
  key: string
  version: number
}

/** What a row is; nothing, if it is not there any more. */
export interface GivenRow extends RowVersion {
  /** As JSON. */
  row: string | null
}

/** What became of a step. `refused`: the move is over, and the slots stay where they were. */
export type MoveAnswer =
  | { kind: 'done' | 'owned' | 'refused' }
  | { kind: 'given'; rows: readonly GivenRow[]; left: number }
  /** There is more to give than may be given at once. */
  | { kind: 'too_many' }

export type TakeMove = (step: MoveStep) => Promise<MoveAnswer>
