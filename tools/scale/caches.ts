import { ASSUMED, valuesOf } from './inputs.ts'
import { exponential, type Generator } from './random.ts'

const assumed = valuesOf(ASSUMED)

/**
 * Hit ratio of a value that is fetched when it is needed and then lives for a time, under Poisson requests: each fetch is
 * followed by rate × life hits on average. If a request that comes after `renewal` has it fetched anew without waiting, only
 * those misses remain that no such request came before.
 */
export function hitRatio(perSecond: number, lifeSeconds: number, renewal: number = lifeSeconds): number {
  return 1 - fetchRatio(perSecond, renewal) * Math.exp(-perSecond * (lifeSeconds - renewal))
}

/** Fetches for each request, those included that nobody waits for. */
function fetchRatio(perSecond: number, renewal: number): number {
  return 1 / (1 + perSecond * renewal)
}

/** The hit ratio, counted over `requests` simulated requests. */
export function simulateHits(
  next: Generator,
  perSecond: number,
  { life, renewal = life }: { life: number; renewal?: number },
  requests: number,
): number {
  let now = 0
  let fetchedAt = Number.NEGATIVE_INFINITY
  let hits = 0
  for (let i = 0; i < requests; i++) {
    now += exponential(next, 1 / perSecond)
    if (now < fetchedAt + life) hits++
    if (now >= fetchedAt + renewal) fetchedAt = now
  }
  return hits / requests
}

/** Parts of the requests, from 0 to 1. */
export type HitRatios = Record<
  'isolate' | 'settings' | 'keySet' | 'ring' | 'records' | 'connection' | 'kvInCity' | 'mapInCity',
  number
>

/**
 * Part of the requests of one isolate that find each thing in memory; and, for those that do not, in KV's cache of the
 * location, which all its isolates share. A hint of a pool's map is written by each isolate that starts.
 */
export function hitRatios(perSecondOfIsolate: number): HitRatios {
  const known = computed.get(perSecondOfIsolate) ?? computedRatios(perSecondOfIsolate)
  computed.set(perSecondOfIsolate, known)
  return known
}

/** By rate: every one of many thousand requests asks for the same. */
const computed = new Map<number, HitRatios>()

function computedRatios(perSecondOfIsolate: number): HitRatios {
  const inMemory = (life: number, renewal = life) =>
    hitRatio(perSecondOfIsolate, Math.min(life, assumed.isolateLife), Math.min(renewal, assumed.isolateLife))
  const readsOfCity = assumed.isolatesPerCity * perSecondOfIsolate * fetchRatio(perSecondOfIsolate, assumed.ringRenewal)
  const startsOfCity =
    assumed.isolatesPerCity * perSecondOfIsolate * fetchRatio(perSecondOfIsolate, assumed.isolateLife)
  return {
    isolate: inMemory(assumed.isolateLife),
    settings: inMemory(assumed.isolateLife),
    keySet: inMemory(assumed.keySetLife, assumed.keySetRenewal),
    ring: inMemory(assumed.ringLife, assumed.ringRenewal),
    records: inMemory(assumed.recordLife, assumed.recordRenewal),
    connection: inMemory(assumed.connectionLife),
    kvInCity: hitRatio(readsOfCity, assumed.kvEdgeLife),
    mapInCity: hitRatio(startsOfCity, assumed.hintLife),
  }
}

/** Reads for each request, of what is also read again before it is too old. */
export function readRatios(perSecondOfIsolate: number): Record<'keySet' | 'ring' | 'records', number> {
  return {
    keySet: fetchRatio(perSecondOfIsolate, assumed.keySetRenewal),
    ring: fetchRatio(perSecondOfIsolate, assumed.ringRenewal),
    records: fetchRatio(perSecondOfIsolate, assumed.recordRenewal),
  }
}
