import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ProvenLogin } from '../../src/pools/index.ts'
import { developerUser, openPool, publicLogin, START, type TestPool } from './support.ts'

const ana = publicLogin('idp', 'ana')
const other = publicLogin('idp', 'other')
const ana2 = publicLogin('idp-2', 'ana')
const u1 = developerUser('u1')
const u2 = developerUser('u2')
const PROVIDER = u1.provider

let now = START
beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterAll(() => {
  vi.useRealTimers()
})

/** A pool with these identities, each a moment younger than the one before. */
async function poolOf(given: Record<string, readonly ProvenLogin[]>): Promise<TestPool> {
  const pool = await openPool({ developerProvider: PROVIDER })
  for (const [fresh, logins] of Object.entries(given)) {
    vi.setSystemTime(++now)
    await pool.resolve(logins, { fresh })
  }
  vi.setSystemTime(++now)
  return pool
}

describe('merging two developer users', () => {
  it('keeps the destination’s identity, though it is the younger one, and hands it every login', async () => {
    const pool = await poolOf({ A: [ana, u1], B: [ana2, u2] })
    expect(await pool.mergeDevelopers('u1', 'u2')).toEqual({ kind: 'merged', uuid: 'B' })
    const leaves = {
      A: 'disabled → B',
      B: 'member: idp/ana, idp-2/ana, developer login.shop/u1, developer login.shop/u2',
    }
    expect(await pool.holdings()).toEqual(leaves)
    const before = await pool.dump()
    expect(await pool.mergeDevelopers('u1', 'u2'), 'repeated').toEqual({ kind: 'merged', uuid: 'B' })
    expect(await pool.dump(), 'repeated').toEqual(before)
  })

  it('of one identity, or one with itself, changes nothing', async () => {
    const pool = await poolOf({ A: [u1, u2] })
    const before = await pool.dump()
    vi.setSystemTime(++now)
    expect(await pool.mergeDevelopers('u1', 'u1')).toEqual({ kind: 'merged', uuid: 'A' })
    expect(await pool.mergeDevelopers('u1', 'u2')).toEqual({ kind: 'merged', uuid: 'A' })
    expect(await pool.dump()).toEqual(before)
  })

  it.each([
    ['a source that is unknown', 'u3', 'u1', { kind: 'no_developer_user', subject: 'u3' }],
    ['a destination that is unknown', 'u1', 'u3', { kind: 'no_developer_user', subject: 'u3' }],
    ['a public user for a source', 'ana', 'u1', { kind: 'no_developer_user', subject: 'ana' }],
    ['two users of one public provider', 'u1', 'u2', { kind: 'second_login', provider: 'idp' }],
  ])('is refused for %s, and changes nothing', async (_, source, destination, answer) => {
    const pool = await poolOf({ A: [ana, u1], B: [other, u2] })
    const before = await pool.dump()
    expect(await pool.mergeDevelopers(source, destination)).toEqual(answer)
    expect(await pool.dump()).toEqual(before)
  })
})

describe('looking up developer users', () => {
  const page = { after: '', limit: 10 }

  it.each([
    ['by user', { subject: 'u2' }, { kind: 'developer_users', uuid: 'A', subjects: ['u1', 'u2'] }],
    ['by identity', { identity: 'A' }, { kind: 'developer_users', uuid: 'A', subjects: ['u1', 'u2'] }],
    ['by both', { identity: 'A', subject: 'u1' }, { kind: 'developer_users', uuid: 'A', subjects: ['u1', 'u2'] }],
    ['by an identity without any', { identity: 'B' }, { kind: 'developer_users', uuid: 'B', subjects: [] }],
    ['by a user of another identity', { identity: 'B', subject: 'u1' }, { kind: 'mismatch' }],
    ['by an unknown user', { subject: 'u3' }, { kind: 'no_developer_user' }],
    ['by an unknown identity', { identity: 'nobody' }, { kind: 'no_identity' }],
    ['by a public user', { subject: 'ana' }, { kind: 'no_developer_user' }],
    ['a page after a user', { identity: 'A', after: 'u1' }, { kind: 'developer_users', uuid: 'A', subjects: ['u2'] }],
    ['a page of one', { identity: 'A', limit: 1 }, { kind: 'developer_users', uuid: 'A', subjects: ['u1'] }],
    ['of another provider', { identity: 'A', provider: 'other' }, { kind: 'developer_users', uuid: 'A', subjects: [] }],
  ])('%s', async (_, asked, answer) => {
    const pool = await poolOf({ A: [ana, u2, u1], B: [ana2] })
    const before = await pool.dump()
    expect(await pool.object.lookupDeveloper(pool.address, { provider: PROVIDER, ...page, ...asked })).toEqual(answer)
    expect(await pool.dump()).toEqual(before)
  })
})
