import { readFileSync } from 'node:fs'
import { quantile } from '../lib/statistics.ts'
import { hitRatios } from './caches.ts'
import { SERVICE } from './capacity.ts'
import { ASSUMED, MEASURED, valuesOf } from './inputs.ts'
import { type Generator, generator, logNormal } from './random.ts'

const assumed = valuesOf(ASSUMED)
const measured = valuesOf(MEASURED)

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
/** Where the pool's object, the account's, the key ring's, the issuer and STS are, and the real service. */
const POOL_PLACE = 'North America'
/** Where KV keeps its values; Cloudflare names no places beyond "a small number of centralized data centers". */
const KV_STORES = ['North America', 'Europe']
/** Where the platform keeps objects; it has none in South America and Africa. */
const OBJECT_PLACES = ['North America', 'Europe', 'Asia', 'Oceania']
/** A new TLS 1.3 connection: TCP, TLS, then the request. */
const NEW_CONNECTION_TRIPS = 3
/** Two documents over one connection: discovery, then the keys. */
const ISSUER_TRIPS = NEW_CONNECTION_TRIPS + 1

/** What an operation does beside finding the identity. */
export interface Operation {
  name: string
  cpuMs: number
  /** It signs or seals, with our own keys. */
  ring?: boolean
  /** It reads the role's record. */
  role?: boolean
  /** It asks STS. */
  sts?: boolean
  /** It gives credentials. */
  vends?: boolean
}

/** For a user with a login at an OpenID Connect provider. */
export const OPERATIONS: readonly Operation[] = [
  { name: 'GetId', cpuMs: measured.cpuKnownLogin },
  { name: 'GetOpenIdToken', cpuMs: measured.cpuOpenIdToken, ring: true },
  { name: 'GetCredentialsForIdentity, embedded', cpuMs: measured.cpuCredentials, ring: true, role: true, vends: true },
  { name: 'GetCredentialsForIdentity, R2', cpuMs: measured.cpuCredentialsR2, vends: true },
  {
    name: 'GetCredentialsForIdentity, AWS STS',
    cpuMs: measured.cpuCredentialsRemote,
    ring: true,
    sts: true,
    vends: true,
  },
]

/** What already runs or is in memory when a request comes. */
export interface State {
  /** An isolate runs. */
  isolate: boolean
  /** The pool's settings are in memory. */
  settings: boolean
  /** The account's providers and roles are. */
  records: boolean
  /** The login provider's key set is. */
  keySet: boolean
  /** Our own key ring is. */
  ring: boolean
  /** KV has what memory has not. */
  kv: boolean
  /** A connection to STS is open. */
  stsConnection: boolean
  /** Chance that KV answers from the city's cache; without it KV's stores are far. */
  kvInCity?: number
}

export const WARM: State = {
  isolate: true,
  settings: true,
  records: true,
  keySet: true,
  ring: true,
  kv: true,
  stsConnection: true,
}

/** Nothing in memory, but KV has it. */
export const COLD: State = {
  isolate: false,
  settings: false,
  records: false,
  keySet: false,
  ring: false,
  kv: true,
  stsConnection: false,
}

/** No cache at all: every request asks everybody. The isolate runs. */
export const UNCACHED: State = { ...COLD, isolate: true, kv: false }

/** A round trip from one place to another, as published. */
export function roundTripMs(from: string, to: string): number {
  const published = ROUND_TRIPS.milliseconds[PLACES.indexOf(from)]?.[PLACES.indexOf(to)]
  return published ?? assumed.metro
}

/** What one request meets, in milliseconds. */
export interface Luck {
  access: number
  toPool: number
  /** To an object in the place that is nearest to the client. */
  toNearest: number
  inPlace: number
  kvHot: number
  kvMiss: number
  kvMissAtPool: number
  /** Numbers in [0, 1), by which caches hit or miss. */
  chances: readonly number[]
}

