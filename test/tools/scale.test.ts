import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readBlocks, withBlocks } from '../../tools/lib/document.ts'
import { quantile } from '../../tools/lib/statistics.ts'
import { hitRatio, simulateHits } from '../../tools/scale/caches.ts'
import { objectsFor, SERVICE, usersOfObject } from '../../tools/scale/capacity.ts'
import { dollarsOfCopy, dollarsPerMillion, EXCHANGES, renewal } from '../../tools/scale/costs.ts'
import {
  balance,
  expectedMaxToMean,
  loadOf,
  loginSlots,
  objectOf,
  slotOf,
  TRAFFIC,
  ZIPF,
} from '../../tools/scale/evenness.ts'
import { OBJECT_PLACES, PLACES, ROUND_TRIPS, roundTripMs } from '../../tools/scale/geography.ts'
import { MEASURED } from '../../tools/scale/inputs.ts'
import {
  COLD,
  drawLuck,
  edgeMs,
  type Luck,
  OPERATIONS,
  regionalMs,
  sampledPlaces,
  stateOf,
  UNCACHED,
  WARM,
} from '../../tools/scale/latency.ts'
import { meanWaitMs, simulateWaits, utilisation } from '../../tools/scale/queue.ts'
import { exponential, generator, logNormal, zipfShares } from '../../tools/scale/random.ts'
import { WAYS } from '../../tools/scale/record.ts'
import { recordSizes } from '../../tools/scale/record-size.ts'
import { blocks, SEED, TABLES } from '../../tools/scale/report.ts'
import { allIn } from '../../tools/scale/report-record.ts'
import { growing, identitiesOf, MOST_OBJECTS, objectsChosen, requestsOf, tellingMs } from '../../tools/scale/spread.ts'

const SCALE_MD = new URL('../../docs/scale.md', import.meta.url)

/** Reads 2 ms, writes as long: the queue that the books call M/D/1. */
const CONSTANT = { readMs: 2, writeMs: 2, writeShare: 0 }

function samples(count: number, draw: (next: () => number) => number): number[] {
  const next = generator(7)
  return Array.from({ length: count }, () => draw(next)).sort((a, b) => a - b)
}

const meanOf = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length

const measured = (name: keyof typeof MEASURED) => MEASURED[name].value

describe('docs/scale.md', () => {
  it('has the tables that the simulation makes now', () => {
    expect(Object.fromEntries(readBlocks(readFileSync(SCALE_MD, 'utf8'), 'scale'))).toEqual(
      Object.fromEntries(blocks()),
    )
  })

  it('takes new tables, and nothing else changes', () => {
    const text = 'a\n<!-- scale: x -->\nold\n<!-- end -->\nb\n<!-- scale: y-z -->\n<!-- end -->\n'
    const written = 'a\n<!-- scale: x -->\n| 1 |\n<!-- end -->\nb\n<!-- scale: y-z -->\n| $2 |\n<!-- end -->\n'
    const tables = new Map([
      ['x', '| 1 |'],
      ['y-z', '| $2 |'],
    ])
    expect(withBlocks(text, 'scale', tables)).toBe(written)
    expect(readBlocks(written, 'scale')).toEqual(tables)
  })

  it.each([
    [
      'lacks one',
      new Map([
        ['x', ''],
        ['gone', ''],
      ]),
      'The document lacks the block gone.',
    ],
    ['has one too many', new Map(), 'Nothing is known of the block x.'],
  ])('is refused if it %s', (_what, tables, message) => {
    expect(() => withBlocks('<!-- scale: x -->\n<!-- end -->', 'scale', tables)).toThrow(new Error(message))
  })
})

describe('the command', () => {
  const run = (...args: string[]) =>
    execFileSync(process.execPath, ['tools/commands/simulate-scale.mjs', ...args], { encoding: 'utf8' })

  it('prints one table', () => {
    expect(run('--only', 'capacity')).toBe(`## capacity\n\n${TABLES.get('capacity')?.(0)}\n\n`)
  })

  it('explains itself, every table included', () => {
    const help = run('--help')
    expect([...TABLES.keys()].filter((name) => !help.includes(name))).toEqual([])
  })
})

