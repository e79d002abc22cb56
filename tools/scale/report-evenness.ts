import { figure, percent, table } from '../lib/table.ts'
import { capacity, SERVICE } from './capacity.ts'
import { balance, expectedMaxToMean, loadOf, loginSlots, SLOTS, TRAFFIC, type Traffic } from './evenness.ts'
import { ASSUMED, MIX, valuesOf } from './inputs.ts'
import { meanWaitMs, type Service, simulateWaits, utilisation } from './queue.ts'
import { generator, pick } from './random.ts'

const assumed = valuesOf(ASSUMED)

/** Users that are simulated. A pool has more, and is then more even: the expectation for a billion stands beside. */
const USERS = 400_000
const OBJECTS = [8, 16, 64, 256]
const POOL_OBJECTS = 64
/** A burst: so many new guests a second, five times what the mix has. */
const BURST = 5 * MIX.newGuest * assumed.load
const QUEUED_CALLS = 200_000

/** Made once: hashing is most of the work. */
let hashed: Uint16Array | undefined

/** How evenly logins, and guests, fall on objects. */
export function evennessBlock(seed: number): string {
  const rows = OBJECTS.flatMap((objects) => {
    const chance = generator(seed)
    const slots = Uint16Array.from({ length: USERS }, () => pick(chance, SLOTS))
    const loads: [string, Float64Array][] = [
      ['logins, SHA-256', loadOf(hashes(), () => 1, objects)],
      ['guests, by chance', loadOf(slots, () => 1, objects)],
    ]
    return loads.map(([who, load]) => {
      const { maxToMean, mean, p999ToMean } = balance(load)
      const expected = [USERS, 1e9].map((users) => figure(expectedMaxToMean(users, objects), 3))
      return [objects, who, figure(mean), figure(maxToMean, 3), figure(p999ToMean, 3), ...expected]
    })
  })
  const headings = ['Objects', 'who', 'mean', 'fullest ÷ mean', '99.9 % ÷ mean', 'fullest, expected', 'of a billion']
  return table(headings, rows)
}

/** The busiest of 64 objects under traffic that is not even. */
export function skewBlock(seed: number): string {
  const limited = loadOfTraffic(TRAFFIC.limited)
  const spread = limited.map((rate) => rate + BURST / POOL_OBJECTS)
  const inOne = limited.map((rate, object) => rate + (object === 0 ? BURST : 0))
  const kinds: [string, Float64Array, number][] = [
    ['every user the same', loadOfTraffic(TRAFFIC.even), 0],
    ['few users most, no rate limit', loadOfTraffic(TRAFFIC.zipf), 0],
    ['the same with the rate limit', limited, 0],
    ['and a burst of guests, spread by chance', spread, BURST / POOL_OBJECTS],
    ['and a burst of guests, all in one object', inOne, BURST],
  ]
  const rows = kinds.map(([kind, load, guests]) => {
    const { max, maxToMean, mean } = balance(load)
    const service = withGuests(SERVICE.planned, guests / max)
    const { p99 } = simulateWaits(generator(seed), max, service, QUEUED_CALLS)
    const use = percent(utilisation(max, service))
    return [kind, figure(mean), figure(max), figure(maxToMean, 2), use, wait(meanWaitMs(max, service)), wait(p99)]
  })
  const headings = ['Traffic', 'mean /s', 'busiest /s', 'busiest ÷ mean', 'its load', 'its mean wait, ms', '99 %']
  return table(headings, rows)
}

/** Waiting in front of one object, by load. */
export function queueBlock(seed: number): string {
  const rows = Object.entries(SERVICE).flatMap(([kind, service]) =>
    [0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95].map((load) => {
      const rate = load * capacity(service)
      const { mean, p99, p999 } = simulateWaits(generator(seed), rate, service, QUEUED_CALLS)
      const times = [meanWaitMs(rate, service), mean, p99, p999].map(wait)
      return [kind, percent(load), figure(rate), ...times]
    }),
  )
  const headings = ['Service time', 'load', 'calls /s', 'mean wait, ms (formula)', 'simulated', '99 %', '99.9 %']
  return table(headings, rows)
}

function hashes(): Uint16Array {
  hashed ??= loginSlots(USERS)
  return hashed
}

function loadOfTraffic(traffic: Traffic): Float64Array {
  const rates = traffic(USERS, assumed.load)
  return loadOf(hashes(), (user) => rates[user] ?? 0, POOL_OBJECTS)
}

/** The service of an object where this share of the calls are new guests beyond the mix: all of them write. */
function withGuests(service: Service, share: number): Service {
  return { ...service, writeShare: service.writeShare * (1 - share) + share }
}

function wait(ms: number): string {
  return figure(ms, ms < 10 ? 2 : 1)
}
