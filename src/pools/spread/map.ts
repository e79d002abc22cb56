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

/** The slots of an object, or of any of several, in order, each run as long as it can be. */
export function slotsOf(spread: Spread, object: number | ReadonlySet<number>): Slots[] {
  const isOf = (owner: number) => (typeof object === 'number' ? owner === object : object.has(owner))
  return spread.runs.reduce<Slots[]>(
    (slots, [, owner], index) => (isOf(owner) ? plus(slots, runAt(spread, index)) : slots),
    [],
  )
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

/** Slots with more slots, each run as long as it can be. */
export function plus(own: readonly Slots[], [first, last]: Slots): Slots[] {
  const before = own.filter(([, to]) => to < first - 1)
  const after = own.filter(([from]) => from > last + 1)
  const joined = own.filter(([from, to]) => to >= first - 1 && from <= last + 1)
  const from = Math.min(first, ...joined.map(([one]) => one))
  const to = Math.max(last, ...joined.map(([, one]) => one))
  return [...before, [from, to], ...after]
}

/** Slots without some. */
export function minus(own: readonly Slots[], [first, last]: Slots): Slots[] {
  return own.flatMap(([from, to]): Slots[] => {
    if (to < first || last < from) return [[from, to]]
    const left: Slots[] = from < first ? [[from, first - 1]] : []
    return to > last ? [...left, [last + 1, to]] : left
  })
}

/** The map once these slots are on another object. */
export function moved(spread: Spread, [first, last]: Slots, object: number): Spread {
  const owners = ownersOf(spread).fill(object, first, last + 1)
  return { ...spread, epoch: spread.epoch + 1, runs: runsOf(owners) }
}

/** How a pool is before it is spread: one object has all slots. */
export const ALONE: Spread = { epoch: 0, objects: 1, runs: [[0, 0]] }

/** Objects of the largest pool. So many slots a place must have in all, for the objects that it may come to have. */
const MOST_OBJECTS = 256

/** Slots of a place that comes in when a pool grows. They take their users along, so they are few. */
const SLOTS_OF_NEW_PLACE = 64

/**
 * Which object has which slots once a pool has grown to so many objects. Slots stay in their place, so that users stay near:
 * there each object keeps its first slots, and the new ones share what is over evenly. A place that has none yet gets some of
 * the first place's.
 */
export function grown(spread: Spread, objects: number): Run[] {
  const owners = ownersOf(spread)
  const places = spread.places?.length ?? 1
  for (const [place, slots] of slotsByPlace(owners, places).entries()) {
    const group = Array.from({ length: objects }, (_, object) => object).filter((object) => object % places === place)
    const room = new Map(group.map((object, index) => [object, partOf(slots.length, index, group.length)]))
    const over = slots.filter((slot) => !take(room, owners[slot] ?? 0))
    const fresh = group.filter((object) => object >= spread.objects)
    for (const object of fresh) for (const slot of over.splice(0, room.get(object))) owners[slot] = object
  }
  return runsOf(owners)
}

function slotsByPlace(owners: readonly number[], places: number): number[][] {
  const slots = Array.from({ length: places }, (_, place) =>
    owners.flatMap((object, slot) => (object % places === place ? [slot] : [])),
  )
  const share = Math.max(SLOTS_OF_NEW_PLACE, Math.ceil(MOST_OBJECTS / places))
  for (const own of slots) if (own.length === 0) own.push(...(slots[0]?.splice(-share) ?? []))
  return slots
}

/** How many of all are of this part, of so many parts that differ by one at most. */
function partOf(all: number, part: number, parts: number): number {
  return Math.floor(((part + 1) * all) / parts) - Math.floor((part * all) / parts)
}

function take(room: Map<number, number>, object: number): boolean {
  const left = room.get(object) ?? 0
  room.set(object, left - 1)
  return left > 0
}

function ownersOf(spread: Spread): number[] {
  return Array.from({ length: SLOTS }, (_, slot) => objectOf(spread, slot))
}

function runsOf(owners: readonly number[]): Run[] {
  return owners.flatMap((object, slot): Run[] => (object === owners[slot - 1] ? [] : [[slot, object]]))
}
