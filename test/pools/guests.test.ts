import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type IdentityId, newIdentityId, newPoolId, newUuid, parseIdentityId } from '../../src/base/ids.ts'
import { type GuestAsked, Pools } from '../../src/pools/index.ts'
import { RELEASES, runBy } from '../support/older-builds.ts'
import {
  ACCOUNT,
  inside,
  openPool,
  publicLogin,
  REGION,
  SETTINGS,
  START,
  stubOf,
  type TestPool,
  world,
} from './support.ts'
import { TroubledNamespace } from './troubled-namespace.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const tagsOf = (tags: Readonly<Record<string, string>>) => ({
  tags: new Map(Object.entries(tags).map(([name, value]) => [`edge-identity:${name}`, value])),
})
const refused = (reason: string, which?: string) => ({ kind: 'guest_refused', reason, ...(which && { which }) })
const OFF = refused('new_guests_off')
const SPENT = (which: string) => refused('guest_budget', which)

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
beforeEach(() => {
  vi.setSystemTime(START)
})
afterAll(() => {
  vi.useRealTimers()
})

const limitedPool = (tags: Readonly<Record<string, string>>) => openPool(tagsOf(tags))

function make(pool: TestPool, asked: GuestAsked = {}, { fresh = newUuid(world), dryRun = false } = {}) {
  return pool.object.makeGuest({ region: pool.id.region, version: 1, fresh, asked, dryRun })
}

/** So many guests one after the other, inside the object: those that were made, and the other answers. */
async function makeMany(pool: TestPool, count: number, asked: (index: number) => GuestAsked = () => ({})) {
  return inside(pool.id.tag, (object) => {
    const answers = Array.from({ length: count }, (_, index) =>
      object.makeGuest({ region: pool.id.region, version: 1, fresh: newUuid(world), asked: asked(index) }),
    )
    const others = answers.filter(({ kind }) => kind !== 'identity')
    return { made: count - others.length, others: [...new Set(others.map((one) => JSON.stringify(one)))] }
  })
}

const totalChanges = (sql: SqlStorage) => sql.exec<{ n: number }>('SELECT total_changes() AS n').one()
const guestsIn = async (pool: TestPool) => (await pool.dump()).identity?.length
const countRow = async (pool: TestPool) => (await pool.dump()).guest_count
const passOf = (name: string, uses = 3) => ({ pass: { name, uses, expiresAt: START + 10 * 60_000 } })

describe('a pool that makes no new guests', () => {
  it('knows those that it has, users go on, and nothing is written', async () => {
    const pool = await openPool()
    const known = await pool.resolve([], { fresh: 'known' })
    await pool.object.change(pool.address, { kind: 'tag', ...tagsOf({ 'new-guests': 'off' }) })
    const found = await pool.object.read(pool.address)
    const version = found.kind === 'pool' ? found.pool.version : 0
    const call = { region: REGION, version, fresh: 'new' }
    expect(await pool.object.makeGuest({ ...call, asked: {} })).toEqual(OFF)
    expect(await pool.object.makeGuest({ ...call, fresh: 'known', asked: {} })).toEqual(known)
    expect(await pool.object.resolve({ ...call, logins: [], identity: 'known' })).toEqual(known)
    expect(await pool.object.resolve({ ...call, logins: [publicLogin('idp', 'ana')] })).toEqual({
      kind: 'identity',
      uuid: 'new',
      guest: false,
    })
    expect(await pool.holdings()).toEqual({ known: 'guest', new: 'member: idp/ana' })
    expect(await countRow(pool)).toEqual([])
  })

  it('is asked with settings as they are', async () => {
    const pool = await limitedPool({ 'new-guests': 'off' })
    const call = { region: REGION, version: 7, fresh: 'a', asked: {} }
    expect(await pool.object.makeGuest(call)).toMatchObject({ kind: 'stale', pool: { version: 1 } })
    expect(await pool.object.makeGuest({ ...call, region: 'eu-west-1' })).toEqual({ kind: 'no_pool' })
  })

  it('refuses guests altogether where the pool allows none', async () => {
    const pool = await openPool({ allowGuests: false, ...tagsOf({ 'guests-per-day': '1' }) })
    expect(await make(pool)).toEqual({ kind: 'guests_refused' })
  })
})

