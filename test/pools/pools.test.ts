import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TimedOut } from '../../src/base/deadline.ts'
import { type IdentityId, newIdentityId, newPoolId, newUuid, type PoolId } from '../../src/base/ids.ts'
import { CACHE_BYTES } from '../../src/base/memory.ts'
import { OBJECT_READ_MS, OBJECT_WRITE_MS, Overloaded } from '../../src/base/objects.ts'
import {
  type IdentityPool,
  type NoPool,
  type Pool,
  type PoolSettings,
  Pools,
  type Stale,
  uuidOf,
} from '../../src/pools/index.ts'
import { shortenTimeLimits } from '../support/time-limits.ts'
import {
  ACCOUNT,
  developerUser,
  inside,
  openPool,
  publicLogin,
  REGION,
  SETTINGS,
  type TestPool,
  world,
} from './support.ts'
import { platformError, TroubledNamespace } from './troubled-namespace.ts'

const ana = publicLogin('idp', 'ana')

let edge: TroubledNamespace<IdentityPool>
let pools: Pools

beforeEach(() => {
  edge = new TroubledNamespace(env.IDENTITY_POOL)
  pools = new Pools(edge.namespace, world)
})

/** Methods of the pool's object that were called since the last time this was asked. */
function calls() {
  return edge.calls.splice(0).map((call) => call.slice(call.indexOf('.') + 1))
}

/** GetId, in short: looks at the settings, then resolves. */
function signIn(pool: TestPool, { allowed = (_: Pool): boolean => true, fresh = newIdentityId(pool.id, world) } = {}) {
  return pools.withSettings(pool.id, async (settings) => {
    if (!allowed(settings)) throw new Error('refused by the settings')
    return pools.resolve(settings, { logins: [ana], fresh, once: undefined })
  })
}

function changeElsewhere(pool: TestPool, settings: Partial<PoolSettings>) {
  return pool.object.change(pool.address, { kind: 'replace', settings })
}

async function refusal(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => 'no refusal',
    (error: unknown) => error,
  )
}

