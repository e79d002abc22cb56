import type { MoveAnswer, MoveStep } from './move.ts'
import type { MoveSource } from './move-source.ts'
import type { MoveTarget } from './move-target.ts'

/** The two sides that an object can have in moves. */
export interface MoveTables {
  source: MoveSource
  target: MoveTarget
}

/** Takes one step of a move, in the transaction of the caller. */
export function takeMove(step: MoveStep, { source, target }: MoveTables): MoveAnswer {
  switch (step.move) {
    case 'prepare':
      return target.prepare(step)
    case 'start':
      return source.start(step)
    case 'give':
      return source.give(step.op, step.has, step.limit)
    case 'put':
      return target.put(step.op, step.rows)
    case 'seal':
      return source.seal(step.op, step.has, step.most)
    case 'own':
      return target.own(step.op, step.rows)
    case 'release':
      return source.release(step.op)
    case 'decide':
      return target.decide(step.op)
    case 'keep':
      return source.keep(step)
  }
}
