import { PEERS_AT_ONCE } from '../../src/pools/spread/limits.ts'
import { SERVICE } from './capacity.ts'
import { OBJECT_PLACES, POOL_PLACE, roundTripMs } from './geography.ts'
import { ASSUMED, LIMITS, MEASURED, MIX, PRICES, valuesOf } from './inputs.ts'

const assumed = valuesOf(ASSUMED)
const limits = valuesOf(LIMITS)
const measured = valuesOf(MEASURED)
const prices = valuesOf(PRICES)

/** The most objects that a pool may have. */
export const MOST_OBJECTS = 256

/** A pool over several objects. */
export interface SpreadPoolSize {
  objects: number
  /** Number of places; 1 if all objects are where the pool is. */
  places: number
  /** Part of the users who live near the busiest place; the same everywhere unless given. */
  busiest?: number
}

/** Objects that such a pool gets: the next power of two. */
export function objectsChosen(needed: number): number {
  return 2 ** Math.ceil(Math.log2(needed))
}

/** Users with one login, and guests, that a pool holds as planned; the fullest place is full first. */
export function identitiesOf({ busiest, objects, places }: SpreadPoolSize): { users: number; guests: number } {
  const home = busiest ?? 1 / places
  const bytes = (objects / places) * limits.objectBytes * assumed.fill
  const claim = objects > 1 ? measured.claimBytes : 0
  // Identities are near their users. Routes are even over all places, and a login is where its user is by chance.
  const elsewhere = 1 - 1 / places
  const perUser = home * (measured.userBytes + claim) + (elsewhere * measured.routeBytes) / places
  return { users: bytes / perUser, guests: bytes / (home * measured.guestBytes) }
}

/** Requests a second of the mix that a pool serves as planned. `hinted`: part of the known users whom a hint leads home. */
export function requestsOf({ busiest, objects, places }: SpreadPoolSize, hinted: number): number {
  const { readMs, writeMs } = SERVICE.planned
  const home = busiest ?? 1 / places
  const elsewhere = 1 - 1 / places
  const writes = MIX.newGuest + MIX.newUser
  const homeMs = writes * writeMs + (1 - writes) * readMs
  const indexMs = elsewhere * (MIX.newUser * writeMs + MIX.knownLogin * (1 - hinted) * readMs)
  const busyMs = home * homeMs + indexMs / places
  return ((objects / places) * assumed.utilisation * 1000) / busyMs
}

/**
 * Milliseconds until the head has told all objects new settings, so many at a time. Each that is free takes the next. `asleep`:
 * every object must start first.
 */
export function tellingMs(
  { objects, places }: SpreadPoolSize,
  { asleep = false, atOnce = PEERS_AT_ONCE }: { asleep?: boolean; atOnce?: number } = {},
): number {
  const free = Array.from({ length: atOnce }, () => 0)
  for (let object = 1; object < objects; object++) {
    const place = OBJECT_PLACES[object % places] ?? POOL_PLACE
    const first = free.indexOf(Math.min(...free))
    const start = asleep ? measured.startUp : 0
    free[first] = (free[first] ?? 0) + roundTripMs(POOL_PLACE, place) + start + SERVICE.planned.writeMs
  }
  return Math.max(...free)
}

/** Dollars of one change of settings: a call for each object, a row there, and a row of the head. */
export function dollarsOfTelling({ objects }: SpreadPoolSize): number {
  return ((objects - 1) * (prices.objectRequest + 2 * prices.rowsWritten)) / 1e6
}

/** Rows of a user with one login: identity, login and its index, route. */
const ROWS_OF_USER = 4
const SLOTS = 4096

/** Dollars and hours that a pool of one object would need to grow, by the design: slot after slot, batch by batch. */
export function growing(users: number, objects: number) {
  const moved = users * (1 - 1 / objects)
  const written = users + moved * 2 * ROWS_OF_USER
  const batches = SLOTS * (1 - 1 / objects) * Math.ceil((users / SLOTS) * (ROWS_OF_USER / assumed.growthRows))
  const hours = (batches * assumed.growthBatch) / assumed.growthShare / 3_600_000
  return { moved, dollars: (written * prices.rowsWritten) / 1e6, hours }
}