describe('chance', () => {
  it('is the same for the same seed and another for another', () => {
    const first = (seed: number) => Array.from({ length: 5 }, generator(seed))
    expect(first(1)).toEqual(first(1))
    expect(first(1)).not.toEqual(first(2))
  })

  it('is even: every hundredth gets its hundredth', () => {
    const counts = new Array(100).fill(0)
    for (const each of samples(200_000, (next) => next())) counts[Math.floor(each * 100)] += 1
    const chiSquared = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)
    // The 0.1 % and 99.9 % points of chi-squared with 99 degrees of freedom.
    expect(chiSquared).toBeGreaterThan(60.7)
    expect(chiSquared).toBeLessThan(148.2)
  })

  it('has the means and quantiles that were asked for', () => {
    const waits = samples(200_000, (next) => exponential(next, 3))
    expect(meanOf(waits)).toBeCloseTo(3, 1)
    expect(quantile(waits, 0.99)).toBeCloseTo(3 * Math.log(100), 0)
    const times = samples(200_000, (next) => logNormal(next, 20, 50))
    expect(quantile(times, 0.5)).toBeCloseTo(20, 0)
    expect(quantile(times, 0.95) / 50).toBeCloseTo(1, 1)
  })

  it('gives the busiest percent of users half of the requests', () => {
    const shares = zipfShares(400_000, ZIPF)
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
    expect(shares.slice(0, 4000).reduce((sum, share) => sum + share, 0)).toBeCloseTo(0.5, 2)
    expect((shares[0] ?? 0) / (shares[9] ?? 1)).toBeCloseTo(10 ** ZIPF, 9)
  })
})

describe('the queue', () => {
  it.each([
    [0.1, (0.1 * 2) / (2 * 0.9)],
    [0.5, 1],
    [0.8, 4],
    [0.9, 9],
  ])('of one constant time waits ρ/(2(1−ρ)) of it on average: at ρ = %f, %f ms', (load, wait) => {
    const perSecond = load * 500
    expect(utilisation(perSecond, CONSTANT)).toBeCloseTo(load, 12)
    expect(meanWaitMs(perSecond, CONSTANT)).toBeCloseTo(wait, 9)
    const simulated = simulateWaits(generator(3), perSecond, CONSTANT, 400_000)
    expect(simulated.mean / wait).toBeGreaterThan(0.95)
    expect(simulated.mean / wait).toBeLessThan(1.05)
  })

  it('of reads and writes waits as Pollaczek and Khinchine say', () => {
    const mixed = { readMs: 1, writeMs: 11, writeShare: 0.1 }
    // Mean 2 ms, second moment 13 ms²; 250 calls a second load it by half.
    expect(meanWaitMs(250, mixed)).toBeCloseTo((0.25 * 13) / (2 * 0.5), 9)
    expect(simulateWaits(generator(3), 250, mixed, 400_000).mean / 3.25).toBeCloseTo(1, 1)
  })

  it('never ends at overload', () => {
    expect(meanWaitMs(500, CONSTANT)).toBe(Number.POSITIVE_INFINITY)
    expect(simulateWaits(generator(3), 600, CONSTANT, 10).p99).toBe(Number.POSITIVE_INFINITY)
  })

  it('grows with the load', () => {
    const waits = [100, 200, 300, 400, 450].map((perSecond) => simulateWaits(generator(3), perSecond, CONSTANT, 50_000))
    for (const [i, wait] of waits.entries()) expect(wait.p99).toBeGreaterThan(waits[i - 1]?.p99 ?? 0)
  })
})