describe('settings in memory', () => {
  it('are read once, so that a warm call is one call of the object', async () => {
    const pool = await openPool()
    const first = await signIn(pool)
    expect(calls()).toEqual(['readByRegion', 'resolve'])
    expect(await signIn(pool)).toEqual(first)
    expect(calls()).toEqual(['resolve'])
  })

  it('are shared by the pool’s id and the ids of its identities', async () => {
    const pool = await openPool()
    await signIn(pool)
    calls()
    const seen = await pools.withSettings(newIdentityId(pool.id, world), async ({ id }) => ({ kind: 'seen', id }))
    expect(seen).toEqual({ kind: 'seen', id: pool.id.text })
    expect(calls()).toEqual([])
  })

  it('start the work again once they turn out to be outdated, with the new ones', async () => {
    const pool = await openPool()
    await signIn(pool)
    await changeElsewhere(pool, { name: 'store' })
    calls()
    const seen: string[] = []
    const answer = await signIn(pool, { allowed: ({ settings }) => seen.push(settings.name) > 0 })
    expect(answer).toMatchObject({ kind: 'identity' })
    expect(seen).toEqual(['shop', 'store'])
    expect(calls()).toEqual(['resolve', 'resolve'])
    await signIn(pool)
    expect(calls()).toEqual(['resolve'])
  })

  it('are outdated too if the pool was restored to an earlier version, for every call that decides', async () => {
    const pool = await openPool({ name: 'listed' })
    const before = await pool.dump()
    await changeElsewhere(pool, { name: 'with another provider' })
    await signIn(pool)
    const [row = {}] = before.pool ?? []
    await inside(pool.id.tag, (_, { storage }) =>
      storage.sql.exec('UPDATE pool SET settings = ?, version = ?', row.settings, row.version),
    )
    await pool.evict()
    const seen: string[] = []
    const work = (decide: (settings: Pool) => Promise<{ kind: string } | Stale | NoPool>) =>
      pools.withSettings(pool.id, (settings) => {
        seen.push(settings.settings.name)
        return decide(settings)
      })
    const identity = newIdentityId(pool.id, world)
    const logins = { logins: [ana], once: undefined }
    expect(await work((settings) => pools.resolve(settings, { ...logins, fresh: identity }))).toMatchObject({
      kind: 'identity',
    })
    expect(seen).toEqual(['with another provider', 'listed'])

    await changeElsewhere(pool, { name: 'third' })
    await work((settings) => pools.resolve(settings, { ...logins, fresh: identity }))
    await inside(pool.id.tag, (_, { storage }) =>
      storage.sql.exec('UPDATE pool SET settings = ?, version = ?', row.settings, row.version),
    )
    await pool.evict()
    seen.splice(0)
    const unlinking = { identity, proven: [ana], providers: ['idp'], once: undefined, operation: newUuid(world) }
    await work((settings) => pools.unlink(settings, unlinking))
    expect(seen).toEqual(['third', 'listed'])
  })

  it('start the work again each time that they change while it runs', async () => {
    const pool = await openPool()
    await signIn(pool)
    let changes = 0
    const answer = await pools.withSettings(pool.id, async (settings) => {
      if (changes < 3) await changeElsewhere(pool, { name: `change ${++changes}` })
      return pools.resolve(settings, { logins: [ana], fresh: newIdentityId(pool.id, world), once: undefined })
    })
    expect(answer).toMatchObject({ kind: 'identity' })
  })

  it('do not refuse a call by themselves: they are read again, and the newer ones decide', async () => {
    const pool = await openPool({ allowClassicFlow: false })
    await signIn(pool)
    await changeElsewhere(pool, { allowClassicFlow: true })
    calls()
    const answer = await signIn(pool, { allowed: ({ settings }) => settings.allowClassicFlow === true })
    expect(answer).toMatchObject({ kind: 'identity' })
    expect(calls()).toEqual(['readByRegion', 'resolve'])
  })

  it('refuse a call that the newest refuse too', async () => {
    const pool = await openPool()
    await signIn(pool)
    calls()
    expect(await refusal(signIn(pool, { allowed: () => false }))).toEqual(new Error('refused by the settings'))
    expect(calls()).toEqual(['readByRegion'])
    await changeElsewhere(pool, { name: 'store' })
    expect(await refusal(signIn(pool, { allowed: () => false }))).toEqual(new Error('refused by the settings'))
  })

  it('refuse a call at once that were read for it', async () => {
    const pool = await openPool()
    expect(await refusal(signIn(pool, { allowed: () => false }))).toEqual(new Error('refused by the settings'))
    expect(calls()).toEqual(['readByRegion'])
  })

  it('of a pool that was deleted elsewhere are forgotten, whether the work finds out or the settings refuse it', async () => {
    const pool = await openPool()
    await signIn(pool)
    await pool.object.delete(pool.address, newUuid(world))
    expect(await signIn(pool, { allowed: () => true })).toEqual({ kind: 'no_pool' })
    calls()
    expect(await signIn(pool)).toEqual({ kind: 'no_pool' })
    expect(calls()).toEqual(['readByRegion'])
    const other = await openPool()
    await signIn(other)
    await other.object.delete(other.address, newUuid(world))
    expect(await signIn(other, { allowed: () => false })).toEqual({ kind: 'no_pool' })
  })

  it('of a pool that is deleted here are forgotten', async () => {
    const pool = await openPool()
    await signIn(pool)
    await pools.delete(pool.id, ACCOUNT, newUuid(world))
    calls()
    expect(await signIn(pool)).toEqual({ kind: 'no_pool' })
    expect(calls()).toEqual(['readByRegion'])
  })

  it('of a pool that never was are looked for each time, and the work does not start', async () => {
    const nowhere = newPoolId(REGION, world)
    for (let n = 0; n < 2; n++)
      expect(await pools.withSettings(nowhere, () => Promise.reject(new Error('worked')))).toEqual({ kind: 'no_pool' })
    expect(calls()).toEqual(['readByRegion', 'readByRegion'])
  })

  it('are not those of a pool in another region with the same tag', async () => {
    const pool = await openPool()
    await signIn(pool)
    const elsewhere: PoolId = { ...pool.id, text: pool.id.text.replace(REGION, 'eu-west-1'), region: 'eu-west-1' }
    let worked = false
    const work = async () => {
      worked = true
      return { kind: 'worked' }
    }
    expect(await pools.withSettings(elsewhere, work)).toEqual({ kind: 'no_pool' })
    expect(worked).toBe(false)
  })

  it('are kept up to a number of bytes; those longest unused go', async () => {
    const read: string[] = []
    const tags = new Map([['large', 'x'.repeat(CACHE_BYTES.poolSettings / 4)]])
    const pool = { id: '', account: ACCOUNT, version: 1, settings: { ...SETTINGS, tags } }
    const getByName = (name: string) => {
      read.push(name)
      return { readByRegion: async () => ({ kind: 'pool', pool }) }
    }
    const many = new Pools({ getByName } as unknown as DurableObjectNamespace<IdentityPool>, world)
    const look = (tag: string) => many.withSettings({ text: '', region: REGION, tag }, async () => ({ kind: 'seen' }))
    for (const tag of ['a', 'b', 'c', 'a', 'd']) await look(tag)
    read.splice(0)
    for (const tag of ['c', 'a', 'd']) await look(tag)
    expect(read).toEqual([])
    await look('b')
    expect(read).toEqual(['b'])
  })
})

