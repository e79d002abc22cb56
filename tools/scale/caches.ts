import { ASSUMED, valuesOf } from './inputs.ts'
import { exponential, type Generator } from './random.ts'

const assumed = valuesOf(ASSUMED)

/**
 * Hit ratio of a value that is fetched when it is needed and then lives for a time, under Poisson requests: each fetch is
 * followed by rate × life hits on average.
 */
export function hitRatio(perSecond: number, lifeSeconds: number): number {
  const hits = perSecond * lifeSeconds
  return hits / (1 + hits)
}

/** The same ratio, counted over `requests` simulated requests. */
export function simulateHits(next: Generator, perSecond: number, lifeSeconds: number, requests: number): number {
  let now = 0
  let until = 0
  let hits = 0
  for (let i = 0; i < requests; i++) {
    now += exponential(next, 1 / perSecond)
    if (now < until) hits++
    else until = now + lifeSeconds
  }
  return hits / requests
}

/** Parts of the requests, from 0 to 1. */
export type HitRatios = Record<
  'isolate' | 'settings' | 'keySet' | 'ring' | 'records' | 'connection' | 'kvInCity',
  number
>

/**
 * Part of the requests of one isolate that find each thing in memory; and, for those that do not, in KV's cache of the
 * location, which all its isolates share.
 */
export function hitRatios(perSecondOfIsolate: number): HitRatios {
  const inMemory = (life: number) => hitRatio(perSecondOfIsolate, Math.min(life, assumed.isolateLife))
  const missesOfCity = (life: number) => assumed.isolatesPerCity * perSecondOfIsolate * (1 - inMemory(life))
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
