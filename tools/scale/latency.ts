import { HINT_WAIT_MS } from '../../src/pools/spread/limits.ts'
import { quantile } from '../lib/statistics.ts'
import { hitRatios } from './caches.ts'
import { SERVICE } from './capacity.ts'
import { KV_STORES, nearestOf, OBJECT_PLACES, PLACES, POOL_PLACE, roundTripMs, STS_PLACES } from './geography.ts'
import { ASSUMED, MEASURED, valuesOf } from './inputs.ts'
import { type Generator, generator, logNormal } from './random.ts'

const assumed = valuesOf(ASSUMED)
const measured = valuesOf(MEASURED)

/** A new TLS 1.3 connection: TCP, TLS, then the request. */
const NEW_CONNECTION_TRIPS = 3
/** Two documents over one connection: discovery, then the keys. */
const ISSUER_TRIPS = NEW_CONNECTION_TRIPS + 1

/** What an operation does beside finding the identity. */
export interface Operation {
  name: string
  cpuMs: number
  /** It brings a login and no identity. */
  byLogin?: boolean
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
  { name: 'GetId', cpuMs: measured.cpuKnownLogin, byLogin: true },
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
  /** The data centre remembers the map of a pool with places, so that the settings come from the object that is asked anyway. */
  mapHint?: boolean
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

/** What one request meets, in milliseconds. */
export interface Luck {
  access: number
  toPool: number
  /** To an object in the place that is nearest to the client. */
  toNearest: number
  /** To the object of a pool with places where a login is found, which may be in any of them. */
  toIndex: number
  /** That object is in the place that is nearest to the client. */
  indexIsNear: boolean
  /** To STS in the region that is nearest to the client. */
  toSts: number
  inPlace: number
  kvHot: number
  kvMiss: number
  kvMissAtPool: number
  /** Numbers in [0, 1), by which caches hit or miss. */
  chances: readonly number[]
  mapChance: number
}

/** One request's luck: drawn once and used for everything that it is compared with. */
export function drawLuck(next: Generator, place: string, poolPlace: string = POOL_PLACE): Luck {
  const access = logNormal(next, assumed.accessMedian, assumed.accessP95)
  const jitter = logNormal(next, 1, assumed.jitterP95)
  const kvHot = logNormal(next, assumed.kvMedian, assumed.kvP95)
  const chances = Array.from({ length: 7 }, next)
  const to = (other: string, from = place) => roundTripMs(from, other) * jitter
  const nearest = nearestOf(OBJECT_PLACES, place)
  const drawn = (chances[6] ?? 0) * OBJECT_PLACES.length
  const index = OBJECT_PLACES[Math.floor(drawn)] ?? nearest
  return {
    access,
    toPool: to(poolPlace),
    toNearest: to(nearest),
    toIndex: to(index),
    indexIsNear: index === nearest,
    toSts: to(nearestOf(STS_PLACES, place)),
    inPlace: assumed.metro * jitter,
    kvHot,
    kvMiss: to(nearestOf(KV_STORES, place)),
    kvMissAtPool: to(nearestOf(KV_STORES, poolPlace), poolPlace),
    chances,
    mapChance: drawn % 1,
  }
}

/** A user who signs in: known to the data centre by a hint, known to the pool alone, or new. */
export type Visitor = 'hinted' | 'known' | 'new'

export interface EdgeOptions {
  /** The client opens a connection for it. */
  fresh?: boolean
  /** The Worker runs near the pool. */
  placed?: boolean
  /** Copies of the account's records are near the client (`RECORD_COPIES`). */
  copies?: boolean
  /** The pool has places (`edge-identity:places`), and the user's identity is in the nearest. Its head is elsewhere. */
  places?: boolean
  /** STS is asked in the region that is nearest to the client (`edge-identity:sts-regions`). */
  stsNear?: boolean
  visitor?: Visitor | undefined
}

/** Milliseconds from the client's first packet to the answer, of a service whose Worker runs near the client, or `placed`. */
export function edgeMs(operation: Operation, state: State, luck: Luck, options: EdgeOptions = {}): number {
  const { copies = false, fresh = true, placed = false, stsNear = false } = options
  const far = placed ? luck.inPlace : luck.toPool
  const toAccount = copies && !placed ? luck.toNearest : far
  const [inCity = 0] = luck.chances
  const kv = luck.kvHot + (inCity < (state.kvInCity ?? 0) ? 0 : placed ? luck.kvMissAtPool : luck.kvMiss)
  const ring = state.ring ? 0 : state.kv ? kv : far
  let time = luck.access * (fresh ? NEW_CONNECTION_TRIPS : 1) + (placed ? luck.toPool : 0)
  time += operation.cpuMs + (state.isolate ? 0 : measured.startUp)
  if (!state.settings) time += options.places ? settingsMs(state, luck) : far
  if (!state.records) time += toAccount
  // A key set in KV is under a key derived from the ring; both are asked for at once.
  if (!state.keySet) time += state.kv ? kv : ring + ISSUER_TRIPS * far
  // While the pool looks for the identity, the role is asked for, and the ring if no login has needed it.
  const role = operation.role && !state.records ? toAccount : 0
  const ringLeft = state.keySet ? ring : 0
  const inPool = options.places ? placesMs(operation, luck, ringLeft, options.visitor) : far + SERVICE.planned.readMs
  time += Math.max(inPool, role, operation.ring ? ringLeft : 0)
  if (operation.sts)
    time += (stsNear ? luck.toSts : far) * (state.stsConnection ? 1 : NEW_CONNECTION_TRIPS) + assumed.sts
  return time
}

/** Milliseconds until the settings of a pool with places are there: from the near object if a hint leads to it, else from the head. */
function settingsMs({ mapHint }: State, luck: Luck): number {
  return luck.kvHot + (mapHint ? luck.toNearest + SERVICE.planned.readMs : luck.toPool)
}

/**
 * Milliseconds until a pool with places has the identity. By a login alone, its index is asked first, unless a hint says where
 * the identity is. The name of a hint is made with the ring, and a look that takes long is given up.
 */
function placesMs(operation: Operation, luck: Luck, ringMs: number, visitor: Visitor = 'hinted'): number {
  const { readMs, writeMs } = SERVICE.planned
  const busyMs = visitor === 'new' ? writeMs : readMs
  const home = luck.toNearest + busyMs
  if (!operation.byLogin || luck.indexIsNear) return home
  const lookMs = ringMs + luck.kvHot
  const isGivenUp = lookMs > HINT_WAIT_MS
  if (visitor === 'hinted' && !isGivenUp) return lookMs + home
  return Math.min(lookMs, HINT_WAIT_MS) + luck.toIndex + busyMs + home
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
  const mapHint = luck.mapChance < hit.mapInCity
  if (isolate >= hit.isolate) return { ...COLD, kvInCity, mapHint }
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
    const lucks = lucksFrom(place, samples, seed + i)
    const of = (scenario: (luck: Luck) => number) => {
      const times = Float64Array.from(lucks, scenario).sort()
      return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) }
    }
    return { place, of }
  })
}

/** What was drawn before, as every table is made of the same. */
const drawn = new Map<string, readonly Luck[]>()

function lucksFrom(place: string, samples: number, seed: number): readonly Luck[] {
  const key = `${place} ${samples} ${seed}`
  const known = drawn.get(key)
  if (known) return known
  const next = generator(seed)
  const lucks = Array.from({ length: samples }, () => drawLuck(next, place))
  drawn.set(key, lucks)
  return lucks
}
