import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type IdentityId, newIdentityId, newPoolId, newUuid, type PoolId, parseIdentityId } from '../../src/base/ids.ts'
import { ErasureTable } from '../../src/pools/erasure-table.ts'
import {
  type Counts,
  Pools,
  type ProvenLogin,
  poolStatistics,
  restrictIdentity,
  type Statistics,
  WITHOUT_END,
} from '../../src/pools/index.ts'
import { COUNT_ROWS, COUNTS_LAST_MS, MAX_PROVIDERS_COUNTED } from '../../src/pools/limits.ts'
import { bounded, sum } from '../../src/pools/statistics.ts'
import { ACCOUNT, developerUser, inside, publicLogin, REGION, SETTINGS, START, stubOf, world } from './support.ts'

const DAY = 86_400_000
const NONE: Counts = {
  ...{ guests: 0, members: 0, disabled: 0, blocked: 0, unusedGuests: 0, unusedMembers: 0 },
  logins: [],
}

let pools: Pools
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  pools = new Pools(env.IDENTITY_POOL, world)
})
afterEach(() => {
  vi.useRealTimers()
})

/** A pool, and how many objects it has by now. */
class CountedPool {
  readonly id: PoolId = newPoolId(REGION, world)
  objects = 1

  static async of(objects: number, tags: Record<string, string> = {}): Promise<CountedPool> {
    const pool = new CountedPool()
    pool.objects = objects
    const all = new Map(Object.entries({ ...tags, ...(objects > 1 && { 'edge-identity:shards': String(objects) }) }))
    const settings = { ...SETTINGS, developerProvider: 'login.shop', tags: all }
    await pools.create(pool.id, ACCOUNT, settings, newUuid(world))
    return pool
  }

  async identityOf(logins: readonly ProvenLogin[]): Promise<IdentityId> {
    const found = await pools.withSettings(this.id, (pool) =>
      pools.resolve(pool, { logins, fresh: newIdentityId(this.id, world), once: undefined }),
    )
    if (found.kind !== 'identity') throw new Error(found.kind)
    return parseIdentityId(`${REGION}:${found.uuid}`) as IdentityId
  }

  async ask(): Promise<Statistics> {
    const { kind, ...statistics } = (await poolStatistics(pools, this.id, ACCOUNT)) as Statistics & { kind: string }
    expect(kind).toBe('statistics')
    return statistics
  }

  /** Lets each object do some of what its alarm is for. */
  async alarms(): Promise<void> {
    for (let number = 0; number < this.objects; number++)
      await runDurableObjectAlarm(stubOf(number === 0 ? this.id.tag : `${this.id.tag}/${number}`))
  }

  /** What is counted, once that is done. */
  async counted(): Promise<Statistics['counted']> {
    for (let turn = 0; turn < 20; turn++) {
      const { counted, counting } = await this.ask()
      if (counted && !counting) return counted
      await this.alarms()
    }
    throw new Error('the count comes to no end')
  }

  async rows(): Promise<number> {
    const found = await inside(this.id.tag, (_, { storage }) => storage.sql.exec('SELECT * FROM statistics').toArray())
    return found.length
  }
}

const withLogins = (counts: Counts | undefined) =>
  counts && { ...counts, logins: [...counts.logins].sort((a, b) => (a.provider < b.provider ? -1 : 1)) }

describe.each([1, 4])('the statistics of a pool over %i objects', (objects) => {
  it('count states, providers, blocks and who was not used for thirty days', async () => {
    const pool = await CountedPool.of(objects)
    const [ana, ben] = [publicLogin('idp', 'ana'), publicLogin('idp-3', 'ben')]
    await pool.identityOf([ana, publicLogin('idp-2', 'ana')])
    await pool.identityOf([developerUser('dan', 'login.shop')])
    for (let n = 0; n < 3; n++) await pool.identityOf([])
    vi.setSystemTime(START + 37 * DAY)
    await pool.identityOf([ben])
    await pool.identityOf([ana, ben])
    await pool.identityOf([])
    const blocked = await pool.identityOf([])
    const restriction = { restriction: 'block', until: WITHOUT_END, reason: undefined } as const
    expect(await restrictIdentity(pools, pool.id, ACCOUNT, blocked, restriction)).toMatchObject({ kind: 'restricted' })

    // Two users have become one, who was used when the younger was made.
    const counted = await pool.counted()
    const { unusedMembers, ...counts } = withLogins(counted?.counts) ?? NONE
    expect({ at: counted?.at, ...counts }).toEqual({
      at: START + 37 * DAY,
      ...{ guests: 5, members: 2, disabled: 1, blocked: 1, unusedGuests: 3 },
      logins: [
        { provider: 'idp', developer: false, logins: 1 },
        { provider: 'idp-2', developer: false, logins: 1 },
        { provider: 'idp-3', developer: false, logins: 1 },
        { provider: 'login.shop', developer: true, logins: 1 },
      ],
    })
    expect(unusedMembers).toBe(1)
  })

  it('are begun by asking, tell how far they are, and are good for an hour', async () => {
    const pool = await CountedPool.of(objects)
    await pool.identityOf([])
    expect(await pool.rows()).toBe(0)
    await pool.alarms()
    expect(await pool.rows()).toBe(0)
    expect(await pool.ask()).toEqual({ counted: undefined, counting: { since: START, identities: 0, share: 0 } })
    const first = await pool.counted()
    expect(first).toEqual({ at: START, counts: { ...NONE, guests: 1 } })

    await pool.identityOf([])
    vi.setSystemTime(START + COUNTS_LAST_MS - 1)
    await pool.alarms()
    expect(await pool.ask()).toEqual({ counted: first, counting: undefined })
    vi.setSystemTime(START + COUNTS_LAST_MS)
    expect(await pool.ask()).toMatchObject({ counted: first, counting: { since: START + COUNTS_LAST_MS } })
    expect(await pool.counted()).toEqual({ at: START + COUNTS_LAST_MS, counts: { ...NONE, guests: 2 } })
  })

  it('say nothing of uses where the pool keeps none', async () => {
    const pool = await CountedPool.of(objects, { 'edge-identity:last-used-days': 'off' })
    await pool.identityOf([])
    vi.setSystemTime(START + 400 * DAY)
    const { unusedGuests, unusedMembers, ...others } = NONE
    expect((await pool.counted())?.counts).toEqual({ ...others, guests: 1 })
  })
})

