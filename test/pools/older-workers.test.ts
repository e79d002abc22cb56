import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { newIdentityId, newPoolId, newUuid } from '../../src/base/ids.ts'
import { IdentityPool, Pools, restrictIdentity, uuidOf, WITHOUT_END } from '../../src/pools/index.ts'
import { RELEASES, runBy } from '../support/older-builds.ts'
import {
  ACCOUNT,
  developerUser,
  evict,
  inside,
  methodsOf,
  publicLogin,
  REGION,
  SETTINGS,
  TestPool,
  tablesOf,
  world,
} from './support.ts'

const ana = publicLogin('idp', 'ana')
const user = { provider: 'login.shop', subject: 'u1' }

describe.each([...RELEASES])('the Worker of %s', (release, build) => {
  const older = () => new build.Pools(env.IDENTITY_POOL)

  it('finds every method of objects that it calls', () => {
    const own = methodsOf(IdentityPool)
    expect(methodsOf(build.IdentityPool).filter((method) => !own.includes(method))).toEqual([])
  })

  it('makes, uses, changes and deletes a pool in an object of today', async () => {
    const pools = older()
    const id = newPoolId(REGION, world)
    const pool = new TestPool(id)
    const settings = { ...SETTINGS, developerProvider: 'login.shop' }
    const created = await pools.create(id, ACCOUNT, settings, 'op')
    expect(created).toEqual({ kind: 'pool', pool: { id: id.text, account: ACCOUNT, version: 1, settings } })
    const [a, b] = [newIdentityId(id, world), newIdentityId(id, world)]
    const signIn = (logins: readonly object[], fresh: typeof a, identity?: typeof a) =>
      pools.withSettings(id, (known: object) => pools.resolve(known, { logins, fresh, identity, once: undefined }))
    expect(await signIn([ana], a)).toEqual({ kind: 'identity', uuid: uuidOf(a), guest: false })
    expect(await signIn([developerUser('u1')], b)).toEqual({ kind: 'identity', uuid: uuidOf(b), guest: false })

    const changed = await pools.change(id, ACCOUNT, { kind: 'replace', settings: { name: 'store' } })
    expect(changed).toMatchObject({ kind: 'pool', pool: { settings: { name: 'store' } } })
    const names: string[] = []
    await pools.withSettings(id, (known: { settings: { name: string } }) => {
      names.push(known.settings.name)
      return pools.resolve(known, { logins: [ana], fresh: a, once: undefined })
    })
    expect(names).toEqual(['shop', 'store'])

    const lookup = await pools.lookupDeveloper(id, ACCOUNT, { ...user, after: '', limit: 1 })
    expect(lookup).toEqual({ kind: 'developer_users', uuid: uuidOf(b), subjects: ['u1'] })
    expect(await pools.unlinkDeveloper(b, id, ACCOUNT, user, newUuid(world))).toEqual({ kind: 'unlinked' })
    expect(await pools.describeIdentity(a, ACCOUNT)).toMatchObject({ uuid: uuidOf(a), logins: ['idp'] })
    expect(await pools.deleteIdentities([b], ACCOUNT)).toEqual({ kind: 'deleted' })
    const page = await pools.listIdentities(id, ACCOUNT, { after: '', limit: 10, hideDisabled: false })
    expect(page).toMatchObject({ kind: 'page', identities: [{ uuid: uuidOf(a) }] })
    expect(await pool.holdings()).toEqual({ [uuidOf(a)]: 'member: idp/ana' })
    expect(await pools.delete(id, ACCOUNT, 'end')).toEqual({ kind: 'deleted' })
    expect(await pools.read(id, ACCOUNT)).toEqual({ kind: 'no_pool' })
  })

  it('takes the settings of a restored pool for the current ones', async () => {
    const pools = older()
    const id = newPoolId(REGION, world)
    await pools.create(id, ACCOUNT, SETTINGS, 'op')
    await pools.change(id, ACCOUNT, { kind: 'replace', settings: { name: 'later' } })
    const names: string[] = []
    const signIn = () =>
      pools.withSettings(id, (known: { settings: { name: string } }) => {
        names.push(known.settings.name)
        return pools.resolve(known, { logins: [], fresh: newIdentityId(id, world), once: undefined })
      })
    await signIn()
    await inside(id.tag, (_, { storage }) =>
      storage.sql.exec(`UPDATE pool SET version = 1, settings = replace(settings, 'later', 'earlier')`),
    )
    await evict(id.tag)
    expect(await signIn()).toMatchObject({ kind: 'identity' })
    expect(names).toEqual(['later', 'later', 'earlier'])
  })

  it('unlinks a login, or finds no pool and leaves it, where the call was another', async () => {
    const pools = older()
    const id = newPoolId(REGION, world)
    const pool = new TestPool(id)
    const { pool: settings } = await pools.create(id, ACCOUNT, SETTINGS, 'op')
    const identity = newIdentityId(id, world)
    const two = [ana, publicLogin('idp-2', 'ana')]
    await pools.resolve(settings, { logins: two, fresh: identity, once: undefined })
    const held = 'member: idp/ana, idp-2/ana'
    if (release === '0.1.0') {
      expect(await pools.unlink(settings, identity, [ana], ['idp-2'], 'u')).toEqual({ kind: 'no_pool' })
      expect(await pool.holdings()).toEqual({ [uuidOf(identity)]: held })
    } else {
      const call = { identity, proven: [ana], providers: ['idp-2'], once: undefined, operation: 'u' }
      expect(await pools.unlink(settings, call)).toEqual({ kind: 'unlinked' })
      expect(await pool.holdings()).toEqual({ [uuidOf(identity)]: 'member: idp/ana' })
    }
  })
})

