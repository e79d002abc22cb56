import { someAtOnce } from './spread/checking.ts'
import { type Slots, type Spread, slotsFrom } from './spread/map.ts'
import type { TakeStep } from './spread/step.ts'

/** A pool with its objects, as a call of the service knows it. One that is in one object has all slots there. */
export interface Here {
  tag: string
  spread: Spread
  take: TakeStep
}

/** Asks the object of each run of slots for those of these things that are there, some at a time. */
export function inRuns<T, A>(
  things: readonly T[],
  slotOf: (thing: T) => number,
  { spread }: Pick<Here, 'spread'>,
  ask: (slots: Slots, own: readonly T[]) => Promise<A>,
): Promise<A[]> {
  const runs = slotsFrom(0, spread)
  const groups = Map.groupBy(things, (thing) => runs.find(([, last]) => slotOf(thing) <= last))
  return someAtOnce([...groups], ([slots, own]) => ask(slots ?? [0, 0], own))
}
