import { ASSUMED, valuesOf } from './inputs.ts'
import { exponential } from './random.ts'

const assumed = valuesOf(ASSUMED)

/**
 * Hit ratio of a value that is fetched when it is needed and then lives for a time, under Poisson requests: each fetch is
 * followed by rate × life hits on average.
 */
export function hitRatio(perSecond, lifeSeconds) {
  const hits = perSecond * lifeSeconds
  return hits / (1 + hits)
}

/** The same ratio, counted over `requests` simulated requests. */
export function simulateHits(next, perSecond, lifeSeconds, requests) {
  let [now, until, hits] = [0, 0, 0]
  for (let i = 0; i < requests; i++) {
    now += exponential(next, 1 / perSecond)
    if (now < until) hits++
    else until = now + lifeSeconds
  }
  return hits / requests
}

/**
 * Part of the requests of one isolate that find each thing in memory; and, for those that do not, in KV's cache of the
 * location, which all its isolates share.
 */
export function hitRatios(perSecondOfIsolate) {
  const inMemory = (life) => hitRatio(perSecondOfIsolate, Math.min(life, assumed.isolateLife))
  const missesOfCity = (life) => assumed.isolatesPerCity * perSecondOfIsolate * (1 - inMemory(life))
  return {
    isolate: inMemory(assumed.isolateLife),
    settings: inMemory(assumed.isolateLife),
    keySet: inMemory(assumed.keySetLife),
    ring: inMemory(assumed.ringLife),
    records: inMemory(assumed.recordLife),
    connection: inMemory(assumed.connectionLife),
    kvInCity: hitRatio(missesOfCity(assumed.ringLife), assumed.kvEdgeLife),
  }
}
