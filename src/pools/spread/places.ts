import { PLACES } from '../../base/places.ts'
import { nearest, type Position } from '../../base/position.ts'
import type { Shares } from '../guest-budgets.ts'
import type { ProvenLogin } from '../identities.ts'
import { objectOf, type Slots, type Spread, slotsOf } from './map.ts'
import type { Part } from './part.ts'
import { SLOTS, slotOfIdentity, slotOfLogin } from './slots.ts'

/** The place of an object, if the owner of the pool says where its objects are: they are dealt out in order. */
export function placeOf({ places = [] }: Spread, object: number): DurableObjectLocationHint | undefined {
  return places[object % places.length] as DurableObjectLocationHint | undefined
}

/** A pool as seen from where a client is. */
export interface View {
  /** Whether a slot is in the place that is nearest to the client. */
  isNear: (slot: number) => boolean
  /** The slot of a new identity, given its first login and the UUID that it would have in any slot. */
  home: (login: ProvenLogin | undefined, fresh: string) => number
}

/**
 * A pool as a client sees it. A new identity is made in the place nearest to them: in the slot of its first login, if that is
 * there, else in any slot there. Where no place is nearer, that is the slot of the login. Nothing is worked out before it is
 * asked for: most calls name an identity, which is where it is.
 */
export function viewFrom(from: (() => Position | undefined) | undefined, spread: Spread): View {
  let found: { near: ReadonlySet<number> | undefined } | undefined
  const nearOnes = () => {
    found ??= { near: spread.places && nearObjects(from?.(), spread) }
    return found.near
  }
  const isNear = (slot: number) => nearOnes()?.has(objectOf(spread, slot)) ?? true
  const home = (login: ProvenLogin | undefined, fresh: string) => {
    const own = login ? slotOfLogin(login) : undefined
    const near = nearOnes()
    if (own !== undefined && isNear(own)) return own
    const any = slotOfIdentity(fresh)
    return near ? slotAmong(slotsOf(spread, near), any / SLOTS) : any
  }
  return { isNear, home }
}

/** The first object in the place that is nearest to a client; nothing, where that is not known. */
export function nearestObject(position: Position | undefined, spread: Spread): number | undefined {
  return nearObjects(position, spread)?.values().next().value
}

function nearObjects(position: Position | undefined, spread: Spread): ReadonlySet<number> | undefined {
  if (!position || !spread.places) return undefined
  // Objects that have just come into a growing pool have no slots yet.
  const filled = new Map(
    [...new Set(spread.runs.map(([, object]) => object))].map((one) => [one, placeOf(spread, one)]),
  )
  const [first] = nearest(
    position,
    [...new Set(filled.values())].flatMap((place) => {
      const where = place && PLACES.get(place)
      return where ? [[place, where] as const] : []
    }),
  )
  return new Set([...filled].flatMap(([object, place]) => (place === first ? [object] : [])))
}

/**
 * Which part of a pool's budgets is an object's: of those for all clients by its slots of all; of those for clients that come to
 * one place by its slots of that place.
 */
export function sharesOf({ map, number, slots }: Pick<Part, 'map' | 'number' | 'slots'>): Shares {
  const place = placeOf(map, number)
  const group = new Set(map.runs.flatMap(([, object]) => (placeOf(map, object) === place ? [object] : [])))
  const own = countOf(slots)
  return { day: own / SLOTS, network: Math.min(1, own / countOf(slotsOf(map, group))) }
}

function countOf(slots: readonly Slots[]): number {
  return slots.reduce((sum, [first, last]) => sum + last - first + 1, 0)
}

/** The slot that comes after this part (0 to 1) of these. */
function slotAmong(slots: readonly Slots[], part: number): number {
  let left = Math.floor(part * countOf(slots))
  for (const [first, last] of slots) {
    if (left <= last - first) return first + left
    left -= last - first + 1
  }
  return 0
}