describe.each([...RELEASES])('the Worker of %s at an identity that is blocked', (_, build) => {
  it('is answered that it is forbidden, and changes nothing', async () => {
    const today = new Pools(env.IDENTITY_POOL, world)
    const id = newPoolId(REGION, world)
    await today.create(id, ACCOUNT, SETTINGS, 'op')
    const pools = new build.Pools(env.IDENTITY_POOL)
    const { pool: settings } = await pools.read(id, ACCOUNT)
    const identity = newIdentityId(id, world)
    await pools.resolve(settings, { logins: [ana], fresh: identity, once: undefined })
    const restriction = { restriction: 'block', until: WITHOUT_END, reason: undefined } as const
    expect(await restrictIdentity(today, id, ACCOUNT, identity, restriction)).toMatchObject({ kind: 'restricted' })
    const before = await new TestPool(id).dump()
    const fresh = newIdentityId(id, world)
    for (const call of [
      { logins: [ana], fresh, once: undefined },
      { logins: [ana, publicLogin('idp-2', 'ana')], fresh, identity, once: undefined },
    ])
      expect(await pools.resolve(settings, call)).toMatchObject({ kind: 'forbidden' })
    expect(await new TestPool(id).dump()).toEqual(before)
  })
})

it('the Worker of 0.2.0 has its dry runs, which change nothing', async () => {
  const pools = new (RELEASES.get('0.2.0')?.Pools ?? never())(env.IDENTITY_POOL)
  const id = newPoolId(REGION, world)
  const { pool: settings } = await pools.create(id, ACCOUNT, SETTINGS, 'op')
  const before = await new TestPool(id).dump()
  const fresh = newIdentityId(id, world)
  const answer = await pools.resolve(settings, { logins: [ana], fresh, once: undefined, dryRun: true })
  expect(answer).toEqual({ kind: 'identity', uuid: uuidOf(fresh), guest: false })
  expect(await new TestPool(id).dump()).toEqual(before)
})