describe('a call that the platform failed', () => {
  const again = [{ retryable: true }, { durableObjectReset: true }, { retryable: true, durableObjectReset: true }]

  it.each(again)(
    'is made once more on a fresh stub when that says %j, and is recognised if it was done',
    async (flags) => {
      const pool = await openPool()
      await signIn(pool)
      const fresh = newIdentityId(pool.id, world)
      for (const when of ['before', 'after'] as const) {
        calls()
        edge.stubs.splice(0)
        edge.trouble({ [when]: platformError(flags) } as { before: Error })
        const guest = await pools.withSettings(pool.id, (settings) =>
          pools.resolve(settings, { logins: [], fresh, once: undefined }),
        )
        expect(guest).toEqual({ kind: 'identity', uuid: uuidOf(fresh), guest: true })
        expect(calls()).toEqual(['resolve', 'resolve'])
        expect(edge.stubs).toHaveLength(2)
      }
      const guests = Object.values(await pool.holdings()).filter((held) => held === 'guest')
      expect(guests).toHaveLength(1)
    },
  )

  it.each(again)('is not made a third time: %j', async (flags) => {
    const pool = await openPool()
    const error = platformError(flags)
    edge.trouble({ before: error }, { before: error }, { before: error })
    expect(await refusal(pools.read(pool.id, ACCOUNT))).toBe(error)
    expect(calls()).toEqual(['read', 'read'])
  })

  it('is not made again when the platform does not say that it may be', async () => {
    const pool = await openPool()
    const error = platformError({})
    edge.trouble({ before: error })
    expect(await refusal(pools.read(pool.id, ACCOUNT))).toBe(error)
    expect(calls()).toEqual(['read'])
  })

  it.each([
    { overloaded: true },
    { overloaded: true, retryable: true },
    { overloaded: true, durableObjectReset: true },
  ])('leaves an overloaded object alone: %j', async (flags) => {
    const pool = await openPool()
    edge.trouble({ before: platformError(flags) })
    expect(await refusal(pools.read(pool.id, ACCOUNT))).toBeInstanceOf(Overloaded)
    expect(calls()).toEqual(['read'])
    await signIn(pool)
    calls()
    edge.trouble({ before: platformError(flags) })
    expect(await refusal(signIn(pool))).toBeInstanceOf(Overloaded)
    expect(calls()).toEqual(['resolve'])
  })

  it('is recognised when it created, deleted or unlinked and its answer was lost', async () => {
    const lost = { after: platformError({ durableObjectReset: true }) }
    const id = newPoolId(REGION, world)
    edge.trouble(lost)
    const created = await pools.create(id, ACCOUNT, SETTINGS, newUuid(world))
    expect(created).toMatchObject({ kind: 'pool', pool: { id: id.text, version: 1 } })
    const pool = await openPool()
    const identity = newIdentityId(pool.id, world)
    await signIn(pool, { fresh: identity })
    const { pool: settings } = (await pools.read(pool.id, ACCOUNT)) as { pool: Pool }
    edge.trouble(lost)
    const unlinking = { identity, proven: [ana], providers: ['idp'], once: undefined, operation: newUuid(world) }
    expect(await pools.unlink(settings, unlinking)).toEqual({ kind: 'unlinked' })
    edge.trouble(lost)
    expect(await pools.delete(pool.id, ACCOUNT, newUuid(world))).toEqual({ kind: 'deleted' })
  })
})

