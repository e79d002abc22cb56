import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { Directory, type Unsettled } from '../../src/account/directory.ts'
import { MAX_POOLS_PER_REGION, SETTLE_AFTER_MS, SETTLE_BATCH, SETTLE_INTERVAL_MS } from '../../src/account/limits.ts'
import { newPoolId, type PoolId } from '../../src/base/ids.ts'
import { remote as remotePool, SETTINGS, world } from '../pools/support.ts'
import { objectsOf } from '../support/older-builds.ts'
import { dump, inside, newAccount, type RemoteAccount, remote, START } from './support.ts'

const REGION = 'us-east-1'

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
beforeEach(() => {
  vi.setSystemTime(START)
})
afterAll(() => {
  vi.useRealTimers()
})

const listing = (pools: object[], { more = false } = {}) => ({ pools, more, unsettled: [] })

/** A directory in which these pools are open. */
async function directoryOf(...ids: string[]) {
  const account = newAccount()
  const object = remote(account)
  for (const id of ids) {
    expect(await object.reservePool(id, id.split(':')[0] ?? '', `name of ${id}`)).toBe('reserved')
    await object.poolIsOpen(id, `name of ${id}`)
  }
  return { account, object, list: (after = '', limit = 10) => object.listPools(REGION, after, limit) }
}

describe('the directory of pools', () => {
  it('lists the pools of a region in order of id, page by page', async () => {
    const ids = ['us-east-1:c', 'us-east-1:a', 'eu-west-1:a', 'us-east-1:b']
    const { object, list } = await directoryOf(...ids)
    const [a, b, c] = ['a', 'b', 'c'].map((id) => ({ id: `us-east-1:${id}`, name: `name of us-east-1:${id}` }))
    expect(await list()).toEqual(listing([a, b, c] as object[]))
    expect(await list('', 2)).toEqual(listing([a, b] as object[], { more: true }))
    expect(await list('us-east-1:b', 2)).toEqual(listing([c] as object[]))
    expect(await list('us-east-1:c', 2)).toEqual(listing([]))
    const elsewhere = [{ id: 'eu-west-1:a', name: 'name of eu-west-1:a' }]
    expect(await object.listPools('eu-west-1', '', 10)).toEqual(listing(elsewhere))
  })

  it('lists a pool once it is open, under the name it has by then, until it is being deleted', async () => {
    const { account, object, list } = await directoryOf()
    const id = 'us-east-1:a'
    await object.reservePool(id, REGION, 'first')
    expect(await list()).toEqual(listing([]))
    await object.poolIsOpen(id, 'first')
    await object.poolIsOpen(id, 'second')
    expect(await list()).toEqual(listing([{ id, name: 'second' }]))
    await object.poolIsClosing(id)
    expect(await list()).toEqual(listing([]))
    await object.poolIsGone(id)
    expect((await dump(account)).pool).toEqual([])
  })

  it('does not list a pool again that is changed while it is being deleted', async () => {
    const { object, list } = await directoryOf('us-east-1:a')
    await object.poolIsClosing('us-east-1:a')
    await object.poolIsOpen('us-east-1:a', 'changed')
    expect(await list()).toEqual(listing([]))
  })

  it('makes no entry for a pool that is closing, changing or gone, and that it never had', async () => {
    const { account, object } = await directoryOf()
    await object.poolIsClosing('us-east-1:a')
    await object.poolIsChanging('us-east-1:a')
    await object.poolIsGone('us-east-1:a')
    expect((await dump(account)).pool).toEqual([])
  })

  it('keeps what it knows of a pool whose place is taken again', async () => {
    const { object, list } = await directoryOf('us-east-1:a')
    expect(await object.reservePool('us-east-1:a', REGION, 'as the first call had it')).toBe('reserved')
    expect(await list()).toEqual(listing([{ id: 'us-east-1:a', name: 'name of us-east-1:a' }]))
  })

  it('has room for 1000 pools in each region, whatever their state; a repeated reservation takes one place', async () => {
    const { account, object } = await directoryOf()
    await inside(account, (directory) => {
      for (let n = 0; n < MAX_POOLS_PER_REGION; n++) directory.reservePool(`us-east-1:${n}`, REGION, 'shop')
    })
    expect(MAX_POOLS_PER_REGION).toBe(1000)
    expect(await object.reservePool('us-east-1:999', REGION, 'shop')).toBe('reserved')
    const before = await dump(account)
    expect(await object.reservePool('us-east-1:1000', REGION, 'shop')).toBe('limit')
    expect(await dump(account)).toEqual(before)
    expect(await object.reservePool('eu-west-1:0', 'eu-west-1', 'shop')).toBe('reserved')
    await object.poolIsGone('us-east-1:0')
    expect(await object.reservePool('us-east-1:1000', REGION, 'shop')).toBe('reserved')
  })
})

