import { readFileSync } from 'node:fs'
import { ASSUMED, valuesOf } from './inputs.ts'

const assumed = valuesOf(ASSUMED)

interface RoundTrips {
  source: string
  period: string
  places: readonly { name: string; region: string }[]
  /** Of each place to each other, in the order of the places. */
  milliseconds: readonly (readonly (number | null)[])[]
}

/** Published round trips, with their source. */
export const ROUND_TRIPS: RoundTrips = JSON.parse(readFileSync(new URL('round-trips.json', import.meta.url), 'utf8'))

export const PLACES = ROUND_TRIPS.places.map(({ name }) => name)
/** Where the pool's object, or its head, the account's, the key ring's, the issuer and STS are, and the real service. */
export const POOL_PLACE = 'North America'
/** Where KV keeps its values; Cloudflare names no places beyond "a small number of centralized data centers". */
export const KV_STORES = ['North America', 'Europe']
/** Where the platform keeps objects; it has none in South America and Africa. A pool with places has objects in each. */
export const OBJECT_PLACES = ['North America', 'Europe', 'Asia', 'Oceania']
/** Where AWS has a region that every account can use; the one in Africa must be opened first. */
export const STS_PLACES = ['North America', 'South America', 'Europe', 'Asia', 'Oceania']

/** A round trip from one place to another, as published. */
export function roundTripMs(from: string, to: string): number {
  const published = ROUND_TRIPS.milliseconds[PLACES.indexOf(from)]?.[PLACES.indexOf(to)]
  return published ?? assumed.metro
}

/** The nearest of these places. */
export function nearestOf(places: readonly string[], from: string): string {
  return places.reduce((best, place) => (roundTripMs(from, place) < roundTripMs(from, best) ? place : best))
}
