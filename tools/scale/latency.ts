import { readFileSync } from 'node:fs'
import { hitRatios } from './caches.ts'
import { SERVICE } from './capacity.ts'
import { ASSUMED, MEASURED, valuesOf } from './inputs.ts'
import { generator, logNormal, quantile } from './random.ts'

const assumed = valuesOf(ASSUMED)
const measured = valuesOf(MEASURED)

/** Published round trips, with their source. */
export const ROUND_TRIPS = JSON.parse(readFileSync(new URL('round-trips.json', import.meta.url), 'utf8'))

export const PLACES = ROUND_TRIPS.places.map(({ name }) => name)
/** Where the pool's object, the account's, the key ring's, the issuer and STS are, and the real service. */
export const POOL_PLACE = 'North America'
/** Where KV keeps its values; Cloudflare names no places beyond "a small number of centralized data centers". */
const KV_STORES = ['North America', 'Europe']
/** A new TLS 1.3 connection: TCP, TLS, then the request. */
const NEW_CONNECTION_TRIPS = 3
/** Two documents over one connection: discovery, then the keys. */
const ISSUER_TRIPS = NEW_CONNECTION_TRIPS + 1

/**
 * What an operation does beside finding the identity.
 *
 * @typedef {object} Operation
 * @property {string} name
 * @property {number} cpuMs
 * @property {boolean} [ring] it signs or seals, with our own keys
 * @property {boolean} [role] it reads the role's record
 * @property {boolean} [sts] it asks STS
 * @property {boolean} [vends] it gives credentials
 */

/** For a user with a login at an OpenID Connect provider. @type {readonly Operation[]} */
export const OPERATIONS = [
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

/**
 * What is at hand when a request comes.
 *
 * @typedef {object} State
 * @property {boolean} isolate an isolate runs
 * @property {boolean} settings the pool's settings are in memory
 * @property {boolean} records the account's providers and roles are
 * @property {boolean} keySet the login provider's key set is
 * @property {boolean} ring our own key ring is
 * @property {boolean} kv KV has what memory has not
 * @property {boolean} stsConnection a connection to STS is open
 * @property {number} [kvInCity] chance that KV answers from the city's cache; without it KV's stores are far
 */

/** @type {State} */
export const WARM = {
  isolate: true,
  settings: true,
  records: true,
  keySet: true,
  ring: true,
  kv: true,
  stsConnection: true,
}

/** Nothing in memory, but KV has it. @type {State} */
export const COLD = {
  isolate: false,
  settings: false,
  records: false,
  keySet: false,
  ring: false,
  kv: true,
  stsConnection: false,
}

/** No cache at all: every request asks everybody. The isolate runs. @type {State} */
export const UNCACHED = { ...COLD, isolate: true, kv: false }

/** A round trip from one place to another, as published. */
export function roundTripMs(from, to) {
  const published = ROUND_TRIPS.milliseconds[PLACES.indexOf(from)]?.[PLACES.indexOf(to)]
  return published ?? assumed.metro
}

/** One request's luck: drawn once and used for everything that it is compared with. */
export function drawLuck(next, place, poolPlace = POOL_PLACE) {
  const access = logNormal(next, assumed.accessMedian, assumed.accessP95)
  const jitter = logNormal(next, 1, assumed.jitterP95)
  const kvHot = logNormal(next, assumed.kvMedian, assumed.kvP95)
  const store = (from) => Math.min(...KV_STORES.map((to) => roundTripMs(from, to)))
  return {
    access,
    toPool: roundTripMs(place, poolPlace) * jitter,
    inPlace: assumed.metro * jitter,
    kvHot,
    kvMiss: store(place) * jitter,
    kvMissAtPool: store(poolPlace) * jitter,
    chances: Array.from({ length: 7 }, next),
  }
}

/**
 * Milliseconds from the client's first packet to the answer, of a service whose Worker runs near the client or, `placed`,
 * near the pool. `fresh`: the client opens a connection for it.
 * @param {Operation} operation
 * @param {State} state
 * @param {ReturnType<typeof drawLuck>} luck
 * @param {{ fresh?: boolean, placed?: boolean }} [options]
 */
export function edgeMs(operation, state, luck, { fresh = true, placed = false } = {}) {
  const toPool = placed ? luck.inPlace : luck.toPool
  const [inCity] = luck.chances
  const kv = luck.kvHot + (inCity < (state.kvInCity ?? 0) ? 0 : placed ? luck.kvMissAtPool : luck.kvMiss)
  let time = luck.access * (fresh ? NEW_CONNECTION_TRIPS : 1) + (placed ? luck.toPool : 0)
  time += operation.cpuMs + (state.isolate ? 0 : measured.startUp)
  if (!state.settings) time += toPool
  if (!state.records) time += toPool * (operation.role ? 2 : 1)
  if (!state.keySet) time += state.kv ? kv : ISSUER_TRIPS * toPool
  // A key set in KV is under a key derived from the ring.
  if (!state.ring && (operation.ring || !state.keySet)) time += state.kv ? kv : toPool
  time += toPool + SERVICE.planned.readMs
  if (operation.sts) time += toPool * (state.stsConnection ? 1 : NEW_CONNECTION_TRIPS) + assumed.sts
  return time
}

/**
 * The same for a service in the pool's region alone, to which the client connects itself. It is given no time of its own
 * beside STS, so a real one is slower.
 */
export function regionalMs(operation, luck, { fresh = true } = {}) {
  const trips = fresh ? NEW_CONNECTION_TRIPS : 1
  return trips * (luck.access + luck.toPool) + (operation.vends ? assumed.sts : 0)
}

/** What a request of an isolate with this many requests a second finds, by its luck. */
export function stateOf(luck, perSecondOfIsolate) {
  const hit = hitRatios(perSecondOfIsolate)
  const [, isolate, keySet, ring, records, connection] = luck.chances
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

/**
 * Samples of every scenario for each place.
 * @returns {{ place: string, of: (scenario: (luck: object) => number) => { p50: number, p99: number } }[]}
 */
export function sampledPlaces(samples, seed) {
  return PLACES.map((place, i) => {
    const next = generator(seed + i)
    const lucks = Array.from({ length: samples }, () => drawLuck(next, place))
    const of = (scenario) => {
      const times = Float64Array.from(lucks, scenario).sort()
      return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) }
    }
    return { place, of }
  })
}
