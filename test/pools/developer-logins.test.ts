import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ProvenLogin } from '../../src/pools/index.ts'
import { developerUser, type Holdings, openPool, publicLogin, START, type TestPool } from './support.ts'

const ana = publicLogin('idp', 'ana')
const ana2 = publicLogin('idp-2', 'ana')
const u1 = developerUser('u1')
const u2 = developerUser('u2')
const PROVIDER = u1.provider

const is = (uuid: string, guest = false) => ({ kind: 'identity', uuid, guest })

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

interface Case {
  given: Record<string, readonly ProvenLogin[]>
  named?: string
  logins: readonly ProvenLogin[]
  answer: object
  leaves: Holdings
}

async function expectCase({ answer, given, logins, named, leaves }: Case) {
  const pool = await poolOf(given)
  const before = await pool.dump()
  expect(await pool.resolve(logins, { fresh: 'new', ...(named && { identity: named }) })).toEqual(answer)
  expect(await pool.holdings()).toEqual(leaves)
  if (!('uuid' in answer)) expect(await pool.dump()).toEqual(before)
}

describe('a signed caller’s developer user', () => {
  it.each<[string, Case]>([
    [
      'that is unknown gets a new identity',
      { given: {}, logins: [u1], answer: is('new'), leaves: { new: 'member: developer login.shop/u1' } },
    ],
    [
      'that is known gets its identity',
      { given: { A: [u1] }, logins: [u1], answer: is('A'), leaves: { A: 'member: developer login.shop/u1' } },
    ],
    [
      'that is unknown is linked to the guest named',
      { given: { A: [] }, named: 'A', logins: [u1], answer: is('A'), leaves: { A: 'member: developer login.shop/u1' } },
    ],
    [
      'is linked to a member named, with a login of that',
      {
        given: { A: [ana] },
        named: 'A',
        logins: [u1, ana],
        answer: is('A'),
        leaves: { A: 'member: idp/ana, developer login.shop/u1' },
      },
    ],
    [
      'that is linked already goes on, with that login or without',
      {
        given: { A: [ana, u1] },
        named: 'A',
        logins: [u1],
        answer: is('A'),
        leaves: { A: 'member: idp/ana, developer login.shop/u1' },
      },
    ],
    [
      'is not linked to a member named without a login of that',
      {
        given: { A: [ana] },
        named: 'A',
        logins: [u1],
        answer: { kind: 'logins_mismatch' },
        leaves: { A: 'member: idp/ana' },
      },
    ],
    [
      'is not linked to a member named with somebody else’s login',
      {
        given: { A: [ana] },
        named: 'A',
        logins: [u1, ana2],
        answer: { kind: 'logins_mismatch' },
        leaves: { A: 'member: idp/ana' },
      },
    ],
    [
      'of another identity is taken, when a guest is named',
      {
        given: { A: [], B: [u1] },
        named: 'A',
        logins: [u1],
        answer: { kind: 'developer_user_taken' },
        leaves: { A: 'guest', B: 'member: developer login.shop/u1' },
      },
    ],
    [
      'of another identity is taken, when a member is named without a login of that',
      {
        given: { A: [ana], B: [u1] },
        named: 'A',
        logins: [u1],
        answer: { kind: 'developer_user_taken' },
        leaves: { A: 'member: idp/ana', B: 'member: developer login.shop/u1' },
      },
    ],
    [
      'of another identity is taken, although a login proves the one named: the caller’s word merges nobody',
      {
        given: { A: [ana], B: [u1] },
        named: 'A',
        logins: [u1, ana],
        answer: { kind: 'developer_user_taken' },
        leaves: { A: 'member: idp/ana', B: 'member: developer login.shop/u1' },
      },
    ],
    [
      'of another identity comes along in a merge that public logins prove on both sides',
      {
        given: { A: [ana], B: [u1, ana2] },
        named: 'A',
        logins: [u1, ana, ana2],
        answer: is('A'),
        leaves: { A: 'member: idp/ana, idp-2/ana, developer login.shop/u1', B: 'disabled → A' },
      },
    ],
    [
      'may be one of several of one identity',
      {
        given: { A: [ana, u1] },
        named: 'A',
        logins: [u2, ana],
        answer: is('A'),
        leaves: { A: 'member: idp/ana, developer login.shop/u1, developer login.shop/u2' },
      },
    ],
    [
      'whose name is that of a public user is another login than that user’s',
      {
        given: { A: [publicLogin(PROVIDER, 'u1')] },
        logins: [u1],
        answer: is('new'),
        leaves: { A: 'member: login.shop/u1', new: 'member: developer login.shop/u1' },
      },
    ],
    [
      'finds nothing under an id that is not there',
      {
        given: { A: [ana, u1] },
        named: 'nobody',
        logins: [u1],
        answer: { kind: 'no_identity' },
        leaves: { A: 'member: idp/ana, developer login.shop/u1' },
      },
    ],
  ])('%s', (_, row) => expectCase(row))

  it('and a public user of the same provider and name can both be one identity’s, and are unlinked one by one', async () => {
    const twin = publicLogin(PROVIDER, 'u1')
    const pool = await poolOf({ A: [u1, twin] })
    expect(await pool.holdings()).toEqual({ A: 'member: login.shop/u1, developer login.shop/u1' })
    await pool.unlinkDeveloper('A', u1)
    expect(await pool.holdings()).toEqual({ A: 'member: login.shop/u1' })
    await pool.resolve([twin, u1], { identity: 'A' })
    await pool.unlink('A', [twin], [PROVIDER])
    expect(await pool.holdings()).toEqual({ A: 'member: developer login.shop/u1' })
  })
})

