import { runDurableObjectAlarm } from 'cloudflare:test'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { newPoolId, newUuid } from '../../src/base/ids.ts'
import type { Pool, PoolSettings } from '../../src/pools/index.ts'
import {
  ACCOUNT,
  evict,
  inside,
  openPool,
  publicLogin,
  REGION,
  remote,
  SETTINGS,
  START,
  stubOf,
  tablesOf,
  world,
} from './support.ts'

/** Every member set, to values that JSON alone would lose. */
const FULL: PoolSettings = {
  name: 'shop',
  allowGuests: false,
  allowClassicFlow: false,
  socialProviders: new Map([['accounts.google.com', 'client']]),
  developerProvider: 'login.shop',
  oidcProviderArns: ['arn:aws:iam::000000000000:oidc-provider/idp.example.com'],
  userPools: [
    { provider: 'cognito-idp.us-east-1.amazonaws.com/us-east-1_a', clientId: 'c', serverSideTokenCheck: true },
  ],
  samlProviderArns: ['arn:aws:iam::000000000000:saml-provider/corp'],
  tags: new Map([['__proto__', 'kept']]),
  roles: new Map([['authenticated', 'arn:aws:iam::000000000000:role/user']]),
  roleMappings: new Map([
    [
      'idp.example.com',
      { type: 'Rules', ambiguous: 'Deny', rules: [{ claim: 'a', match: 'Equals', value: 'b', roleArn: 'r' }] },
    ],
  ]),
  principalTags: new Map([['idp.example.com', { useDefaults: false, tags: new Map([['team', 'group']]) }]]),
}

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
})
afterAll(() => {
  vi.useRealTimers()
})

describe('opening a pool', () => {
  it('keeps the settings as they were given, and answers them from version 1 on', async () => {
    const id = newPoolId(REGION, world)
    const pool: Pool = { id: id.text, account: ACCOUNT, version: 1, settings: FULL }
    expect(await remote(id.tag).create(id.text, ACCOUNT, FULL, 'op')).toEqual({ kind: 'pool', pool })
    await evict(id.tag)
    expect(await remote(id.tag).read({ id: id.text, account: ACCOUNT })).toEqual({ kind: 'pool', pool })
  })

  it('is refused under a tag that is taken, and leaves the first pool alone', async () => {
    const pool = await openPool()
    const before = await pool.dump()
    const other = pool.id.text.replace(/.{12}$/, '000000000000')
    expect(await pool.object.create(other, ACCOUNT, FULL, 'another op')).toEqual({ kind: 'taken' })
    expect(await pool.object.create(pool.id.text, ACCOUNT, FULL, 'another op')).toEqual({ kind: 'taken' })
    expect(await pool.dump()).toEqual(before)
  })

  it('finds its own pool when it is repeated, also after an eviction', async () => {
    const id = newPoolId(REGION, world)
    const create = () => remote(id.tag).create(id.text, ACCOUNT, SETTINGS, 'op')
    const first = await create()
    await evict(id.tag)
    expect(await create()).toEqual(first)
    expect(first).toMatchObject({ kind: 'pool' })
  })

  it('measures settings in bytes and refuses more than a million', async () => {
    const id = newPoolId(REGION, world)
    const named = (name: string) => remote(id.tag).create(id.text, ACCOUNT, { ...SETTINGS, name }, 'op')
    expect(await named('ä'.repeat(500_000))).toEqual({ kind: 'too_large' })
    expect(await named('ä'.repeat(499_000))).toMatchObject({ kind: 'pool' })
  })
})

