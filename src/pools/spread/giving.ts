import type { PlanAnswer, PlanStep } from './growth.ts'
import type { MoveLimits } from './limits.ts'
import type { Slots } from './map.ts'
import type { TakeMove } from './move.ts'
import { moveSlots } from './mover.ts'
import type { PlannedMove } from './planned-moves.ts'

/** What an object needs to give slots away. */
export interface GivingWays {
  /** Asks the head. */
  plan: (step: PlanStep) => Promise<PlanAnswer>
  /** This object. */
  source: TakeMove
  target: (object: number) => TakeMove
  /** Of slots that should go, those that go together next. */
  cut: (slots: Slots) => Slots
  /** Names a move. */
  newName: () => string
  /** Lets the objects do other work. */
  rest: () => Promise<void>
  /** Whether there is time for another move. */
  hasTime: () => boolean
  limits: MoveLimits
}

/**
 * Gives slots away that should be on other objects of a growing pool, run after run; whether that is all. A move that was begun
 * comes first.
 */
export async function giveSlots(source: number, ways: GivingWays): Promise<boolean> {
  do {
    const move = await nextMove(source, ways)
    if (!move) return true
    const { op, slots } = move
    const { decision, rows } = await moveSlots(
      { op, slots },
      { source: ways.source, target: ways.target(move.target), limits: ways.limits, rest: ways.rest },
    )
    await ways.plan({ plan: 'end', op, decision, rows })
    await ways.rest()
  } while (ways.hasTime())
  return false
}

async function nextMove(source: number, { cut, newName, plan }: GivingWays): Promise<PlannedMove | undefined> {
  const next = await plan({ plan: 'next', source })
  if (next.kind === 'move') return next.move
  if (next.kind === 'nothing') return undefined
  const move = { op: newName(), source, target: next.target, slots: cut(next.slots) }
  const begun = await plan({ plan: 'begin', move })
  return begun.kind === 'move' ? begun.move : undefined
}
