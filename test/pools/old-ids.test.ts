import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { MAX_FORWARDS } from '../../src/pools/limits.ts'
import { developerUser, openPool, publicLogin, START } from './support.ts'

const ana1 = publicLogin('idp-1', 'ana')
const ana2 = publicLogin('idp-2', 'ana')
const ana3 = publicLogin('idp-3', 'ana')
const eve = publicLogin('idp-1', 'eve')

const is = (uuid: string, guest = false) => ({ kind: 'identity', uuid, guest })
const forbidden = { kind: 'forbidden' }

let now = START
beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterAll(() => {
  vi.useRealTimers()
})

/**
 * A user's devices, one after the other: three guests, and three identities made by three logins, that one by one turned
 * out to be the same user. Oldest first: C, B, A. Guest → A → B → C.
 */
async function poolOfMerges() {
  const pool = await openPool()
  for (const [fresh, logins] of [
    ['C', [ana3]],
    ['B', [ana2]],
    ['A', [ana1]],
    ['guest', []],
  ] as const) {
    vi.setSystemTime(++now)
    await pool.resolve(logins, { fresh })
  }
  vi.setSystemTime(++now)
  expect(await pool.resolve([ana1], { identity: 'guest' })).toEqual(is('A'))
  expect(await pool.resolve([ana1, ana2], { identity: 'A' })).toEqual(is('B'))
  expect(await pool.resolve([ana2, ana3], { identity: 'B' })).toEqual(is('C'))
  expect(await pool.holdings()).toEqual({
    guest: 'disabled → A',
    A: 'disabled → B',
    B: 'disabled → C',
    C: 'member: idp-1/ana, idp-2/ana, idp-3/ana',
  })
  return pool
}

describe('an id that lost a merge', () => {
  it.each(['guest', 'A', 'B', 'C'])(
    '%s: leads to the survivor with any login of that, and writes nothing',
    async (id) => {
      const pool = await poolOfMerges()
      const before = await pool.dump()
      vi.setSystemTime(++now)
      for (const login of [ana1, ana2, ana3]) expect(await pool.resolve([login], { identity: id })).toEqual(is('C'))
      await pool.evict()
      expect(await pool.resolve([ana1], { identity: id })).toEqual(is('C'))
      expect(await pool.dump()).toEqual(before)
    },
  )

  it.each(['guest', 'A', 'B'])(
    '%s: is forbidden without a login of the survivor, and nothing is linked',
    async (id) => {
      const pool = await poolOfMerges()
      await pool.resolve([eve], { fresh: 'E' })
      const before = await pool.dump()
      const unknown = publicLogin('idp-4', 'eve')
      for (const logins of [[], [eve], [unknown], [developerUser('eve')]])
        expect(await pool.resolve(logins, { identity: id })).toEqual(forbidden)
      expect(await pool.dump()).toEqual(before)
    },
  )

  it('links a new login to the survivor beside a proven one', async () => {
    const pool = await poolOfMerges()
    const ana4 = publicLogin('idp-4', 'ana')
    expect(await pool.resolve([ana1, ana4], { identity: 'guest' })).toEqual(is('C'))
    expect(await pool.holdings()).toMatchObject({ C: 'member: idp-1/ana, idp-2/ana, idp-3/ana, idp-4/ana' })
  })

  it('can merge the survivor on, with a login of another identity', async () => {
    const pool = await poolOfMerges()
    const ana4 = publicLogin('idp-4', 'ana')
    await pool.resolve([ana4], { fresh: 'D' })
    expect(await pool.resolve([ana1, ana4], { identity: 'guest' })).toEqual(is('C'))
    expect(await pool.holdings()).toMatchObject({ D: 'disabled → C' })
  })

  it('is forbidden once the survivor lost its last login', async () => {
    const pool = await poolOfMerges()
    await pool.unlink('guest', [ana1], ['idp-1', 'idp-2', 'idp-3'])
    const before = await pool.dump()
    for (const id of ['guest', 'A', 'B', 'C'])
      for (const logins of [[], [ana1]]) expect(await pool.resolve(logins, { identity: id })).toEqual(forbidden)
    expect(await pool.dump()).toEqual(before)
  })

  it('is forbidden once the survivor was deleted; the logins make a new identity', async () => {
    const pool = await poolOfMerges()
    await pool.delete('C')
    const before = await pool.dump()
    for (const id of ['guest', 'A', 'B'])
      for (const logins of [[], [ana1]]) expect(await pool.resolve(logins, { identity: id })).toEqual(forbidden)
    expect(await pool.dump()).toEqual(before)
    expect(await pool.resolve([ana1], { fresh: 'D' })).toEqual(is('D'))
    expect(await pool.resolve([ana1], { identity: 'guest' })).toEqual(forbidden)
  })

  it.each([[['A']], [['B']], [['A', 'B']], [['B', 'A']]])(
    'goes on working when %j between it and the survivor are deleted',
    async (deleted) => {
      const pool = await poolOfMerges()
      await pool.delete(...deleted)
      expect(await pool.resolve([ana1], { identity: 'guest' })).toEqual(is('C'))
      for (const id of deleted) expect(await pool.resolve([ana1], { identity: id })).toEqual({ kind: 'no_identity' })
    },
  )

  it('is followed through 100 merges, and no further', async () => {
    const pool = await openPool()
    const user = (n: number) => developerUser(`u${n}`)
    await pool.resolve([user(0)], { fresh: 'id-0' })
    for (let n = 1; n <= MAX_FORWARDS + 1; n++) {
      await pool.resolve([user(n)], { fresh: `id-${n}` })
      expect(await pool.mergeDevelopers(`u${n - 1}`, `u${n}`)).toEqual({ kind: 'merged', uuid: `id-${n}` })
      await pool.unlinkDeveloper(`id-${n}`, user(n - 1))
    }
    const last = MAX_FORWARDS + 1
    expect(await pool.resolve([user(last)], { identity: 'id-1' })).toEqual(is(`id-${last}`))
    expect(await pool.resolve([user(last)], { identity: 'id-0' })).toEqual(forbidden)
  })

  it('keeps forwarding after a merge of developer users, against the ages', async () => {
    const pool = await openPool()
    const [u1, u2, u3] = [developerUser('u1'), developerUser('u2'), developerUser('u3')]
    for (const [fresh, user] of [
      ['A', u1],
      ['B', u2],
      ['C', u3],
    ] as const)
      await pool.resolve([user], { fresh })
    await pool.mergeDevelopers('u1', 'u2')
    await pool.mergeDevelopers('u2', 'u3')
    expect(await pool.resolve([u1], { identity: 'A' })).toEqual(is('C'))
    expect(await pool.mergeDevelopers('u3', 'u1')).toEqual({ kind: 'merged', uuid: 'C' })
  })
})

