import { SLOTS } from './slots.ts'

/** From this slot on, up to the next run, slots are on this object. */
export type Run = readonly [slot: number, object: number]

/** How a pool is spread: which object has which slots. Object 0 is the head, which has the settings too. */
export interface Spread {
  /** Grows with every change. */
  epoch: number
  /** Number of objects, a power of two from 2 to 256. */
  objects: number
  /** In order of slot, the first from slot 0 on. */
  runs: readonly Run[]
  /** Where the objects are, dealt out over these places in order; left out if all are where the pool is. */
  places?: readonly string[] | undefined
}

/** As many slots on each of so many objects. */
export function spreadEvenly(objects: number, places?: readonly string[]): Spread {
  const runs = Array.from({ length: objects }, (_, object): Run => [(object * SLOTS) / objects, object])
  return { epoch: 1, objects, runs, ...(places && { places }) }
}

/** The object that has a slot. */
export function objectOf({ runs }: Spread, slot: number): number {
  return runs.findLast(([first]) => first <= slot)?.[1] ?? 0
}

/** A run of slots, first and last. */
export type Slots = readonly [first: number, last: number]

/** The slots of an object, or of any of several, in order. */
export function slotsOf(spread: Spread, object: number | ReadonlySet<number>): Slots[] {
  const isOf = (owner: number) => (typeof object === 'number' ? owner === object : object.has(owner))
  return spread.runs.flatMap(([, owner], index) => (isOf(owner) ? [runAt(spread, index)] : []))
}

/** All slots from this one on, in runs that are each on one object. */
export function slotsFrom(slot: number, spread: Spread): Slots[] {
  return spread.runs.flatMap((_, index): Slots[] => {
    const [first, last] = runAt(spread, index)
    return last < slot ? [] : [[Math.max(first, slot), last]]
  })
}

function runAt({ runs }: Spread, index: number): Slots {
  return [runs[index]?.[0] ?? 0, (runs[index + 1]?.[0] ?? SLOTS) - 1]
}
