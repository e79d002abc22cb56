import { createHash } from 'node:crypto'
import { LIMITS, valuesOf } from './inputs.ts'
import { zipfShares } from './random.ts'

const { rateLimit } = valuesOf(LIMITS)

/**
 * The first 48 bits of SHA-256 over provider and subject: where a login would be kept, before the division by the number
 * of shards. 48 bits, because a number holds them exactly and the remainder then favours no shard by more than 2^-32.
 */
export function loginHash(provider, subject) {
  return createHash('sha256').update(`${provider}\0${subject}`).digest().readUIntBE(0, 6)
}

export function shardOf(hash, shards) {
  return hash % shards
}

/** Hashes of the logins of `count` users: their subjects are UUIDs in the providers' own tokens, here numbers. */
export function loginHashes(count) {
  return Float64Array.from({ length: count }, (_, i) => loginHash('https://login.example.com', `user-${i}`))
}

/**
 * Adds up weights by shard.
 * @returns {Float64Array}
 */
export function loadOf(hashes, weightOf, shards) {
  const load = new Float64Array(shards)
  for (let i = 0; i < hashes.length; i++) load[shardOf(hashes[i], shards)] += weightOf(i)
  return load
}

/** How even a load is: the fullest shard and the one at 99.9 % against the mean. */
export function balance(load) {
  const mean = load.reduce((sum, each) => sum + each, 0) / load.length
  const sorted = Float64Array.from(load).sort()
  const p999 = sorted[Math.ceil(0.999 * sorted.length) - 1]
  return { mean, max: sorted.at(-1), p999, maxToMean: sorted.at(-1) / mean, p999ToMean: p999 / mean }
}

/** The fullest of `shards` against the mean, expected for so many users that a simulation could not hold them. */
export function expectedMaxToMean(users, shards) {
  return 1 + Math.sqrt((2 * Math.log(shards) * shards) / users)
}

/** Requests a second of each user. */
export const TRAFFIC = {
  even: (users, perSecond) => new Float64Array(users).fill(perSecond / users),
  zipf: (users, perSecond) => zipfShares(users, ZIPF).map((share) => share * perSecond),
  limited: (users, perSecond) => TRAFFIC.zipf(users, perSecond).map((rate) => Math.min(rate, rateLimit)),
}

/** How much busier the busy users are. 0.9 is a heavy skew for people: the first percent makes over half of all requests. */
export const ZIPF = 0.9