describe.each([...RELEASES])('a pool that objects of %s made', (_, build) => {
  it('is served by today’s, and by the older again, with nothing lost', async () => {
    const before = new Pools(runBy(env.IDENTITY_POOL, build.IdentityPool), world)
    const today = new Pools(env.IDENTITY_POOL, world)
    const id = newPoolId(REGION, world)
    const [a, b] = [newIdentityId(id, world), newIdentityId(id, world)]
    const signIn = (pools: Pools, subject: string, fresh: typeof a) =>
      pools.withSettings(id, (known) =>
        pools.resolve(known, { logins: [publicLogin('idp', subject)], fresh, once: undefined }),
      )
    const rename = async (pools: Pools, name: string) => {
      const changed = await pools.change(id, ACCOUNT, { kind: 'replace', settings: { name } })
      return changed.kind === 'pool' ? changed.pool.version : 0
    }
    await before.create(id, ACCOUNT, SETTINGS, 'op')
    await signIn(before, 'ana', a)
    const versions = [await rename(before, 'one')]
    await evict(id.tag)
    versions.push(await rename(today, 'two'))
    expect(await signIn(today, 'ana', b)).toEqual({ kind: 'identity', uuid: uuidOf(a), guest: false })
    expect(await signIn(today, 'ben', b)).toEqual({ kind: 'identity', uuid: uuidOf(b), guest: false })
    versions.push(await rename(before, 'three'))
    expect(await signIn(before, 'ben', a)).toEqual({ kind: 'identity', uuid: uuidOf(b), guest: false })
    await evict(id.tag)
    versions.push(await rename(today, 'four'))
    expect(versions).toEqual([...new Set(versions)].sort((x, y) => x - y))
    const { pool: [row = {}] = [] } = await inside(id.tag, (_, { storage }) => tablesOf(storage.sql))
    expect(JSON.parse(String(row.settings))).toMatchObject({ name: 'four' })
  })
})

describe.each([...RELEASES])('a pool that objects of %s made', (_, build) => {
  it('grows, and its users stay who they are', async () => {
    const before = new Pools(runBy(env.IDENTITY_POOL, build.IdentityPool), world)
    const today = new Pools(env.IDENTITY_POOL, world)
    const id = newPoolId(REGION, world)
    await before.create(id, ACCOUNT, SETTINGS, 'op')
    const signIn = (pools: Pools, subject: string) =>
      pools.withSettings(id, (known) => {
        const fresh = newIdentityId(id, world)
        return pools.resolve(known, { logins: [publicLogin('idp', subject)], fresh, once: undefined })
      })
    const users = ['ana', 'ben', 'cid', 'dan', 'eve', 'fay']
    const found = new Map<string, unknown>()
    for (const user of users) found.set(user, await signIn(before, user))
    const change = { kind: 'tag', tags: new Map([['edge-identity:shards', '4']]) } as const
    // An object of that release takes the tag for any other: it is not asked.
    await expect(before.change(id, ACCOUNT, change)).rejects.toThrow()
    await evict(id.tag)
    await today.change(id, ACCOUNT, change)
    for (;;) {
      const described = await today.describeSpread(id, ACCOUNT)
      if (described.kind === 'described' && described.growth?.phase === 'done') break
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    for (const user of users) expect(await signIn(today, user)).toEqual(found.get(user))
    await expect(new build.Pools(env.IDENTITY_POOL).readHome(id)).resolves.toMatchObject({ kind: 'pool' })
    const theirs = new build.Pools(env.IDENTITY_POOL)
    const call = { logins: [ana], fresh: newIdentityId(id, world), once: undefined }
    await expect(theirs.withSettings(id, (known: object) => theirs.resolve(known, call))).rejects.toThrow(
      /later version/,
    )
  })
})

function never(): never {
  throw new Error('no such release')
}

describe.each([...RELEASES])('a Worker of %s at a pool that is spread', (_, build) => {
  it('is refused, and nothing is made', async () => {
    const today = new Pools(env.IDENTITY_POOL, world)
    const id = newPoolId(REGION, world)
    const tags = new Map([['edge-identity:shards', '2']])
    await today.create(id, ACCOUNT, { ...SETTINGS, tags }, 'op')
    const before = new build.Pools(env.IDENTITY_POOL)
    const fresh = newIdentityId(id, world)
    const call = { logins: [ana], fresh, once: undefined }
    await expect(before.withSettings(id, (known: object) => before.resolve(known, call))).rejects.toThrow(
      /later version/,
    )
    await expect(before.listIdentities(id, ACCOUNT, { after: '', limit: 9 })).rejects.toThrow(/later version/)
    await expect(before.deleteIdentities([fresh], ACCOUNT)).rejects.toThrow(/later version/)
    expect(await today.listIdentities(id, ACCOUNT, { after: '', limit: 9, hideDisabled: false })).toEqual({
      kind: 'page',
      identities: [],
      next: undefined,
    })
  })
})
