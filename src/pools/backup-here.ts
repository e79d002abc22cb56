import type { ImportRow } from './import-table.ts'
import { someAtOnce } from './spread/checking.ts'
import { type Slots, type Spread, slotsFrom, slotsOf } from './spread/map.ts'
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

/** The head comes last: as long as it does not know, the call is made again. */
export async function endEverywhere(here: Here, run: string, forget?: boolean): Promise<void> {
  await someAtOnce(othersOf(here), (slots) => here.take({ step: 'import_end', slots, run, forget }))
  await here.take({ step: 'import_end', slots: headOf(here), run, forget })
}

export async function rowOf(here: Here): Promise<ImportRow | undefined> {
  return (await here.take({ step: 'import_state', slots: headOf(here) })).import
}

/** Some slots of the head. */
export function headOf({ spread }: Here): Slots {
  return slotsOf(spread, 0)[0] ?? [0, 0]
}

/** Some slots of each other object. */
export function othersOf({ spread }: Here): Slots[] {
  return Array.from({ length: spread.objects - 1 }, (_, index) => slotsOf(spread, index + 1)[0] ?? [0, 0])
}