describe('a developer user whose token of ours is handed back', () => {
  const handedBack = { ...u1, mustBeMember: true }

  it.each<[string, Case]>([
    [
      'goes on while it is linked',
      {
        given: { A: [ana, u1] },
        named: 'A',
        logins: [handedBack],
        answer: is('A'),
        leaves: { A: 'member: idp/ana, developer login.shop/u1' },
      },
    ],
    [
      'is not linked again, whatever else proves the identity',
      {
        given: { A: [ana] },
        named: 'A',
        logins: [handedBack, ana],
        answer: { kind: 'logins_mismatch' },
        leaves: { A: 'member: idp/ana' },
      },
    ],
    [
      'is not linked to a guest',
      {
        given: { A: [] },
        named: 'A',
        logins: [handedBack],
        answer: { kind: 'logins_mismatch' },
        leaves: { A: 'guest' },
      },
    ],
    [
      'does not match when it belongs to another identity by now',
      {
        given: { A: [ana], B: [u1] },
        named: 'A',
        logins: [handedBack, ana],
        answer: { kind: 'logins_mismatch' },
        leaves: { A: 'member: idp/ana', B: 'member: developer login.shop/u1' },
      },
    ],
  ])('%s', (_, row) => expectCase(row))
})

describe('at most 20 logins', () => {
  const users = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => developerUser(`u${from + n}`))

  it.each<[string, Case]>([
    ['a new identity', { given: {}, logins: users(0, 21), answer: { kind: 'too_many_logins' }, leaves: {} }],
    [
      'an identity that gets another',
      {
        given: { A: users(0, 20) },
        named: 'A',
        logins: [...users(0, 1), ...users(20, 21)],
        answer: { kind: 'too_many_logins' },
        leaves: { A: expect.stringMatching(/^(?!.*u20)/) },
      },
    ],
  ])('for %s', (_, row) => expectCase(row))

  it('for a merge: 20 logins are merged, 21 are not and nothing changes', async () => {
    const pool = await poolOf({ A: users(0, 11), B: users(11, 20), C: users(20, 21) })
    expect(await pool.mergeDevelopers('u11', 'u0')).toEqual({ kind: 'merged', uuid: 'A' })
    const before = await pool.dump()
    expect(await pool.mergeDevelopers('u20', 'u0')).toEqual({ kind: 'too_many_logins' })
    expect(await pool.dump()).toEqual(before)
  })
})
