import { describe, expect, it } from 'vitest'
import { developerUser, openPool, publicLogin, type TestPool } from './support.ts'

const ana = publicLogin('idp-1', 'ana')
const eve = publicLogin('idp-1', 'eve')
const eve2 = publicLogin('idp-2', 'eve')

const is = (uuid: string, guest = false) => ({ kind: 'identity', uuid, guest })

/** Everything that a stranger can try who knows an id and has logins of their own, known to the pool or not. */
async function expectNoWayIn(pool: TestPool, id: string) {
  const before = await pool.dump()
  const refused = expect.stringMatching(/^(forbidden|logins_mismatch)$/)
  for (const logins of [[], [eve], [eve2], [eve, eve2], [{ ...developerUser('ana'), mustBeMember: true }, eve]])
    expect(await pool.resolve(logins, { identity: id })).toEqual({ kind: refused })
  for (const proven of [[eve], [eve2], [eve, eve2]])
    expect(await pool.unlink(id, proven, ['idp-1', 'idp-2'])).toEqual({ kind: refused })
  expect(await pool.dump()).toEqual(before)
}

describe('a guest id that somebody else knows', () => {
  it('is all it takes to be that guest, until its owner signs in; then it is worth nothing', async () => {
    const pool = await openPool()
    await pool.resolve([], { fresh: 'guest' })
    await pool.resolve([eve], { fresh: 'E' })
    expect(await pool.resolve([], { identity: 'guest' })).toEqual(is('guest', true))
    expect(await pool.resolve([ana], { identity: 'guest' })).toEqual(is('guest'))
    await expectNoWayIn(pool, 'guest')
    expect(await pool.resolve([ana], { identity: 'guest' })).toEqual(is('guest'))
  })

  it('is worth nothing after its owner signs in to the identity they had before', async () => {
    const pool = await openPool()
    await pool.resolve([ana], { fresh: 'A' })
    await pool.resolve([], { fresh: 'guest' })
    await pool.resolve([eve], { fresh: 'E' })
    expect(await pool.resolve([ana], { identity: 'guest' })).toEqual(is('A'))
    await expectNoWayIn(pool, 'guest')
    await expectNoWayIn(pool, 'A')
  })

  it('gives somebody who signs in under it first that guest, and nothing of its owner', async () => {
    const pool = await openPool()
    await pool.resolve([ana], { fresh: 'A' })
    await pool.resolve([], { fresh: 'guest' })
    expect(await pool.resolve([eve], { identity: 'guest' })).toEqual(is('guest'))
    expect(await pool.resolve([ana], { identity: 'guest' })).toEqual({ kind: 'logins_mismatch' })
    expect(await pool.resolve([ana], {})).toEqual(is('A'))
    expect(await pool.holdings()).toEqual({ A: 'member: idp-1/ana', guest: 'member: idp-1/eve' })
  })
})

describe('a member’s id that somebody else knows', () => {
  it('is worth nothing, whatever becomes of the identity', async () => {
    const pool = await openPool()
    const ana2 = publicLogin('idp-2', 'ana')
    await pool.resolve([ana, ana2], { fresh: 'A' })
    await pool.resolve([eve], { fresh: 'E' })
    await expectNoWayIn(pool, 'A')
    await pool.unlink('A', [ana], ['idp-2'])
    await expectNoWayIn(pool, 'A')
    await pool.unlink('A', [ana], ['idp-1'])
    await expectNoWayIn(pool, 'A')
    await pool.delete('A')
    expect(await pool.resolve([eve], { identity: 'A' })).toEqual({ kind: 'no_identity' })
  })
})