it('a large pool is counted some at a time, and the previous counts are told meanwhile', async () => {
  const pool = await CountedPool.of(1)
  const empty = await pool.counted()
  const all = 2 * COUNT_ROWS + 1
  await inside(pool.id.tag, (_, { storage }) => {
    const uuid = "?1 || '-0000-8' || printf('%03x', value % 4096) || '-8000-' || printf('%012x', value)"
    storage.sql.exec(
      `INSERT INTO identity (uuid, state, created_at, modified_at)
       WITH RECURSIVE many (value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM many WHERE value + 1 < ?2)
       SELECT ${uuid}, 'guest', ?3, ?3 FROM many`,
      ...[pool.id.tag, all, START],
    )
  })
  vi.setSystemTime(START + COUNTS_LAST_MS)
  const seen: unknown[] = []
  for (let turn = 0; turn < 4; turn++) {
    const { counted, counting } = await pool.ask()
    seen.push([counted?.counts.guests, counting?.identities, counting && Math.round(10 * counting.share)])
    await pool.alarms()
  }
  expect(empty?.counts).toEqual(NONE)
  expect(seen).toEqual([
    [0, 0, 0],
    [0, COUNT_ROWS, 5],
    [0, 2 * COUNT_ROWS, 10],
    [all, undefined, undefined],
  ])
})

it('a count goes on from the one before, where the identity that it has come to is erased', async () => {
  const id = newPoolId(REGION, world)
  await stubOf(id.tag).create(id.text, ACCOUNT, SETTINGS, newUuid(world))
  await inside(id.tag, (_, { storage: { sql } }) => {
    for (const uuid of ['a', 'b', 'c', 'd'])
      sql.exec("INSERT INTO identity (uuid, state, created_at, modified_at) VALUES (?, 'guest', 0, 0)", uuid)
    const cursors = ['c', 'a'].map((cursor) => {
      sql.exec(
        "INSERT OR REPLACE INTO statistics (kind, slots, begun_at, cursor, counts) VALUES ('counting', '', 0, ?, '')",
        cursor,
      )
      new ErasureTable(sql).delete(cursor === 'c' ? ['b', 'c'] : ['a'])
      return sql.exec<{ cursor: string }>('SELECT cursor FROM statistics').one().cursor
    })
    expect(cursors).toEqual(['a', ''])
  })
})

it('counts of slots that have come or gone since are not told', async () => {
  const pool = await CountedPool.of(1)
  const users = Array.from({ length: 20 }, (_, n) => publicLogin('idp', `user-${n}`))
  for (const user of users) await pool.identityOf([user])
  expect((await pool.counted())?.counts.members).toBe(users.length)
  vi.useRealTimers()
  await pools.change(pool.id, ACCOUNT, { kind: 'tag', tags: new Map([['edge-identity:shards', '4']]) })
  for (;;) {
    const described = await pools.describeSpread(pool.id, ACCOUNT)
    if (described.kind === 'described' && described.growth?.phase === 'done') break
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  pool.objects = 4
  expect((await pool.ask()).counted).toBeUndefined()
  const counted = await pool.counted()
  expect(counted?.counts).toMatchObject({ members: users.length, logins: [{ provider: 'idp', logins: users.length }] })
})

it('counts by name as many providers as have a bound, and the least used as one', () => {
  const used = Array.from({ length: MAX_PROVIDERS_COUNTED + 5 }, (_, n) => ({
    provider: `p${n}`,
    developer: false,
    logins: n + 1,
  }))
  const { logins } = bounded({ ...NONE, logins: used })
  expect(logins).toHaveLength(MAX_PROVIDERS_COUNTED)
  expect(logins).toContainEqual({ provider: 'other providers', developer: false, logins: 1 + 2 + 3 + 4 + 5 + 6 })
  expect(logins.reduce((so, one) => so + one.logins, 0)).toBe(used.reduce((so, one) => so + one.logins, 0))
  expect(bounded({ ...NONE, logins: logins.slice(1) }).logins).toEqual(logins.slice(1))
})

it('sums know what all parts know', () => {
  const idp = { provider: 'idp', developer: false, logins: 2 }
  const one = { ...NONE, members: 2, unusedMembers: undefined, logins: [idp, { ...idp, developer: true }] }
  const other = { ...NONE, guests: 1, members: 3, unusedMembers: 1, logins: [{ ...idp, logins: 3 }] }
  expect(sum([one, other])).toEqual({
    ...{ ...NONE, guests: 1, members: 5, unusedMembers: undefined },
    logins: [
      { ...idp, logins: 5 },
      { ...idp, developer: true },
    ],
  })
})