describe('whose pool it is', () => {
  it.each([
    ['its own account', (id: string) => ({ id, account: ACCOUNT }), 'pool'],
    ['the public', (id: string) => ({ id }), 'pool'],
    ['another account', (id: string) => ({ id, account: '111122223333' }), 'no_pool'],
    [
      'a caller with another id of the same tag',
      (id: string) => ({ id: id.replace(/.$/, 'g'), account: ACCOUNT }),
      'no_pool',
    ],
    [
      'a caller in another region',
      (id: string) => ({ id: id.replace(REGION, 'eu-west-1'), account: ACCOUNT }),
      'no_pool',
    ],
  ])('to %s', async (_, addressed, kind) => {
    const pool = await openPool()
    expect((await pool.object.read(addressed(pool.id.text))).kind).toBe(kind)
  })

  it('is nobody’s in another region, whatever is asked of its identities', async () => {
    const pool = await openPool()
    const ana = publicLogin('idp', 'ana')
    await pool.resolve([ana], { fresh: 'A' })
    const before = await pool.dump()
    const { object } = pool
    const elsewhere = 'us-east-'
    expect(await object.readByRegion(elsewhere)).toEqual({ kind: 'no_pool' })
    const call = { region: elsewhere, version: 1, identity: 'A', logins: [ana], fresh: 'B' }
    expect(await object.resolve(call)).toEqual({ kind: 'no_pool' })
    const unlinking = {
      region: elsewhere,
      version: 1,
      identity: 'A',
      proven: [ana],
      providers: ['idp'],
      operation: 'op',
    }
    expect(await object.unlink(unlinking)).toEqual({ kind: 'no_pool' })
    expect(await object.deleteIdentities(elsewhere, ACCOUNT, ['A'])).toEqual({ kind: 'no_pool' })
    expect(await object.describeIdentity(elsewhere, ACCOUNT, 'A')).toBeUndefined()
    expect(await pool.dump()).toEqual(before)
  })

  it('shows and deletes identities for its own account only', async () => {
    const pool = await openPool()
    await pool.resolve([publicLogin('idp', 'ana')], { fresh: 'A' })
    const before = await pool.dump()
    const other = '111122223333'
    expect(await pool.object.describeIdentity(REGION, other, 'A')).toBeUndefined()
    expect(await pool.object.deleteIdentities(REGION, other, ['A'])).toEqual({ kind: 'no_pool' })
    expect(await pool.dump()).toEqual(before)
  })
})