describe('deleting identities', () => {
  it('frees their logins, and passes over ids that are not there', async () => {
    const pool = await openPool()
    await pool.resolve([ana1], { fresh: 'A' })
    await pool.resolve([ana2], { fresh: 'B' })
    expect(await pool.delete('A', 'nobody')).toEqual({ kind: 'deleted' })
    expect(await pool.holdings()).toEqual({ B: 'member: idp-2/ana' })
    expect(await pool.resolve([ana1], { identity: 'A' })).toEqual({ kind: 'no_identity' })
    expect(await pool.resolve([ana1], { fresh: 'C' })).toEqual(is('C'))
    expect(await pool.delete('A', 'nobody'), 'repeated').toEqual({ kind: 'deleted' })
    expect(await pool.holdings()).toEqual({ B: 'member: idp-2/ana', C: 'member: idp-1/ana' })
  })
})

describe('listing identities', () => {
  const listed = (identities: object[]) => ({ kind: 'page', identities })
  const row = (uuid: string, ...logins: string[]) => ({ uuid, logins, createdAt: now, modifiedAt: now })

  it('goes page by page in order of id, with one provider name for each login, and hides disabled ones if asked to', async () => {
    const pool = await openPool()
    vi.setSystemTime(++now)
    await pool.resolve([ana2, ana1, developerUser('u1'), developerUser('u2')], { fresh: 'B' })
    await pool.resolve([], { fresh: 'C' })
    await pool.resolve([ana3], { fresh: 'A' })
    await pool.unlink('A', [ana3], ['idp-3'])
    const list = (after: string, limit: number, hide: boolean) =>
      pool.object.listIdentities(pool.address, after, limit, hide)
    const [a, b, c] = [row('A'), row('B', 'idp-1', 'idp-2', 'login.shop', 'login.shop'), row('C')]
    expect(await list('', 10, false)).toEqual(listed([a, b, c]))
    expect(await list('', 2, false)).toEqual(listed([a, b]))
    expect(await list('B', 2, false)).toEqual(listed([c]))
    expect(await list('', 10, true)).toEqual(listed([b, c]))
    expect(await list('C', 10, false)).toEqual(listed([]))
  })

  it('describes one identity, and none that is not there', async () => {
    const pool = await openPool()
    vi.setSystemTime(++now)
    await pool.resolve([ana1], { fresh: 'A' })
    const describe = (uuid: string) => pool.object.describeIdentity(pool.id.region, pool.address.account, uuid)
    expect(await describe('A')).toEqual(row('A', 'idp-1'))
    expect(await describe('nobody')).toBeUndefined()
  })
})