describe('budgets of new guests', () => {
  it('end the day, and another begins with the next one, by UTC', async () => {
    const pool = await limitedPool({ 'guests-per-day': '3' })
    expect(await makeMany(pool, 5)).toEqual({ made: 3, others: [JSON.stringify(SPENT('day'))] })
    vi.setSystemTime(START + DAY - 1)
    expect(await make(pool)).toEqual(SPENT('day'))
    vi.setSystemTime(START + DAY)
    expect(await makeMany(pool, 5)).toMatchObject({ made: 3 })
  })

  it('of an hour are those of an address and of a network, each by itself', async () => {
    const pool = await limitedPool({ 'guests-per-address-hour': '2', 'guests-per-network-hour': '5' })
    const from = (address: string, network = 'n1') => makeMany(pool, 3, () => ({ address, network }))
    expect(await from('a')).toEqual({ made: 2, others: [JSON.stringify(SPENT('address'))] })
    expect(await from('b')).toMatchObject({ made: 2 })
    expect(await from('c')).toEqual({ made: 1, others: [JSON.stringify(SPENT('network'))] })
    expect(await from('c', 'n2')).toMatchObject({ made: 1 })
    expect(await make(pool, {})).toMatchObject({ kind: 'identity' })
    vi.setSystemTime(START + HOUR)
    expect(await from('a')).toMatchObject({ made: 2 })
  })

  it('are kept, whatever is asked in whatever order', async () => {
    const budget = fc.integer({ min: 1, max: 6 })
    const step = fc.record({
      address: fc.integer({ min: 0, max: 3 }),
      network: fc.integer({ min: 0, max: 1 }),
      later: fc.constantFrom(0, 1, 20 * 60_000, HOUR, DAY),
      evicted: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(
        budget,
        budget,
        budget,
        fc.array(step, { maxLength: 40 }),
        async (day, address, network, steps) => {
          vi.setSystemTime(START)
          const pool = await limitedPool({
            'guests-per-day': String(day),
            'guests-per-address-hour': String(address),
            'guests-per-network-hour': String(network),
          })
          const made: { at: number; address: number; network: number }[] = []
          for (const one of steps) {
            vi.setSystemTime(Date.now() + one.later)
            const at = Date.now()
            const within = (ms: number) => made.filter((other) => Math.floor(other.at / ms) === Math.floor(at / ms))
            const room = {
              day: within(DAY).length < day,
              address: within(HOUR).filter((other) => other.address === one.address).length < address,
              network: within(HOUR).filter((other) => other.network === one.network).length < network,
            }
            const answer = await make(pool, { address: `a${one.address}`, network: `n${one.network}` })
            const first = Object.entries(room).find(([, has]) => !has)?.[0]
            expect(answer).toEqual(first ? SPENT(first) : { kind: 'identity', uuid: expect.any(String), guest: true })
            if (answer.kind === 'identity') made.push({ at, address: one.address, network: one.network })
          }
          expect(await guestsIn(pool)).toBe(made.length)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('count no call twice that comes again', async () => {
    const pool = await limitedPool({ 'guests-per-day': '2', 'guest-proof': 'work' })
    const again = () => make(pool, passOf('p', 1), { fresh: 'same' })
    const is = { kind: 'identity', uuid: 'same', guest: true }
    expect([await again(), await again(), await again()]).toEqual([is, is, is])
    expect(await make(pool, passOf('q'))).toMatchObject({ kind: 'identity' })
    expect(await make(pool, passOf('r'))).toEqual(SPENT('day'))
  })

  it('are told by a dry run, which spends nothing', async () => {
    const pool = await limitedPool({ 'guests-per-day': '1', 'guests-per-address-hour': '1', 'guest-proof': 'work' })
    const asked = { ...passOf('p', 1), address: 'a' }
    const before = await pool.dump()
    for (let n = 0; n < 3; n++)
      expect(await make(pool, asked, { fresh: 'new', dryRun: true })).toEqual({
        kind: 'identity',
        uuid: 'new',
        guest: true,
      })
    expect(await make(pool, {}, { dryRun: true })).toEqual(refused('guest_proof', 'missing'))
    expect(await pool.dump()).toEqual(before)
    expect(await make(pool, asked)).toMatchObject({ kind: 'identity' })
    expect(await make(pool, asked, { dryRun: true })).toEqual(SPENT('day'))
  })

  it('ask nothing of guests that the owner of the pool makes', async () => {
    const pool = await limitedPool({ 'guests-per-day': '1', 'guest-proof': 'work', 'new-guests': 'off' })
    for (const fresh of ['a', 'b'])
      expect(await make(pool, { exempt: true }, { fresh })).toEqual({ kind: 'identity', uuid: fresh, guest: true })
  })
})

describe('the number of a day', () => {
  it('is written down every hundred guests, so that an object that is killed forgets fewer', async () => {
    const pool = await limitedPool({ 'guests-per-day': '1000' })
    const perDay = { day: START / DAY, one: 1 }
    expect(await makeMany(pool, 1)).toMatchObject({ made: 1 })
    expect(await countRow(pool)).toEqual([{ ...perDay, made: 1 }])
    expect(await makeMany(pool, 99)).toMatchObject({ made: 99 })
    expect(await countRow(pool)).toEqual([{ ...perDay, made: 1 }])
    expect(await makeMany(pool, 350)).toMatchObject({ made: 350 })
    expect(await countRow(pool)).toEqual([{ ...perDay, made: 401 }])
    await pool.evict()
    const { made } = await makeMany(pool, 2000)
    expect(made).toBe(599)
    expect(await guestsIn(pool)).toBe(1049)
  })

  it('is written down by the alarm ten seconds later, so that nothing is forgotten that is left alone', async () => {
    const pool = await limitedPool({ 'guests-per-day': '1000' })
    await make(pool)
    await make(pool)
    const alarm = await inside(pool.id.tag, (_, { storage }) => storage.getAlarm())
    expect(alarm).toBe(START + 10_000)
    vi.setSystemTime(START + 10_000)
    expect(await runDurableObjectAlarm(stubOf(pool.id.tag))).toBe(true)
    expect(await countRow(pool)).toMatchObject([{ made: 2 }])
    expect(await inside(pool.id.tag, (_, { storage }) => storage.getAlarm())).toBeNull()
  })

  it('costs no row where no budget of a day is set', async () => {
    const pool = await limitedPool({ 'guests-per-address-hour': '1000' })
    await makeMany(pool, 200, () => ({ address: 'a' }))
    expect(await countRow(pool)).toEqual([])
  })
})

describe('what a guest costs', () => {
  it('is one call of one object, and its own row alone but for one in a hundred', async () => {
    const edge = new TroubledNamespace(env.IDENTITY_POOL)
    const pools = new Pools(edge.namespace, world)
    const pool = await limitedPool({ 'guests-per-day': '1000', 'guests-per-address-hour': '1000' })
    const ask = (asked: { identity?: IdentityId; guest?: GuestAsked }) =>
      pools.withSettings(pool.id, (known) =>
        pools.resolve(known, { logins: [], fresh: newIdentityId(pool.id, world), once: undefined, ...asked }),
      )
    const changes = async () => (await inside(pool.id.tag, (_, { storage }) => totalChanges(storage.sql))).n
    const first = await ask({ guest: { address: 'a' } })
    // The second one sets the alarm that writes the number of the day down.
    await ask({ guest: { address: 'a' } })
    const before = { changes: await changes(), calls: edge.calls.length }
    for (let n = 0; n < 50; n++) await ask({ guest: { address: 'a' } })
    expect(await changes()).toBe(before.changes + 50)
    expect(edge.calls.slice(before.calls)).toEqual(Array(50).fill(`${pool.id.tag}.makeGuest`))
    const known = parseIdentityId(`${REGION}:${first.kind === 'identity' ? first.uuid : ''}`) as IdentityId
    for (let n = 0; n < 5; n++) expect(await ask({ identity: known })).toEqual(first)
    expect(await changes()).toBe(before.changes + 50)
    expect(edge.calls.slice(before.calls + 50)).toEqual(Array(5).fill(`${pool.id.tag}.resolve`))
  })
})

describe('a pass', () => {
  it('makes as many guests as it is good for, in ten thousand tries at once, also after an eviction', async () => {
    const pool = await limitedPool({ 'guest-proof': 'work' })
    const tries = Array.from({ length: 100 }, () => makeMany(pool, 100, () => passOf('guest w1')))
    const results = await Promise.all(tries)
    expect(results.reduce((sum, { made }) => sum + made, 0)).toBe(3)
    expect(new Set(results.flatMap(({ others }) => others))).toEqual(
      new Set([JSON.stringify(refused('guest_proof', 'used'))]),
    )
    expect(await guestsIn(pool)).toBe(3)
    await pool.evict()
    expect(await make(pool, passOf('guest w1'))).toEqual(refused('guest_proof', 'used'))
    expect(await make(pool, passOf('guest w2'))).toMatchObject({ kind: 'identity' })
  })

  it('is needed where the pool asks for a proof, and forgotten when it has expired', async () => {
    const pool = await limitedPool({ 'guest-proof': 'either' })
    expect(await make(pool)).toEqual(refused('guest_proof', 'missing'))
    await make(pool, passOf('guest w1'))
    expect((await pool.dump()).used_proof).toHaveLength(1)
    vi.setSystemTime(START + 10 * 60_000)
    await runDurableObjectAlarm(stubOf(pool.id.tag))
    expect((await pool.dump()).used_proof).toEqual([])
  })
})

describe('a spread pool', () => {
  const spreadPool = async (tags: Readonly<Record<string, string>>) => {
    const pools = new Pools(env.IDENTITY_POOL, world)
    const id = newPoolId(REGION, world)
    await pools.create(id, ACCOUNT, { ...SETTINGS, ...tagsOf({ shards: '4', ...tags }) }, 'op')
    const ask = (guest: GuestAsked, slot?: number, dryRun = false) =>
      pools.withSettings(id, (pool) =>
        pools.resolve(pool, { logins: [], fresh: newIdentityId(id, world, slot), once: undefined, guest, dryRun }),
      )
    return { pools, id, ask }
  }

  it('gives each object its share of a day, so that all together keep to it', async () => {
    const { ask } = await spreadPool({ 'guests-per-day': '10' })
    const made = [0, 0, 0, 0]
    for (let n = 0; n < 24; n++) {
      const answer = await ask({}, (n % 4) * 1024)
      if (answer.kind === 'identity') made[n % 4] = (made[n % 4] ?? 0) + 1
      else expect(answer).toEqual(SPENT('day'))
    }
    expect(made).toEqual([3, 3, 3, 3])
  })

  it('counts an address and a pass at the object that the Worker chooses by them', async () => {
    const { ask } = await spreadPool({ 'guests-per-address-hour': '2', 'guest-proof': 'work' })
    const from = (address: string, pass: string) => ask({ address, ...passOf(pass) }, 7)
    expect((await from('a', 'p')).kind).toBe('identity')
    expect(await ask({ address: 'a', ...passOf('p') }, 7, true)).toMatchObject({ kind: 'identity' })
    expect((await from('a', 'p')).kind).toBe('identity')
    expect(await from('a', 'p')).toEqual(SPENT('address'))
    expect((await from('b', 'p')).kind).toBe('identity')
    expect(await from('b', 'p')).toEqual(refused('guest_proof', 'used'))
  })

  it('makes none for a Worker that does not know what it asks', async () => {
    const { id, pools } = await spreadPool({ 'new-guests': 'off' })
    const asked = await pools.withSettings(id, (pool) =>
      pools.resolve(pool, { logins: [], fresh: newIdentityId(id, world), once: undefined }),
    )
    expect(asked).toEqual({ kind: 'guests_refused' })
  })
})

describe.each([...RELEASES])('a Worker of %s', (_, build) => {
  it('is given guests within the budget of the day, and else what it knows', async () => {
    const pools = new build.Pools(env.IDENTITY_POOL)
    const pool = await limitedPool({ 'guests-per-day': '1' })
    const ask = () =>
      pools.withSettings(pool.id, (known: object) =>
        pools.resolve(known, { logins: [], fresh: newIdentityId(pool.id, world), once: undefined }),
      )
    expect(await ask()).toMatchObject({ kind: 'identity', guest: true })
    expect(await ask()).toEqual({ kind: 'guests_refused' })
    await pool.object.change(pool.address, { kind: 'tag', ...tagsOf({ 'new-guests': 'off', 'guests-per-day': '9' }) })
    expect(await ask()).toEqual({ kind: 'guests_refused' })
    await pool.object.change(pool.address, { kind: 'tag', ...tagsOf({ 'new-guests': 'on' }) })
    expect(await ask()).toMatchObject({ kind: 'identity', guest: true })
    await pool.object.change(pool.address, { kind: 'tag', ...tagsOf({ 'guest-proof': 'work' }) })
    expect(await ask()).toEqual({ kind: 'guests_refused' })
  })
})

describe.each([...RELEASES])('an object of %s', (_, build) => {
  it('is not asked for guests that it would not count: the call may be tried again', async () => {
    const pools = new Pools(runBy(env.IDENTITY_POOL, build.IdentityPool), world)
    const id = newPoolId(REGION, world)
    await pools.create(id, ACCOUNT, { ...SETTINGS, ...tagsOf({ 'guests-per-day': '1' }) }, 'op')
    const ask = (guest?: GuestAsked) =>
      pools.withSettings(id, (pool) =>
        pools.resolve(pool, { logins: [], fresh: newIdentityId(id, world), once: undefined, guest }),
      )
    await expect(ask({})).rejects.toMatchObject({ name: 'OtherVersion' })
    expect(await ask()).toMatchObject({ kind: 'identity', guest: true })
  })
})