describe('changing settings', () => {
  it.each([
    [
      'other values',
      { kind: 'replace', settings: { name: 'store', allowGuests: false } },
      { name: 'store', allowGuests: false },
    ],
    [
      'a value set for the first time',
      { kind: 'replace', settings: { developerProvider: 'login.shop' } },
      { developerProvider: 'login.shop' },
    ],
    [
      'tags beside those that are there',
      { kind: 'tag', tags: new Map([['b', '2']]) },
      {
        tags: new Map([
          ['a', '1'],
          ['b', '2'],
        ]),
      },
    ],
    ['tags taken off', { kind: 'untag', keys: ['a', 'never there'] }, { tags: new Map() }],
    [
      'an attribute map',
      { kind: 'map_principal_tags', provider: 'idp', map: { useDefaults: true, tags: new Map() } },
      { principalTags: new Map([['idp', { useDefaults: true, tags: new Map() }]]) },
    ],
  ] as const)('%s: keeps the rest, and gives a version that is the time', async (_, change, changed) => {
    const pool = await openPool({ tags: new Map([['a', '1']]) })
    const settings = { ...SETTINGS, tags: new Map([['a', '1']]), ...changed }
    const answer = { kind: 'pool', pool: { ...pool.address, version: Date.now(), settings } }
    expect(await pool.object.change(pool.address, change)).toEqual(answer)
    await pool.evict()
    expect(await pool.object.read(pool.address)).toEqual(answer)
  })

  it.each([
    ['the same values', { kind: 'replace', settings: FULL }],
    ['nothing', { kind: 'replace', settings: {} }],
    ['a tag that is there', { kind: 'tag', tags: FULL.tags ?? new Map() }],
    ['a tag that is not there taken off', { kind: 'untag', keys: ['absent'] }],
  ] as const)('to %s counts no version', async (_, change) => {
    const pool = await openPool(FULL)
    const before = await pool.dump()
    expect(await pool.object.change(pool.address, change)).toMatchObject({ kind: 'pool', pool: { version: 1 } })
    expect(await pool.dump()).toEqual(before)
  })

  const tags = new Map(Array.from({ length: 51 }, (_, n) => [`key-${n}`, 'v']))
  it.each([
    [
      'another developer provider',
      { kind: 'replace', settings: { developerProvider: 'other' } },
      'developer_provider_fixed',
    ],
    [
      'no developer provider',
      { kind: 'replace', settings: { developerProvider: undefined } },
      'developer_provider_fixed',
    ],
    ['settings that are too large', { kind: 'replace', settings: { name: 'x'.repeat(1_000_000) } }, 'too_large'],
    ['more than 50 tags', { kind: 'tag', tags }, 'too_many_tags'],
  ] as const)('refuses %s and changes nothing', async (_, change, kind) => {
    const pool = await openPool(FULL)
    const before = await pool.dump()
    expect(await pool.object.change(pool.address, change)).toEqual({ kind })
    expect(await pool.dump()).toEqual(before)
  })

  it('answers callers with outdated settings with the new ones, and does nothing for them', async () => {
    const pool = await openPool()
    const ana = publicLogin('idp', 'ana')
    await pool.resolve([ana], { fresh: 'A' })
    const changed = await pool.object.change(pool.address, { kind: 'replace', settings: { allowGuests: false } })
    const version = changed.kind === 'pool' ? changed.pool.version : 0
    const before = await pool.dump()
    const stale = { ...changed, kind: 'stale' }
    expect(await pool.resolve([])).toEqual(stale)
    expect(await pool.resolve([ana], { identity: 'A' })).toEqual(stale)
    expect(await pool.unlink('A', [ana], ['idp'])).toEqual(stale)
    expect(await pool.dump()).toEqual(before)
    expect(await pool.object.resolve({ region: REGION, version, logins: [], fresh: 'B' })).toEqual({
      kind: 'guests_refused',
    })
  })

  it('gives each change a version of its own, also within a millisecond, and also if the clock goes back', async () => {
    const pool = await openPool()
    const versions: number[] = []
    const rename = async (name: string) => {
      const changed = await pool.object.change(pool.address, { kind: 'replace', settings: { name } })
      if (changed.kind === 'pool') versions.push(changed.pool.version)
    }
    await rename('one')
    await rename('two')
    vi.setSystemTime(START - 1000)
    await rename('three')
    vi.setSystemTime(START + 1000)
    await rename('four')
    expect(versions).toEqual([START, START + 1, START + 2, START + 1000])
    vi.setSystemTime(START)
  })
})

describe('deleting a pool', () => {
  it('closes it for ever, and keeps its tag from being used again', async () => {
    const pool = await openPool()
    await pool.resolve([], { fresh: 'A' })
    expect(await pool.object.delete(pool.address, 'op')).toEqual({ kind: 'deleted' })
    await runDurableObjectAlarm(stubOf(pool.id.tag))
    await pool.evict()
    expect(await pool.object.read(pool.address)).toEqual({ kind: 'no_pool' })
    expect(await pool.resolve([], {})).toEqual({ kind: 'no_pool' })
    expect(await pool.object.change(pool.address, { kind: 'replace', settings: { name: 'back' } })).toEqual({
      kind: 'no_pool',
    })
    expect(await pool.object.create(pool.id.text, ACCOUNT, SETTINGS, newUuid(world))).toEqual({ kind: 'taken' })
    const { identity, login, pool: rows } = await pool.dump()
    expect({ identity, login }).toEqual({ identity: [], login: [] })
    expect(rows).toEqual([expect.objectContaining({ id: pool.id.text, state: 'deleted', settings: '{}' })])
  })

  it('succeeds when it is repeated, and finds no pool the next time', async () => {
    const pool = await openPool()
    expect(await pool.object.delete(pool.address, 'op')).toEqual({ kind: 'deleted' })
    await pool.evict()
    expect(await pool.object.delete(pool.address, 'op')).toEqual({ kind: 'deleted' })
    expect(await pool.object.delete(pool.address, 'another op')).toEqual({ kind: 'no_pool' })
  })

  it('is refused to another account, and leaves the pool open', async () => {
    const pool = await openPool()
    expect(await pool.object.delete({ ...pool.address, account: '111122223333' }, 'op')).toEqual({ kind: 'no_pool' })
    expect((await pool.object.read(pool.address)).kind).toBe('pool')
  })

  it('does not let a creation that is repeated late find the pool open', async () => {
    const id = newPoolId(REGION, world)
    const create = () => remote(id.tag).create(id.text, ACCOUNT, SETTINGS, 'op')
    await create()
    await remote(id.tag).delete({ id: id.text, account: ACCOUNT }, 'deletion')
    expect(await create()).toEqual({ kind: 'taken' })
  })
})