describe('objects of a spread pool', () => {
  const slots = loginSlots(100_000)

  it('are chosen as the service does, by the slot of the login', () => {
    // The same as in test/protocols/model.test.ts: printf '["https://a.example","ada",false]' | sha256sum
    expect(slotOf('https://a.example', 'ada')).toBe(0x4fe)
    expect(objectOf(4095, 64)).toBe(63)
    expect(objectOf(64, 64)).toBe(1)
    expect(slotOf('https://a.example/x', 'y')).not.toBe(slotOf('https://a.example/', 'xy'))
  })

  it.each([16, 64, 256])('hold equal parts, %i of them, as chance allows', (objects) => {
    const load = loadOf(slots, () => 1, objects)
    const { maxToMean, mean, p999ToMean } = balance(load)
    expect(mean).toBeCloseTo(100_000 / objects, 6)
    expect(maxToMean).toBeGreaterThan(1)
    expect(maxToMean - 1).toBeLessThan(1.3 * (expectedMaxToMean(100_000, objects) - 1))
    expect(p999ToMean).toBeLessThanOrEqual(maxToMean)
    const chiSquared = load.reduce((sum, each) => sum + (each - mean) ** 2 / mean, 0)
    // Five standard deviations: one sample in millions.
    expect(Math.abs(chiSquared - (objects - 1))).toBeLessThan(5 * Math.sqrt(2 * (objects - 1)))
  })

  it('are more even the more users there are', () => {
    expect(expectedMaxToMean(1e9, 64)).toBeLessThan(expectedMaxToMean(1e6, 64))
    expect(expectedMaxToMean(1e9, 64)).toBeLessThan(1.01)
  })

  it('are kept from overload by the rate limit when few users make most requests', () => {
    const balanceOf = (traffic: keyof typeof TRAFFIC) => {
      const rates = TRAFFIC[traffic](slots.length, 16_667)
      return balance(loadOf(slots, (user) => rates[user] ?? 0, 64))
    }
    const [even, limited, zipf] = [balanceOf('even'), balanceOf('limited'), balanceOf('zipf')]
    expect(utilisation(zipf.max, SERVICE.planned)).toBeGreaterThan(1)
    expect(utilisation(limited.max, SERVICE.planned)).toBeLessThan(0.8)
    expect(even.maxToMean).toBeLessThan(limited.maxToMean)
    expect(limited.maxToMean).toBeLessThan(zipf.maxToMean)
  })

  it('are as many as storage or requests need, whichever is more', () => {
    const { planned } = usersOfObject()
    expect(objectsFor(planned, 1, SERVICE.planned)).toEqual({ byStorage: 1, byRate: 1, objects: 1 })
    expect(objectsFor(planned * 1.01, 1, SERVICE.planned)).toEqual({ byStorage: 2, byRate: 1, objects: 2 })
    expect(objectsFor(1, 995, { readMs: 6, writeMs: 6, writeShare: 0 })).toEqual({
      byStorage: 1,
      byRate: 10,
      objects: 10,
    })
  })

  it('are a power of two', () => {
    expect([1, 2, 3, 59, 64, 65].map(objectsChosen)).toEqual([1, 2, 4, 64, 64, 128])
  })

  it('hold and serve as many times as much, less what claims and routes take', () => {
    const one = identitiesOf({ objects: 1, places: 1 })
    const all = identitiesOf({ objects: MOST_OBJECTS, places: 1 })
    const near = identitiesOf({ objects: MOST_OBJECTS, places: 4 })
    expect(one.users).toBeCloseTo(usersOfObject().planned, 6)
    expect(all.guests / one.guests).toBeCloseTo(256, 6)
    const [user, claim, route] = [measured('userBytes'), measured('claimBytes'), measured('routeBytes')]
    expect(all.users / one.users).toBeCloseTo((256 * user) / (user + claim), 6)
    // Three of four logins have their index in another place.
    expect(near.users / one.users).toBeCloseTo((256 * user) / (user + claim + 0.75 * route), 6)
    expect(requestsOf({ objects: 256, places: 1 }, 0) * 60).toBeGreaterThanOrEqual(4e6)
  })

  it('of a place where half of the users live are full when half is stored, and index reads stay even', () => {
    const even = { objects: 256, places: 4 }
    const half = { ...even, busiest: 0.5 }
    expect(identitiesOf(half).guests).toBeCloseTo(identitiesOf(even).guests / 2, 3)
    expect(requestsOf(half, 1)).toBeLessThan(requestsOf(even, 1))
    expect(requestsOf(half, 0) / requestsOf(even, 0)).toBeGreaterThan(0.5)
  })

  it('ask one object for each request unless an index is elsewhere', () => {
    // 2.09 ms a request; without hints three of four in 27 % take 2 ms more, and in 1 % 5 ms.
    const even = { objects: 64, places: 4 }
    const [alone, hinted, unhinted] = [
      requestsOf({ objects: 64, places: 1 }, 0),
      requestsOf(even, 1),
      requestsOf(even, 0),
    ]
    expect(alone / hinted).toBeCloseTo((2.09 + 0.75 * 0.01 * 5) / 2.09, 9)
    expect(alone / unhinted).toBeCloseTo((2.09 + 0.75 * (0.01 * 5 + 0.27 * 2)) / 2.09, 9)
  })

  it('are told settings sixteen at a time, each that is free taking the next', () => {
    // 63 in one place, 2 ms away, which write for 5 ms: four rounds. Nobody tells the head.
    expect(tellingMs({ objects: 64, places: 1 })).toBe(4 * 7)
    expect(tellingMs({ objects: 64, places: 1 }, { asleep: true })).toBeCloseTo(4 * (7 + measured('startUp')), 9)
    expect(tellingMs({ objects: 64, places: 1 }, { atOnce: 6 })).toBe(11 * 7)
    const ways = OBJECT_PLACES.map((place) => roundTripMs('North America', place) + 5)
    const sum = 16 * ways.reduce((all, way) => all + way, 0) - (ways[0] ?? 0)
    const far = tellingMs({ objects: 64, places: 4 })
    expect(far).toBeGreaterThanOrEqual(sum / 16)
    expect(far).toBeLessThan(sum / 16 + Math.max(...ways))
  })

  it('would cost and take to fill what the design says', () => {
    const { dollars, hours, moved } = growing(10e6, 64)
    expect(moved).toBe(10e6 * (63 / 64))
    // A route for each user; four rows written and four deleted for each that moves.
    expect(dollars).toBeCloseTo(10 + 8 * 9.84375, 9)
    // 2,441 users a slot are 20 batches of 50 ms, in a fifth of the time.
    expect(hours).toBeCloseTo((4032 * 20 * 0.25) / 3600, 9)
  })
})

