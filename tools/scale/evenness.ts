import { hash } from 'node:crypto'
import { quantile } from '../lib/statistics.ts'
import { LIMITS, valuesOf } from './inputs.ts'
import { zipfShares } from './random.ts'

const { rateLimit } = valuesOf(LIMITS)

/** Parts of a pool. */
export const SLOTS = 4096

/** The slot of a login, as the service has it. */
export function slotOf(provider: string, subject: string): number {
  const text = JSON.stringify([provider, subject, false])
  return Number.parseInt(hash('sha256', text).slice(0, 3), 16)
}

/** The object that has a slot, in a pool of so many objects: each has as many slots, one after the other. */
export function objectOf(slot: number, objects: number): number {
  return Math.floor((slot * objects) / SLOTS)
}

/** Slots of the logins of `count` users: their subjects are UUIDs in the providers' own tokens, here numbers. */
export function loginSlots(count: number): Uint16Array {
  return Uint16Array.from({ length: count }, (_, i) => slotOf('login.example.com', `user-${i}`))
}

/** Adds up weights by object. `weightOf`: of the login at this place. */
export function loadOf(slots: Uint16Array, weightOf: (at: number) => number, objects: number): Float64Array {
  const load = new Float64Array(objects)
  slots.forEach((slot, at) => {
    const object = objectOf(slot, objects)
    load[object] = (load[object] ?? 0) + weightOf(at)
  })
  return load
}

/** How even a load is: the fullest object and the one at 99.9 % against the mean. */
export function balance(load: Float64Array) {
  const mean = load.reduce((sum, each) => sum + each, 0) / load.length
  const sorted = Float64Array.from(load).sort()
  const max = sorted.at(-1) ?? Number.NaN
  const p999 = quantile(sorted, 0.999)
  return { mean, max, p999, maxToMean: max / mean, p999ToMean: p999 / mean }
}

/** The fullest of these objects against the mean, expected for so many users that a simulation could not hold them. */
export function expectedMaxToMean(users: number, objects: number): number {
  return 1 + Math.sqrt((2 * Math.log(objects) * objects) / users)
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
