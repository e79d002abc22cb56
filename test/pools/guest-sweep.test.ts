import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { newIdentityId, newPoolId } from '../../src/base/ids.ts'
import { Pools, uuidOf } from '../../src/pools/index.ts'
import { SWEEP_DELETES } from '../../src/pools/limits.ts'
import {
  ACCOUNT,
  evict,
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

const DAY = 86_400_000
const TTL = 'edge-identity:guest-ttl-days'
const LAST_USED = 'edge-identity:last-used-days'
const tags = (given: Readonly<Record<string, string>>) => ({ tags: new Map(Object.entries(given)) })

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
beforeEach(() => {
  vi.setSystemTime(START)
})
afterAll(() => {
  vi.useRealTimers()
})

const poolWith = (ttl: number, lastUsed = 1) => openPool(tags({ [TTL]: String(ttl), [LAST_USED]: String(lastUsed) }))
const alarmAt = (tag: string) => inside(tag, (_, { storage }) => storage.getAlarm())
const onDay = (day: number) => vi.setSystemTime(START + day * DAY)

/** Lets the alarm run for as long as it is due; how often it ran. */
async function settle(tag: string): Promise<number> {
  for (let runs = 0; ; runs++) {
    const at = await alarmAt(tag)
    if (at === null || at > Date.now() + 1_000) return runs
    await runDurableObjectAlarm(stubOf(tag))
  }
}

/** Goes on day by day, so that each sweep comes to its hour. */
async function liveUntil(pool: TestPool, from: number, to: number): Promise<void> {
  for (let day = from; day <= to; day++) {
    onDay(day)
    await settle(pool.id.tag)
  }
}

describe('a guest that nobody uses', () => {
  it('is deleted once its days are over, and its id is that of nobody then', async () => {
    const pool = await poolWith(3)
    await pool.resolve([], { fresh: 'idle' })
    await pool.resolve([], { fresh: 'used' })
    await pool.resolve([publicLogin('idp', 'ana')], { fresh: 'user' })
    await liveUntil(pool, 0, 2)
    await pool.resolve([], { identity: 'used' })
    await liveUntil(pool, 3, 3)
    expect(Object.keys(await pool.holdings())).toEqual(['idle', 'used', 'user'])
    await liveUntil(pool, 4, 5)
    expect(Object.keys(await pool.holdings())).toEqual(['used', 'user'])
    expect(await pool.resolve([], { identity: 'idle' })).toEqual({ kind: 'no_identity' })
    expect(await pool.resolve([], { identity: 'used' })).toEqual({ kind: 'identity', uuid: 'used', guest: true })
    await liveUntil(pool, 6, 12)
    expect(await pool.holdings()).toEqual({ user: 'member: idp/ana' })
  })

  it('stays for as long as a use may be later than what is kept of it', async () => {
    const pool = await poolWith(3, 7)
    await pool.resolve([], { fresh: 'idle' })
    await liveUntil(pool, 0, 9)
    expect(Object.keys(await pool.holdings())).toEqual(['idle'])
    await liveUntil(pool, 10, 10)
    expect(await pool.holdings()).toEqual({})
  })

  it('is watched from the day on that the pool has a lifetime, however old it is', async () => {
    const pool = await openPool(tags({ [LAST_USED]: '1' }))
    await pool.resolve([], { fresh: 'old' })
    onDay(100)
    await pool.object.change(pool.address, { kind: 'tag', ...tags({ [TTL]: '3' }) })
    await liveUntil(pool, 100, 103)
    expect(Object.keys(await pool.holdings())).toEqual(['old'])
    await pool.evict()
    await liveUntil(pool, 104, 104)
    expect(await pool.holdings()).toEqual({})
  })

  it.each([
    ['more', '30', '1'],
    ['less', '1', '30'],
  ])(
    'goes after its days of no use where uses are kept %s exactly from a day on, and not before',
    async (_, one, two) => {
      const pool = await poolWith(10, Number(one))
      await pool.resolve([], { fresh: 'busy' })
      for (let day = 0; day <= 28; day++) {
        await liveUntil(pool, day, day)
        expect(await pool.resolve([], { identity: 'busy' })).toMatchObject({ kind: 'identity' })
      }
      await pool.object.change(pool.address, { kind: 'tag', ...tags({ [LAST_USED]: two }) })
      await pool.evict()
      await liveUntil(pool, 28, 37)
      expect(Object.keys(await pool.holdings())).toEqual(['busy'])
      await liveUntil(pool, 38, 28 + 10 + 31)
      expect(await pool.holdings()).toEqual({})
    },
  )

  it('stays where the lifetime is taken away, and is watched anew if it comes back', async () => {
    const pool = await poolWith(3)
    await pool.resolve([], { fresh: 'idle' })
    await liveUntil(pool, 0, 3)
    await pool.object.change(pool.address, { kind: 'untag', keys: [TTL] })
    await liveUntil(pool, 4, 10)
    expect((await pool.dump()).guest_sweep).toEqual([])
    expect(await alarmAt(pool.id.tag)).toBeNull()
    await pool.object.change(pool.address, { kind: 'tag', ...tags({ [TTL]: '3' }) })
    await liveUntil(pool, 10, 13)
    expect(Object.keys(await pool.holdings())).toEqual(['idle'])
    await liveUntil(pool, 14, 14)
    expect(await pool.holdings()).toEqual({})
  })

  it('goes with many others, some in each run of the alarm, which comes back the next day', async () => {
    const pool = await poolWith(1)
    const count = 3 * SWEEP_DELETES + 7
    await inside(pool.id.tag, (object) => {
      for (let n = 0; n < count; n++)
        object.resolve({ region: REGION, version: 1, logins: [], fresh: `guest-${String(n).padStart(6, '0')}` })
    })
    await liveUntil(pool, 0, 1)
    onDay(2)
    const left: number[] = []
    for (
      let at = await alarmAt(pool.id.tag);
      at !== null && at <= Date.now() + 1_000;
      at = await alarmAt(pool.id.tag)
    ) {
      await runDurableObjectAlarm(stubOf(pool.id.tag))
      left.push((await pool.dump()).identity?.length ?? 0)
    }
    expect(left).toEqual([count - SWEEP_DELETES, count - 2 * SWEEP_DELETES, 7, 0])
    const next = await alarmAt(pool.id.tag)
    expect(next).toBeGreaterThan(Date.now())
    expect(next).toBeLessThanOrEqual(Date.now() + DAY)
  })

  it('is deleted in an object of a spread pool too', async () => {
    const pools = new Pools(env.IDENTITY_POOL, world)
    const id = newPoolId(REGION, world)
    const settings = { ...SETTINGS, ...tags({ [TTL]: '1', [LAST_USED]: '1', 'edge-identity:shards': '2' }) }
    await pools.create(id, ACCOUNT, settings, 'op')
    const fresh = newIdentityId(id, world, 3000)
    const use = (identity?: typeof fresh) =>
      pools.withSettings(id, (pool) => pools.resolve(pool, { logins: [], fresh, identity, once: undefined }))
    expect(await use()).toEqual({ kind: 'identity', uuid: uuidOf(fresh), guest: true })
    const second = `${id.tag}/1`
    for (let day = 0; day <= 3; day++) {
      onDay(day)
      await settle(second)
    }
    expect(await use(fresh)).toEqual({ kind: 'no_identity' })
    await evict(second)
    expect(await alarmAt(second)).toBeGreaterThan(Date.now())
  })
})

describe('whatever happens to guests while others are swept', () => {
  it('a user stays, a guest in use stays, and one that nobody uses goes', async () => {
    const ttl = 3
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e')
    const step = fc.oneof(
      fc.record({ does: fc.constant('make' as const), name }),
      fc.record({ does: fc.constant('use' as const), name }),
      fc.record({ does: fc.constant('link' as const), name }),
      fc.record({ does: fc.constant('alarm' as const), name }),
      fc.record({ does: fc.constant('day' as const), name }),
      fc.record({ does: fc.constant('evict' as const), name }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        onDay(0)
        const pool = await poolWith(ttl)
        const [used, users] = [new Map<string, number>(), new Set<string>()]
        let day = 0
        for (const { does, name } of steps) {
          if (does === 'day') onDay(++day)
          else if (does === 'alarm') await runDurableObjectAlarm(stubOf(pool.id.tag))
          else if (does === 'evict') await pool.evict()
          else if (does === 'make') {
            if (!used.has(name)) await pool.resolve([], { fresh: name })
            if (!used.has(name)) used.set(name, day)
          } else {
            const logins = does === 'link' || users.has(name) ? [publicLogin('idp', name)] : []
            const answer = await pool.resolve(logins, { identity: name })
            if (answer.kind === 'identity') used.set(name, day)
            if (answer.kind === 'identity' && logins.length > 0) users.add(name)
          }
          const there = Object.keys(await pool.holdings())
          for (const [one, last] of used) {
            if (users.has(one) || day - last <= ttl) expect(there).toContain(one)
            if (!there.includes(one)) used.delete(one)
          }
        }
        // In the end nobody is left but users.
        for (let later = 1; later <= ttl + 3; later++) {
          onDay(day + later)
          await settle(pool.id.tag)
        }
        expect(Object.keys(await pool.holdings()).sort()).toEqual([...users].sort())
      }),
      { numRuns: 20 },
    )
  })
})

describe('a lifetime of guests', () => {
  it('needs that it is kept when they were used', async () => {
    const pool = await poolWith(3)
    const off = { kind: 'tag', ...tags({ [LAST_USED]: 'off' }) } as const
    expect(await pool.object.change(pool.address, off)).toEqual({ kind: 'ttl_needs_last_use' })
    await pool.object.change(pool.address, { kind: 'untag', keys: [TTL] })
    expect(await pool.object.change(pool.address, off)).toMatchObject({ kind: 'pool' })
    expect(await pool.object.change(pool.address, { kind: 'tag', ...tags({ [TTL]: '3' }) })).toEqual({
      kind: 'ttl_needs_last_use',
    })
  })
})