describe('caches', () => {
  it.each([
    [10, 30],
    [0.1, 30],
    [0.01, 600],
  ])('hit as often as the formula says: %f a second, kept %i s', (perSecond, life) => {
    const counted = simulateHits(generator(5), perSecond, { life }, 200_000)
    expect(counted).toBeCloseTo(hitRatio(perSecond, life), 2)
  })

  it.each([
    [0.01, 300, 150],
    [0.1, 30, 20],
    [0.01, 600, 300],
  ])(
    'that are renewed beside requests do too: %f a second, kept %i s, renewed after %i s',
    (perSecond, life, renewal) => {
      const counted = simulateHits(generator(5), perSecond, { life, renewal }, 200_000)
      expect(counted).toBeCloseTo(hitRatio(perSecond, life, renewal), 2)
      expect(counted).toBeGreaterThan(hitRatio(perSecond, life) + 0.05)
    },
  )

  const NEAR = { copies: true, places: true, stsNear: true }
  const inMemory = ['isolate', 'settings', 'records', 'keySet', 'ring', 'stsConnection'] as const

  it('in memory make no request slower, whatever else is known and wherever it comes from', () => {
    const next = generator(11)
    const slower: unknown[] = []
    for (const place of PLACES)
      for (let i = 0; i < 50; i++) {
        const luck = drawLuck(next, place)
        const state = { ...COLD, ...Object.fromEntries(inMemory.map((part) => [part, next() < 0.5])), kv: next() < 0.5 }
        for (const operation of OPERATIONS)
          for (const options of [
            {},
            { placed: true },
            { copies: true },
            NEAR,
            { ...NEAR, visitor: 'known' as const },
          ]) {
            const time = (known: object) => edgeMs(operation, { ...state, ...known }, luck, options)
            // A hint does not wait for a ring that is far; a key set that is as far brings the ring along.
            const byHint = operation.byLogin && 'places' in options && !state.ring
            const parts = inMemory
              .filter((part) => !(byHint && part === 'keySet'))
              .filter((part) => time({ [part]: true }) > time({ [part]: false }))
            if (parts.length > 0 || time(WARM) > time({})) slower.push({ place, operation, state, options, parts })
          }
      }
    expect(slower).toEqual([])
  })

  it('in KV make a new isolate faster far from the pool, and cost at most the look-ups beside it', () => {
    const next = generator(13)
    const slower: unknown[] = []
    for (const place of PLACES)
      for (let i = 0; i < 200; i++) {
        const luck = drawLuck(next, place)
        for (const operation of OPERATIONS) {
          const time = (kv: boolean) => edgeMs(operation, { ...UNCACHED, kv, kvInCity: 0.5 }, luck)
          const allowed = place === 'North America' ? 2 * (luck.kvHot + luck.kvMiss) : 0
          if (time(true) - time(false) > allowed) slower.push({ place, operation, luck })
        }
      }
    expect(slower).toEqual([])
  })

  it('are found empty by the part of the requests that the ratio leaves', () => {
    const next = generator(17)
    const states = Array.from({ length: 50_000 }, () => stateOf(drawLuck(next, 'Asia'), 0.01))
    const share = (part: 'records' | 'isolate') => states.filter((state) => state[part]).length / states.length
    const isolate = hitRatio(0.01, 1800)
    expect(share('isolate')).toBeCloseTo(isolate, 2)
    expect(share('records')).toBeCloseTo(isolate * hitRatio(0.01, 30, 20), 2)
  })
})

