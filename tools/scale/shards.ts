import { createHash } from 'node:crypto'
import { quantile } from '../lib/statistics.ts'
import { LIMITS, valuesOf } from './inputs.ts'
import { zipfShares } from './random.ts'

const { rateLimit } = valuesOf(LIMITS)

/**
 * The first 48 bits of SHA-256 over provider and subject: where a login would be kept, before the division by the number
 * of shards. 48 bits, because a number holds them exactly and the remainder then favours no shard by more than 2^-32.
 */
export function loginHash(provider: string, subject: string): number {
  return createHash('sha256').update(`${provider}\0${subject}`).digest().readUIntBE(0, 6)
}

export function shardOf(hash: number, shards: number): number {
  return hash % shards
}

/** Hashes of the logins of `count` users: their subjects are UUIDs in the providers' own tokens, here numbers. */
export function loginHashes(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => loginHash('https://login.example.com', `user-${i}`))
}

/** Adds up weights by shard. `weightOf`: of the hash at this place. */
export function loadOf(hashes: Float64Array, weightOf: (at: number) => number, shards: number): Float64Array {
  const load = new Float64Array(shards)
  hashes.forEach((hash, at) => {
    const shard = shardOf(hash, shards)
    load[shard] = (load[shard] ?? 0) + weightOf(at)
  })
  return load
}

/** How even a load is: the fullest shard and the one at 99.9 % against the mean. */
export function balance(load: Float64Array) {
  const mean = load.reduce((sum, each) => sum + each, 0) / load.length
  const sorted = Float64Array.from(load).sort()
  const max = sorted.at(-1) ?? Number.NaN
  const p999 = quantile(sorted, 0.999)
  return { mean, max, p999, maxToMean: max / mean, p999ToMean: p999 / mean }
}

/** The fullest of `shards` against the mean, expected for so many users that a simulation could not hold them. */
export function expectedMaxToMean(users: number, shards: number): number {
  return 1 + Math.sqrt((2 * Math.log(shards) * shards) / users)
}

/** Gives the requests a second of each user, from how many users there are and what they send together. */
export type Traffic = (users: number, perSecond: number) => Float64Array

export const TRAFFIC = {
  even: (users, perSecond) => new Float64Array(users).fill(perSecond / users),
  zipf,
  limited: (users, perSecond) => zipf(users, perSecond).map((rate) => Math.min(rate, rateLimit)),
} satisfies Record<string, Traffic>

/** How much busier the busy users are. 0.9 is a heavy skew for people: the first percent makes over half of all requests. */
export const ZIPF = 0.9

function zipf(users: number, perSecond: number): Float64Array {
  return zipfShares(users, ZIPF).map((share) => share * perSecond)
}