describe('an object that hangs', () => {
  afterEach(() => vi.restoreAllMocks())

  it('is waited for less when it is read than when it may write', async () => {
    const getByName = () => new Proxy({}, { get: () => () => new Promise(() => {}) })
    const hanging = new Pools({ getByName } as unknown as DurableObjectNamespace<IdentityPool>, world)
    const limits = shortenTimeLimits()
    const id = newPoolId(REGION, world)
    expect(await refusal(hanging.read(id, ACCOUNT))).toEqual(
      new TimedOut(`IdentityPool did not answer within ${OBJECT_READ_MS} ms`),
    )
    expect(await refusal(hanging.create(id, ACCOUNT, SETTINGS, 'operation'))).toBeInstanceOf(TimedOut)
    expect(limits.mock.calls).toEqual([[OBJECT_READ_MS], [OBJECT_WRITE_MS]])
  })

  it('is not asked for newer settings', async () => {
    const pool = await openPool()
    await signIn(pool)
    calls()
    shortenTimeLimits()
    edge.hang()
    expect(await refusal(signIn(pool))).toBeInstanceOf(TimedOut)
    expect(calls()).toEqual(['resolve'])
  })
})

describe('an id', () => {
  it.each([
    ['us-east-1', { locationHint: 'enam' }],
    ['nowhere-1', undefined],
  ])(
    'of %s chooses the object named by its tag, which opens near its region if that is known',
    async (region, options) => {
      const id = newPoolId(region, world)
      await pools.create(id, ACCOUNT, SETTINGS, 'operation')
      await pools.read(id, ACCOUNT)
      expect(edge.stubs).toEqual([
        { name: id.tag, options },
        { name: id.tag, options: undefined },
      ])
    },
  )

  it('leads every operation to its pool', async () => {
    const pool = await openPool({ developerProvider: 'login.shop' })
    const [a, b] = [newIdentityId(pool.id, world), newIdentityId(pool.id, world)]
    const { pool: settings } = (await pools.read(pool.id, ACCOUNT)) as { pool: Pool }
    const make = (fresh: IdentityId, subject: string) =>
      pools.resolve(settings, { logins: [developerUser(subject)], fresh, once: undefined })
    await make(a, 'u1')
    await make(b, 'u2')
    expect(
      await pools.lookupDeveloper(pool.id, ACCOUNT, { provider: 'login.shop', subject: 'u1', after: '', limit: 1 }),
    ).toEqual({
      kind: 'developer_users',
      uuid: uuidOf(a),
      subjects: ['u1'],
    })
    const merge = { provider: 'login.shop', source: 'u1', destination: 'u2' }
    expect(await pools.mergeDevelopers(pool.id, ACCOUNT, merge)).toEqual({ kind: 'merged', uuid: uuidOf(b) })
    const user = { provider: 'login.shop', subject: 'u1' }
    expect(await pools.unlinkDeveloper(a, pool.id, ACCOUNT, user, newUuid(world))).toEqual({ kind: 'unlinked' })
    expect(await pools.describeIdentity(b, ACCOUNT)).toMatchObject({ uuid: uuidOf(b), logins: ['login.shop'] })
    expect(await pools.deleteIdentities([a, b], ACCOUNT)).toEqual({ kind: 'deleted' })
    const page = { after: '', limit: 10, hideDisabled: false }
    expect(await pools.listIdentities(pool.id, ACCOUNT, page)).toEqual({ kind: 'page', identities: [] })
    const change = await pools.change(pool.id, ACCOUNT, { kind: 'replace', settings: { name: 'store' } })
    expect(change).toMatchObject({ kind: 'pool', pool: { settings: { name: 'store' } } })
    expect(await pools.readHome(a)).toEqual(change)
  })
})