/** One request's luck: drawn once and used for everything that it is compared with. */
export function drawLuck(next: Generator, place: string, poolPlace: string = POOL_PLACE): Luck {
  const access = logNormal(next, assumed.accessMedian, assumed.accessP95)
  const jitter = logNormal(next, 1, assumed.jitterP95)
  const kvHot = logNormal(next, assumed.kvMedian, assumed.kvP95)
  const nearest = (from: string, places: readonly string[]) => Math.min(...places.map((to) => roundTripMs(from, to)))
  return {
    access,
    toPool: roundTripMs(place, poolPlace) * jitter,
    toNearest: nearest(place, OBJECT_PLACES) * jitter,
    inPlace: assumed.metro * jitter,
    kvHot,
    kvMiss: nearest(place, KV_STORES) * jitter,
    kvMissAtPool: nearest(poolPlace, KV_STORES) * jitter,
    chances: Array.from({ length: 7 }, next),
  }
}

export interface EdgeOptions {
  fresh?: boolean
  placed?: boolean
  copies?: boolean
  near?: boolean
}

/**
 * Milliseconds from the client's first packet to the answer, of a service whose Worker runs near the client or, `placed`,
 * near the pool. `fresh`: the client opens a connection for it. `copies`: copies of the account's records are near the
 * client (`RECORD_COPIES`); `near`: the pool's object that is asked is there too.
 */
export function edgeMs(operation: Operation, state: State, luck: Luck, options: EdgeOptions = {}): number {
  const { fresh = true, placed = false } = options
  const far = placed ? luck.inPlace : luck.toPool
  const toPool = options.near ? luck.toNearest : far
  const toAccount = options.copies && !placed ? luck.toNearest : far
  const [inCity = 0] = luck.chances
  const kv = luck.kvHot + (inCity < (state.kvInCity ?? 0) ? 0 : placed ? luck.kvMissAtPool : luck.kvMiss)
  const ring = state.ring ? 0 : state.kv ? kv : far
  let time = luck.access * (fresh ? NEW_CONNECTION_TRIPS : 1) + (placed ? luck.toPool : 0)
  time += operation.cpuMs + (state.isolate ? 0 : measured.startUp)
  if (!state.settings) time += toPool
  if (!state.records) time += toAccount
  // A key set in KV is under a key derived from the ring; both are asked for at once.
  if (!state.keySet) time += state.kv ? kv : ring + ISSUER_TRIPS * far
  // While the pool looks for the identity, the role is asked for, and the ring if no login has needed it.
  const role = operation.role && !state.records ? toAccount : 0
  time += Math.max(toPool + SERVICE.planned.readMs, role, operation.ring && state.keySet ? ring : 0)
  if (operation.sts) time += far * (state.stsConnection ? 1 : NEW_CONNECTION_TRIPS) + assumed.sts
  return time
}

/**
 * The same for a service in the pool's region alone, to which the client connects itself. It is given no time of its own
 * beside STS, so a real one is slower.
 */
export function regionalMs(operation: Operation, luck: Luck, { fresh = true }: { fresh?: boolean } = {}): number {
  const trips = fresh ? NEW_CONNECTION_TRIPS : 1
  return trips * (luck.access + luck.toPool) + (operation.vends ? assumed.sts : 0)
}

/** What a request of an isolate with this many requests a second finds, by its luck. */
export function stateOf(luck: Luck, perSecondOfIsolate: number): State {
  const hit = hitRatios(perSecondOfIsolate)
  const [, isolate = 0, keySet = 0, ring = 0, records = 0, connection = 0] = luck.chances
  const { kvInCity } = hit
  if (isolate >= hit.isolate) return { ...COLD, kvInCity }
  return {
    ...WARM,
    kvInCity,
    keySet: keySet < hit.keySet,
    ring: ring < hit.ring,
    records: records < hit.records,
    stsConnection: connection < hit.connection,
  }
}

export interface SampledPlace {
  place: string
  /** Milliseconds of a scenario. */
  of(scenario: (luck: Luck) => number): { p50: number; p99: number }
}

/** Samples of every scenario for each place. */
export function sampledPlaces(samples: number, seed: number): SampledPlace[] {
  return PLACES.map((place, i) => {
    const next = generator(seed + i)
    const lucks = Array.from({ length: samples }, () => drawLuck(next, place))
    const of = (scenario: (luck: Luck) => number) => {
      const times = Float64Array.from(lucks, scenario).sort()
      return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) }
    }
    return { place, of }
  })
}
