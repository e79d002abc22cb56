import { at, nearest, type Position } from './position.ts'

/** Where the platform can keep an object, by its own names for that. */
export type Place = DurableObjectLocationHint

/**
 * About where each place is. Cloudflare names parts of continents and no cities ("Durable Objects, Data location"); these
 * are cities with much traffic in them. Nothing but speed depends on them.
 */
export const PLACES: ReadonlyMap<string, Position> = new Map<Place, Position>([
  ['wnam', at(37, -122)],
  ['enam', at(39, -77)],
  ['sam', at(-23, -46)],
  ['weur', at(50, 3)],
  ['eeur', at(51, 19)],
  ['apac', at(20, 105)],
  ['apac-ne', at(36, 139)],
  ['apac-se', at(1, 104)],
  ['oc', at(-34, 151)],
  ['afr', at(-26, 28)],
  ['me', at(25, 55)],
])

/** The places that are parts of no other. */
const SMALLEST = [...PLACES].filter(([place]) => place !== 'apac') as [Place, Position][]

/** The place that is nearest. */
export function placeNear(position: Position): Place | undefined {
  return nearest(position, SMALLEST)[0]
}
