import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { MAX_POOLS_PER_REGION, SETTLE_AFTER_MS, SETTLE_BATCH } from '../../src/account/limits.ts'
import { dump, inside, newAccount, remote, START } from './support.ts'

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

const listing = (pools: object[], { more = false, unsettled = [] as string[] } = {}) => ({ pools, more, unsettled })

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
    vi.setSystemTime(START + SETTLE_AFTER_MS)
    await object.poolIsOpen('us-east-1:a', 'changed')
    expect(await list()).toEqual(listing([]))
  })

  it('makes no entry for a pool that it never had', async () => {
    const { account, object } = await directoryOf()
    await object.poolIsOpen('us-east-1:a', 'of somebody else')
    await object.poolIsClosing('us-east-1:a')
    await object.poolIsGone('us-east-1:a')
    expect((await dump(account)).pool).toEqual([])
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

describe('a pool whose creation or deletion was interrupted', () => {
  it.each([
    ['creation', (_: string) => Promise.resolve()],
    [
      'deletion',
      async (account: string) => {
        await remote(account).poolIsOpen('us-east-1:a', 'shop')
        await remote(account).poolIsClosing('us-east-1:a')
      },
    ],
  ])('is named by a listing as unsettled once a minute has passed: %s', async (_, interrupt) => {
    const { account, object, list } = await directoryOf()
    await object.reservePool('us-east-1:a', REGION, 'shop')
    await interrupt(account)
    vi.setSystemTime(START + SETTLE_AFTER_MS)
    expect(await list()).toEqual(listing([]))
    vi.setSystemTime(START + SETTLE_AFTER_MS + 1)
    expect(await list()).toEqual(listing([], { unsettled: ['us-east-1:a'] }))
    expect(await object.listPools('eu-west-1', '', 10)).toEqual(listing([]))
    await object.poolIsOpen('us-east-1:a', 'found open')
    expect(await list()).toEqual(listing([{ id: 'us-east-1:a', name: 'found open' }]))
  })

  it('is one of five that a listing names', async () => {
    const { object, list } = await directoryOf()
    for (let n = 0; n < 7; n++) await object.reservePool(`us-east-1:${n}`, REGION, 'shop')
    vi.setSystemTime(START + SETTLE_AFTER_MS + 1)
    const { unsettled } = await list()
    expect(unsettled).toHaveLength(SETTLE_BATCH)
    for (const id of unsettled) await object.poolIsGone(id)
    expect((await list()).unsettled).toHaveLength(2)
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