describe('the purge of a deleted pool', () => {
  /** Identities of one login each, and single-use proofs, until the rows are that many. */
  async function poolOfRows(identities: number, proofs: number) {
    const pool = await openPool()
    await inside(pool.id.tag, (object) => {
      for (let n = 0; n < identities; n++)
        object.resolve({ region: REGION, version: 1, logins: [publicLogin('idp', `${n}`)], fresh: `id-${n}` })
      const used = Array.from({ length: proofs }, (_, n) => ({ name: `${n}`, expiresAt: START + 1 }))
      const once = { proofs: used, operation: 'op' }
      object.resolve({ region: REGION, version: 1, logins: [], fresh: 'prover', once })
    })
    return pool
  }

  const rowsIn = (tag: string) =>
    inside(tag, async (_, { storage }) => {
      const { identity = [], login = [], used_proof = [] } = tablesOf(storage.sql)
      return { rows: identity.length + login.length + used_proof.length, alarm: (await storage.getAlarm()) !== null }
    })

  it('leaves the row of the pool alone, in one run, and then stops', async () => {
    const pool = await poolOfRows(600, 700)
    await pool.object.delete(pool.address, 'op')
    const { tag } = pool.id
    expect(await rowsIn(tag)).toEqual({ rows: 601 + 600 + 700, alarm: true })
    const before = await pool.dump()
    expect(await runDurableObjectAlarm(stubOf(tag))).toBe(true)
    const empty = { ...before, identity: [], login: [], used_proof: [] }
    expect(await pool.dump()).toEqual(empty)
    await pool.evict()
    expect(await pool.dump()).toEqual(empty)
    expect(await rowsIn(tag)).toEqual({ rows: 0, alarm: false })
  })

  it('leaves a pool that is still deleted, by the call that deleted it, and whose tag is taken', async () => {
    const pool = await poolOfRows(3, 1)
    await pool.object.delete(pool.address, 'op')
    await runDurableObjectAlarm(stubOf(pool.id.tag))
    for (const again of [false, true]) {
      if (again) await pool.evict()
      expect(await pool.object.read(pool.address)).toEqual({ kind: 'no_pool' })
      expect(await pool.object.delete(pool.address, 'op')).toEqual({ kind: 'deleted' })
      expect(await pool.object.delete(pool.address, 'other')).toEqual({ kind: 'no_pool' })
      expect(await pool.object.create(pool.id.text, ACCOUNT, SETTINGS, 'new')).toEqual({ kind: 'taken' })
      expect(await pool.resolve([publicLogin('idp', '1')])).toEqual({ kind: 'no_pool' })
    }
  })

  it('is taken up again by the next instance if its alarm was lost', async () => {
    const pool = await poolOfRows(10, 0)
    await pool.object.delete(pool.address, 'op')
    await inside(pool.id.tag, (_, { storage }) => storage.deleteAlarm())
    expect(await rowsIn(pool.id.tag)).toEqual({ rows: 21, alarm: false })
    await pool.evict()
    expect(await rowsIn(pool.id.tag)).toEqual({ rows: 21, alarm: true })
    await runDurableObjectAlarm(stubOf(pool.id.tag))
    expect(await rowsIn(pool.id.tag)).toEqual({ rows: 0, alarm: false })
    await pool.evict()
    expect(await rowsIn(pool.id.tag)).toEqual({ rows: 0, alarm: false })
  })

  it('never touches an open pool', async () => {
    const pool = await poolOfRows(3, 0)
    await inside(pool.id.tag, (_, { storage }) => storage.setAlarm(START))
    await runDurableObjectAlarm(stubOf(pool.id.tag))
    expect(await rowsIn(pool.id.tag)).toEqual({ rows: 7, alarm: false })
  })
})