describe('latency', () => {
  const operationNamed = (wanted: string) => OPERATIONS.find(({ name }) => name === wanted) ?? { name: '', cpuMs: 0 }
  const getId = operationNamed('GetId')
  const awsSts = operationNamed('GetCredentialsForIdentity, AWS STS')
  const r2 = operationNamed('GetCredentialsForIdentity, R2')
  const luck: Luck = {
    access: 20,
    toPool: 200,
    toNearest: 7,
    toIndex: 150,
    indexIsNear: false,
    toSts: 11,
    inPlace: 2,
    kvHot: 3,
    kvMiss: 190,
    kvMissAtPool: 2,
    chances: [0.9],
    mapChance: 0.5,
  }
  const operation = { name: 'test', cpuMs: 1 }
  const near = { copies: true, places: true, stsNear: true }

  it.each([
    ['warm, a new connection: three ways to the city, one over the ocean', WARM, {}, 60 + 1 + 200 + 2],
    ['warm, an open connection', WARM, { fresh: false }, 20 + 1 + 200 + 2],
    ['placed by the pool', WARM, { placed: true }, 60 + 200 + 1 + 2 + 2],
    [
      'a new isolate, KV far: start, settings, records, one look-up for key set and ring',
      COLD,
      {},
      60 + 1 + measured('startUp') + 400 + 193 + 202,
    ],
    ['the same with copies of records near', COLD, { copies: true }, 60 + 1 + measured('startUp') + 207 + 193 + 202],
    [
      'with places too: the settings by a hint of the map',
      { ...COLD, mapHint: true },
      near,
      60 + 1 + measured('startUp') + 3 + 9 + 7 + 193 + 9,
    ],
    ['with places, and no such hint', COLD, near, 60 + 1 + measured('startUp') + 3 + 200 + 7 + 193 + 9],
    [
      'placed by the pool, copies gain nothing',
      COLD,
      { placed: true, copies: true },
      edgeMs(operation, COLD, luck, { placed: true }),
    ],
    ['no caches: settings, records, the issuer in four trips, the ring', UNCACHED, {}, 60 + 1 + 400 + 800 + 200 + 202],
  ])('adds up: %s', (_what, state, options, milliseconds) => {
    expect(edgeMs(operation, state, luck, options)).toBe(milliseconds)
  })

  it.each([
    ['a hint leads home', {}, {}, 'hinted', 3 + 9],
    ['no hint: the index, then home', {}, {}, 'known', 3 + 150 + 2 + 9],
    ['a new user is reserved in the index, and made at home', {}, {}, 'new', 3 + 150 + 5 + 7 + 5],
    ['the index is near', { indexIsNear: true }, {}, 'known', 9],
    ['a new user, the index is near', { indexIsNear: true }, {}, 'new', 7 + 5],
    ['a hint whose name needs a ring that is far is given up', {}, { ring: false }, 'hinted', 40 + 150 + 2 + 9],
    ['the ring was needed for the key set', {}, { ring: false, keySet: false }, 'hinted', 193 + 3 + 9],
  ] as const)('of GetId with places: %s', (_, lucky, lacks, visitor, milliseconds) => {
    const time = (one: object, state: object, options: object) =>
      edgeMs({ ...operation, byLogin: true }, { ...WARM, ...state }, { ...luck, ...one }, options)
    expect(time(lucky, lacks, { places: true, visitor }) - 61).toBe(milliseconds)
    // With the identity, nobody asks an index.
    const named = edgeMs(operation, WARM, { ...luck, ...lucky }, { places: true, visitor: 'known' })
    expect(named).toBe(61 + 9)
  })

  it.each([
    ['its role, as far away', { role: true }, { records: false }, 400 + 2],
    ['its ring, nearer', { ring: true }, { ring: false }, 200 + 2],
    ['its ring, from the object', { ring: true }, { ring: false, kv: false }, 200 + 2],
    ['both', { role: true, ring: true }, { records: false, ring: false }, 400 + 2],
  ])('waits for the pool and %s, once', (_, needs, lacks, milliseconds) => {
    const warm = edgeMs(operation, WARM, luck) - 202
    expect(edgeMs({ ...operation, ...needs }, { ...WARM, ...lacks }, luck) - warm).toBe(milliseconds)
  })

  it('waits for a role that is further than the pool', () => {
    const [warm, cold] = [WARM, { ...WARM, records: false }].map((state) =>
      edgeMs({ ...operation, role: true }, state, luck, { places: true }),
    )
    expect((cold ?? 0) - (warm ?? 0)).toBe(200 + 200 - 9)
  })

  it('is what the design wants from wherever objects can be near', () => {
    const places = new Map(sampledPlaces(10_000, SEED).map(({ of, place }) => [place, of]))
    const median = (place: string, scenario: (luck: Luck) => number) => places.get(place)?.(scenario).p50
    for (const place of OBJECT_PLACES) {
      const vends = (sts: boolean) => OPERATIONS.filter((each) => each.vends && Boolean(each.sts) === sts)
      for (const [sts, signIn, open] of [
        [false, 130, 30],
        [true, 180, 60],
      ] as const)
        for (const each of vends(sts)) {
          const kept = (one: Luck) => edgeMs(each, WARM, one, { ...near, fresh: false })
          expect(median(place, kept)).toBeLessThanOrEqual(open)
          expect(median(place, (one) => edgeMs(getId, WARM, one, near) + kept(one))).toBeLessThanOrEqual(signIn)
        }
      const quiet = (one: Luck) => edgeMs(r2, stateOf(one, 0.01), one, near)
      expect(places.get(place)?.(quiet).p99).toBeLessThanOrEqual(350)
    }
  })

  it('has one more way to STS, three over a new connection', () => {
    const sts = { name: 'test', cpuMs: 1, sts: true }
    const beside = (state: object) => edgeMs(sts, { ...WARM, ...state }, luck) - edgeMs(operation, WARM, luck)
    expect(beside({})).toBe(200 + 20)
    expect(beside({ stsConnection: false })).toBe(600 + 20)
    expect(edgeMs(sts, WARM, luck, { stsNear: true }) - edgeMs(operation, WARM, luck)).toBe(11 + 20)
  })

  it('of a service in one region is three round trips, or one', () => {
    expect(regionalMs(getId, luck)).toBe(3 * 220)
    expect(regionalMs(getId, luck, { fresh: false })).toBe(220)
    expect(regionalMs(awsSts, luck)).toBe(3 * 220 + 20)
  })

  it('takes every round trip from the published table', () => {
    expect(ROUND_TRIPS.milliseconds.map((row) => row.length)).toEqual(PLACES.map(() => PLACES.length))
    expect(roundTripMs('Oceania', 'North America')).toBe(206)
    for (const from of PLACES)
      for (const to of PLACES) {
        const there = roundTripMs(from, to)
        // Both directions are measured apart, and nearly agree.
        expect(Math.abs(there - roundTripMs(to, from)) / there).toBeLessThan(0.12)
      }
  })
})

