import { PLACES } from '../../base/places.ts'
import { nearest, type Position } from '../../base/position.ts'
import type { ProvenLogin } from '../identities.ts'
import { objectOf, type Spread, slotsOf } from './map.ts'
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
 * there, else in any slot there. Where no place is nearer, that is the slot of the login.
 */
export function viewFrom(position: Position | undefined, spread: Spread): View {
  const near = position && nearObjects(position, spread)
  if (!near) return { isNear: () => true, home: (login, fresh) => (login ? slotOfLogin(login) : slotOfIdentity(fresh)) }
  const isNear = (slot: number) => near.has(objectOf(spread, slot))
  const slots = [...near].flatMap((object) => slotsOf(spread, object))
  const home = (login: ProvenLogin | undefined, fresh: string) => {
    const own = login && slotOfLogin(login)
    return own !== undefined && isNear(own) ? own : slotAmong(slots, slotOfIdentity(fresh) / SLOTS)
  }
  return { isNear, home }
}

/** The first object in the place that is nearest to a client; nothing, where that is not known. */
export function nearestObject(position: Position | undefined, spread: Spread): number | undefined {
  return position && nearObjects(position, spread)?.values().next().value
}

function nearObjects(position: Position, spread: Spread): ReadonlySet<number> | undefined {
  const { objects, places } = spread
  if (!places) return undefined
  const [first] = nearest(
    position,
    places.flatMap((place) => {
      const where = PLACES.get(place)
      return where ? [[place, where] as const] : []
    }),
  )
  const all = Array.from({ length: objects }, (_, object) => object)
  return new Set(all.filter((object) => placeOf(spread, object) === first))
}

/** The slot that comes after this part (0 to 1) of these. */
function slotAmong(slots: readonly (readonly [first: number, last: number])[], part: number): number {
  const count = slots.reduce((sum, [first, last]) => sum + last - first + 1, 0)
  let left = Math.floor(part * count)
  for (const [first, last] of slots) {
    if (left <= last - first) return first + left
    left -= last - first + 1
  }
  return 0
}
