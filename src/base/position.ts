/** A point on the earth, in degrees north and east. */
export interface Position {
  latitude: number
  longitude: number
}

/** What the platform may say of where a request comes from (`request.cf`). Anything may be missing, or no place at all. */
interface Whereabouts {
  latitude?: unknown
  longitude?: unknown
  continent?: unknown
}

const EARTH_RADIUS_KILOMETRES = 6371

/** Where about the users of each continent are: good enough to choose among places that are thousands of kilometres apart. */
const CONTINENTS: ReadonlyMap<unknown, Position> = new Map([
  ['AF', at(5, 20)],
  ['AN', at(-90, 0)],
  ['AS', at(25, 95)],
  ['EU', at(50, 10)],
  ['NA', at(39, -95)],
  ['OC', at(-30, 148)],
  ['SA', at(-18, -55)],
])

export function at(latitude: number, longitude: number): Position {
  return { latitude, longitude }
}

/**
 * About where a request comes from: its coordinates if both are good, else the centre of its continent, else unknown. The
 * platform derives it from the address of the client, so it may be wrong, and nothing but speed may depend on it.
 */
export function positionOf(cf: object | undefined): Position | undefined {
  const said: Whereabouts = cf ?? {}
  const latitude = degrees(said.latitude, 90)
  const longitude = degrees(said.longitude, 180)
  if (latitude !== undefined && longitude !== undefined) return at(latitude, longitude)
  return CONTINENTS.get(said.continent)
}

/** The number of the network that a request comes from (`request.cf.asn`): the provider of access of the client. */
export function asnOf(cf: object | undefined): number | undefined {
  const { asn }: { asn?: unknown } = cf ?? {}
  return typeof asn === 'number' && Number.isSafeInteger(asn) && asn > 0 ? asn : undefined
}

/** The candidates from the nearest to the furthest; those that are equally far stay in their order. */
export function nearest<T>(from: Position, candidates: Iterable<readonly [T, Position]>): T[] {
  return Array.from(candidates, ([candidate, position]) => ({ candidate, away: distance(from, position) }))
    .sort((a, b) => a.away - b.away)
    .map(({ candidate }) => candidate)
}

/** Kilometres along the great circle (haversine formula). */
export function distance(from: Position, to: Position): number {
  const [a, b] = [radians(from.latitude), radians(to.latitude)]
  const chord =
    haversine(b - a) + Math.cos(a) * Math.cos(b) * haversine(radians(to.longitude) - radians(from.longitude))
  // Rounding may lead above 1 for points that are opposite.
  return 2 * EARTH_RADIUS_KILOMETRES * Math.asin(Math.sqrt(Math.min(1, chord)))
}

function degrees(text: unknown, most: number): number | undefined {
  if (typeof text !== 'string' || !/^-?\d{1,3}(\.\d{1,20})?$/.test(text)) return undefined
  return Math.abs(Number(text)) <= most ? Number(text) : undefined
}

const haversine = (angle: number) => Math.sin(angle / 2) ** 2

const radians = (angle: number) => (angle * Math.PI) / 180