describe('an entry that is not settled', () => {
  /** A pool with an object of its own, under this name. */
  async function open(name: string, region = REGION) {
    const id = newPoolId(region, world)
    await env.IDENTITY_POOL.getByName(id.tag).create(id.text, '000000000000', { ...SETTINGS, name } as never, 'op')
    return id
  }
  const rename = (id: PoolId, name: string) =>
    remotePool(id.tag).change({ id: id.text }, { kind: 'replace', settings: { name } })
  const remove = (id: PoolId) => remotePool(id.tag).delete({ id: id.text }, 'end')
  const later = (ms: number) => vi.setSystemTime(Date.now() + ms)
  const alarmOf = (account: string) => inside(account, (_, storage) => storage.getAlarm())
  const ring = (account: string) => runDurableObjectAlarm(env.ACCOUNT.getByName(account))
  const listed = async (account: string, region = REGION) => (await remote(account).listPools(region, '', 60)).pools

  it.each([
    ['created, and nobody told', async () => {}, ['shop']],
    ['renamed, and nobody told', (id: PoolId) => rename(id, 'store'), ['store']],
    ['deleted, and nobody told', remove, []],
  ])('is settled by asking its pool, a minute after the last call: %s', async (_, meanwhile, names) => {
    const account = newAccount()
    const id = await open('shop')
    await remote(account).reservePool(id.text, REGION, 'shop')
    await meanwhile(id)
    expect(await alarmOf(account)).toBe(START + SETTLE_AFTER_MS)
    later(SETTLE_AFTER_MS + 10)
    await ring(account)
    expect((await listed(account)).map(({ name }) => name)).toEqual(names)
    expect((await dump(account)).pool).toEqual(
      names.map((name) => ({ id: id.text, region: REGION, name, state: 'open', since: 0 })),
    )
    expect(await alarmOf(account)).toBeNull()
  })

  it('is listed again if the deletion was given up before the pool heard of it', async () => {
    const account = newAccount()
    const id = await open('shop')
    await remote(account).poolIsOpen(id.text, 'shop')
    await remote(account).poolIsClosing(id.text)
    expect(await listed(account)).toEqual([])
    later(SETTLE_AFTER_MS + 10)
    await ring(account)
    expect(await listed(account)).toEqual([{ id: id.text, name: 'shop' }])
  })

  it('goes if no pool was ever opened under it', async () => {
    const account = newAccount()
    const nowhere = newPoolId(REGION, world)
    await remote(account).reservePool(nowhere.text, REGION, 'shop')
    later(SETTLE_AFTER_MS + 10)
    await ring(account)
    expect((await dump(account)).pool).toEqual([])
  })

  it('shows the name that the pool has, whichever of two changes told it last', async () => {
    const account = newAccount()
    const id = await open('first')
    await remote(account).poolIsOpen(id.text, 'first')
    await remote(account).poolIsChanging(id.text)
    await rename(id, 'second')
    await rename(id, 'third')
    await remote(account).poolIsOpen(id.text, 'third')
    await remote(account).poolIsOpen(id.text, 'second')
    later(SETTLE_AFTER_MS + 10)
    await ring(account)
    expect(await listed(account)).toEqual([{ id: id.text, name: 'third' }])
  })

  it('waits for a minute without a call about its pool', async () => {
    const account = newAccount()
    const id = await open('shop')
    await remote(account).poolIsOpen(id.text, 'shop')
    later(SETTLE_AFTER_MS - 1)
    await remote(account).poolIsChanging(id.text)
    later(1)
    await ring(account)
    expect((await dump(account)).pool).toMatchObject([{ since: START + SETTLE_AFTER_MS - 1 }])
    expect(await alarmOf(account)).toBe(START + 2 * SETTLE_AFTER_MS - 1)
  })

  it('is not settled by what its pool said before the last call', async () => {
    const account = newAccount()
    await inside(account, (object, storage) => {
      object.reservePool('us-east-1:a', REGION, 'shop')
      const directory = new Directory(storage.sql)
      const [entry] = directory.due(START + SETTLE_AFTER_MS)
      object.poolIsOpen('us-east-1:a', 'shop')
      directory.settle(entry as Unsettled, undefined)
      expect(directory.list(REGION, '', 1).pools).toHaveLength(1)
      directory.settle(entry as Unsettled, 'old')
      expect(directory.list(REGION, '', 1).pools).toEqual([{ id: 'us-east-1:a', name: 'shop' }])
    })
  })

  it('of each region is settled, twenty in a run, the next run a second later', async () => {
    const account = newAccount()
    for (let n = 0; n < SETTLE_BATCH + 5; n++)
      await remote(account).reservePool(newPoolId(n % 2 ? 'eu-west-1' : REGION, world).text, '', 'shop')
    later(SETTLE_AFTER_MS + 10)
    await ring(account)
    expect((await dump(account)).pool).toHaveLength(5)
    expect(await alarmOf(account)).toBe(Date.now() + SETTLE_INTERVAL_MS)
    await ring(account)
    expect((await dump(account)).pool).toEqual([])
  })

  it('is tried again a minute later if its pool does not answer, and the others are settled', async () => {
    const account = newAccount()
    const [broken, fine] = [await open('broken'), await open('fine')]
    await remote(account).poolIsOpen(broken.text, 'before')
    await remote(account).poolIsOpen(fine.text, 'before')
    await inside(account, async (object) => {
      const getByName = (tag: string) => {
        if (tag === broken.tag) throw new Error('the platform failed')
        return env.IDENTITY_POOL.getByName(tag)
      }
      const own = (object as unknown as { env: Env }).env
      Object.defineProperty(object, 'env', { value: { ...own, IDENTITY_POOL: { getByName } }, configurable: true })
    })
    const logged = vi.spyOn(console, 'warn').mockImplementation(() => {})
    later(SETTLE_AFTER_MS + 10)
    await ring(account)
    expect(logged.mock.calls.map(([line]) => JSON.parse(line))).toEqual([
      expect.objectContaining({ event: 'directory_not_settled', pool: broken.text }),
    ])
    logged.mockRestore()
    const names = new Map((await listed(account)).map(({ id, name }) => [id, name]))
    expect(names).toEqual(
      new Map([
        [broken.text, 'before'],
        [fine.text, 'fine'],
      ]),
    )
    expect(await alarmOf(account)).toBe(Date.now() + SETTLE_AFTER_MS)
  })

  it('that an object of 0.2.0 left is settled as soon as the object is there again', async () => {
    const account = newAccount()
    const [open1, closing, creating] = [await open('now'), await open('kept'), newPoolId(REGION, world)]
    const older = objectsOf('0.2.0').ACCOUNT.getByName(account) as unknown as RemoteAccount
    for (const id of [open1, closing, creating]) await older.reservePool(id.text, REGION, 'then')
    await older.poolIsOpen(open1.text, 'then')
    await older.poolIsOpen(closing.text, 'then')
    await older.poolIsClosing(closing.text)
    later(10 * SETTLE_AFTER_MS)
    await evictDurableObject(env.ACCOUNT.getByName(account))
    expect(await alarmOf(account)).toBe(Date.now() + SETTLE_INTERVAL_MS)
    await ring(account)
    expect(new Set(await listed(account))).toEqual(
      new Set([
        { id: open1.text, name: 'now' },
        { id: closing.text, name: 'kept' },
      ]),
    )
    // And it is as good for 0.2.0, if that comes back.
    expect(await older.listPools(REGION, '', 60)).toEqual({ pools: await listed(account), more: false, unsettled: [] })
    await older.poolIsOpen(open1.text, 'again')
    await older.poolIsClosing(closing.text)
    await older.poolIsGone(closing.text)
    expect((await older.listPools(REGION, '', 60)).pools).toEqual([{ id: open1.text, name: 'again' }])
  })
})

describe('an account that was never used', () => {
  it('answers every question, makes no table and writes nothing', async () => {
    const [untouched, account] = [newAccount(), newAccount()]
    const object = remote(account)
    expect(await object.listPools(REGION, '', 10)).toEqual(listing([]))
    expect(await object.oidcProviders()).toEqual([])
    expect(await object.samlProviders()).toEqual([])
    expect(await object.samlProvidersNamed(['arn:any'])).toEqual([])
    expect(await object.samlMetadataDocument('arn:any')).toBeUndefined()
    expect(await object.role('any')).toBeUndefined()
    expect(await object.rolePolicy('any', 'any')).toBeUndefined()
    expect(await object.rolePolicyNames('any')).toBeUndefined()
    expect(await object.attachedRolePolicies('any')).toBeUndefined()
    expect(await object.listRoles('/', '', 10)).toEqual({ roles: [], more: false })
    const traces = (name: string) =>
      inside(name, (_, { sql }) => [
        sql.exec('SELECT name FROM sqlite_master').toArray(),
        sql.exec('SELECT total_changes() AS n').one(),
        sql.databaseSize,
      ])
    expect(await traces(account)).toEqual(await traces(untouched))
    expect((await traces(account))[0]).toEqual([])
  })
})