describe('money', () => {
  it('for a copy of records is two calls, two rows and the wait of every 20 seconds', () => {
    const renewals = (30 * 86_400) / 20 / 1e6
    expect(dollarsOfCopy()).toBeCloseTo(renewals * (0.3 + 2 + 0.352 * 0.128 * 12.5), 9)
  })

  it.each([
    // $0.30 and the CPU; a call of the object for 5 ms at 128 MB; three rows written and one read.
    ['newUser', 0.3 + measured('cpuNewGuest') * 0.02 + 0.15 + 0.008 + 3.001],
    // 2 ms, two rows read.
    ['knownLogin', 0.3 + measured('cpuKnownLogin') * 0.02 + 0.15 + 0.0032 + 0.002],
    ['openIdToken', 0.3 + measured('cpuOpenIdToken') * 0.02 + 0.15 + 0.0032 + 0.003],
  ])('for a million of %s is what the price list says', (key, dollars) => {
    const exchange = EXCHANGES.find((each) => each.key === key)
    const cost = exchange && dollarsPerMillion(exchange)
    // Requests that find memory empty add calls, for less than half a cent.
    expect((cost?.total ?? 0) - dollars).toBeGreaterThan(0)
    expect((cost?.total ?? 0) - dollars).toBeLessThan(0.005)
  })

  it('for a million records is what the price lists say, and all in less than ninety cents', () => {
    const dollarsOf = (name: string) => {
      const way = WAYS.find((each) => each.name === name)
      return [way?.once ?? 0, way?.stored ?? 0]
    }
    const gb = measured('recordBytes') / 1000
    const threeYears = (measured('storedBytes') / 1000) * 0.015 * 36
    // A thousand records in each file, a hundred in each batch of a queue.
    expect(dollarsOf('Logpush to R2')).toEqual([0.05 + 0.0045, threeYears].map((each) => expect.closeTo(each, 9)))
    // An average event has 4.84 KB; it is stored for seven of thirty days.
    const logs = [4.84 * 0.25, 4.84 * 0.1 * (7 / 30)].map((each) => expect.closeTo(each, 9))
    expect(dollarsOf('Workers Logs, the record alone')).toEqual(logs)
    expect(dollarsOf('Pipelines, from the Worker, to JSON')).toEqual(
      [gb * 0.07 + 0.0045, gb * 0.015 * 36].map((each) => expect.closeTo(each, 9)),
    )
    expect(dollarsOf('a queue, whose consumer writes to R2')).toEqual(
      [3 * 0.4 + 0.003 + 0.045, threeYears].map((each) => expect.closeTo(each, 9)),
    )
    expect(allIn().sum).toBeLessThan(0.9)
    expect(allIn().sum).toBeGreaterThan(renewal().total + 0.05 + threeYears)
    const cheapest = WAYS.filter(({ kept }) => kept === '3 years').toSorted(
      (a, b) => a.once + a.stored - b.once - b.stored,
    )
    expect(cheapest[0]?.name).toBe('Logpush to R2')
  })

  it('counts records of the size that the service makes', () => {
    const made = recordSizes(SEED)
    const close = (bytes: number) => expect.closeTo(bytes / 1000, 1)
    expect({ record: made.record / 1000, event: made.event / 1000 }).toEqual({
      record: close(measured('recordBytes')),
      event: close(measured('eventBytes')),
    })
    // Another zlib packs a little better or worse.
    expect(Math.abs(made.stored / measured('storedBytes') - 1)).toBeLessThan(0.1)
  })
})
