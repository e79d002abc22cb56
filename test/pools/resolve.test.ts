import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ProvenLogin } from '../../src/pools/index.ts'
import { type Holdings, openPool, publicLogin, START } from './support.ts'

const ana1 = publicLogin('idp-1', 'ana')
const ana2 = publicLogin('idp-2', 'ana')
const ana3 = publicLogin('idp-3', 'ana')
const other1 = publicLogin('idp-1', 'other')

/** What a pool holds before and after a call, and the call: with the identity that it names, or `GetId`. */
interface Case {
  given: Record<string, readonly ProvenLogin[]>
  call: readonly ['GetId' | string, ...ProvenLogin[]]
  answer: object
  leaves: Holdings
}

const is = (uuid: string, guest = false) => ({ kind: 'identity', uuid, guest })

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
beforeEach(() => {
  vi.setSystemTime(START)
})
afterAll(() => {
  vi.useRealTimers()
})

/** A pool with these identities, each a moment younger than the one before. */
async function poolOf(given: Case['given'], settings = {}) {
  const pool = await openPool(settings)
  for (const [fresh, logins] of Object.entries(given)) {
    expect(await pool.resolve(logins, { fresh })).toEqual(is(fresh, logins.length === 0))
    vi.setSystemTime(Date.now() + 1)
  }
  return pool
}

async function expectCase({ answer, call: [named, ...logins], given, leaves }: Case, settings = {}) {
  const pool = await poolOf(given, settings)
  const before = await pool.dump()
  const resolve = () => pool.resolve(logins, { fresh: 'new', ...(named === 'GetId' ? {} : { identity: named }) })
  expect(await resolve()).toEqual(answer)
  expect(await pool.holdings()).toEqual(leaves)
  const after = await pool.dump()
  if (!('uuid' in answer)) expect(after).toEqual(before)
  vi.setSystemTime(Date.now() + 1)
  expect(await resolve(), 'repeated').toEqual(answer)
  expect(await pool.dump(), 'repeated').toEqual(after)
}

describe('a call that names no identity', () => {
  it.each<[string, Case]>([
    ['without logins makes a guest', { given: {}, call: ['GetId'], answer: is('new', true), leaves: { new: 'guest' } }],
    [
      'with an unknown login makes an identity that holds it',
      { given: {}, call: ['GetId', ana1], answer: is('new'), leaves: { new: 'member: idp-1/ana' } },
    ],
    [
      'with a known login finds its identity',
      { given: { A: [ana1] }, call: ['GetId', ana1], answer: is('A'), leaves: { A: 'member: idp-1/ana' } },
    ],
    [
      'with two unknown logins makes one identity that holds both',
      { given: {}, call: ['GetId', ana2, ana1], answer: is('new'), leaves: { new: 'member: idp-1/ana, idp-2/ana' } },
    ],
    [
      'with a known and an unknown login links the unknown one',
      {
        given: { A: [ana1] },
        call: ['GetId', ana2, ana1],
        answer: is('A'),
        leaves: { A: 'member: idp-1/ana, idp-2/ana' },
      },
    ],
    [
      'with logins of two identities merges them; the older survives',
      {
        given: { B: [ana2], A: [ana1] },
        call: ['GetId', ana1, ana2],
        answer: is('B'),
        leaves: { A: 'disabled → B', B: 'member: idp-1/ana, idp-2/ana' },
      },
    ],
    [
      'with logins of three identities merges them all',
      {
        given: { C: [ana3], A: [ana1], B: [ana2] },
        call: ['GetId', ana1, ana2, ana3],
        answer: is('C'),
        leaves: { A: 'disabled → C', B: 'disabled → C', C: 'member: idp-1/ana, idp-2/ana, idp-3/ana' },
      },
    ],
    [
      'with two users of one provider is refused',
      { given: {}, call: ['GetId', ana1, other1], answer: { kind: 'second_login', provider: 'idp-1' }, leaves: {} },
    ],
    [
      'that would link a second user of one provider is refused',
      {
        given: { A: [ana1, ana2] },
        call: ['GetId', ana2, other1],
        answer: { kind: 'second_login', provider: 'idp-1' },
        leaves: { A: 'member: idp-1/ana, idp-2/ana' },
      },
    ],
  ])('%s', (_, row) => expectCase(row))

  it('makes a new guest each time', async () => {
    const pool = await openPool()
    await pool.resolve([], { fresh: 'A' })
    expect(await pool.resolve([], { fresh: 'B' })).toEqual(is('B', true))
    expect(await pool.holdings()).toEqual({ A: 'guest', B: 'guest' })
  })
})

describe('a call that names a guest', () => {
  it.each<[string, Case]>([
    [
      'without logins goes on as that guest',
      { given: { A: [] }, call: ['A'], answer: is('A', true), leaves: { A: 'guest' } },
    ],
    [
      'with an unknown login links it, and keeps the id',
      { given: { A: [] }, call: ['A', ana1], answer: is('A'), leaves: { A: 'member: idp-1/ana' } },
    ],
    [
      'with two unknown logins links both',
      { given: { A: [] }, call: ['A', ana1, ana2], answer: is('A'), leaves: { A: 'member: idp-1/ana, idp-2/ana' } },
    ],
    [
      'with a login of another identity merges the guest into that, although it is younger',
      {
        given: { A: [], B: [ana1] },
        call: ['A', ana1],
        answer: is('B'),
        leaves: { A: 'disabled → B', B: 'member: idp-1/ana' },
      },
    ],
    [
      'with logins of two others merges all three; the older of the others survives',
      {
        given: { A: [], C: [ana2], B: [ana1] },
        call: ['A', ana1, ana2],
        answer: is('C'),
        leaves: { A: 'disabled → C', B: 'disabled → C', C: 'member: idp-1/ana, idp-2/ana' },
      },
    ],
    [
      'with two users of one provider is refused',
      {
        given: { A: [] },
        call: ['A', ana1, other1],
        answer: { kind: 'second_login', provider: 'idp-1' },
        leaves: { A: 'guest' },
      },
    ],
  ])('%s', (_, row) => expectCase(row))
})

describe('a call that names a member', () => {
  it.each<[string, Case]>([
    [
      'without logins is forbidden',
      { given: { A: [ana1] }, call: ['A'], answer: { kind: 'forbidden' }, leaves: { A: 'member: idp-1/ana' } },
    ],
    [
      'with its login goes on as it',
      { given: { A: [ana1] }, call: ['A', ana1], answer: is('A'), leaves: { A: 'member: idp-1/ana' } },
    ],
    [
      'with an unknown login alone does not match',
      {
        given: { A: [ana1] },
        call: ['A', ana2],
        answer: { kind: 'logins_mismatch' },
        leaves: { A: 'member: idp-1/ana' },
      },
    ],
    [
      'with the login of another identity alone does not match',
      {
        given: { A: [ana1], B: [ana2] },
        call: ['A', ana2],
        answer: { kind: 'logins_mismatch' },
        leaves: { A: 'member: idp-1/ana', B: 'member: idp-2/ana' },
      },
    ],
    [
      'with its login and an unknown one links that',
      { given: { A: [ana1] }, call: ['A', ana1, ana2], answer: is('A'), leaves: { A: 'member: idp-1/ana, idp-2/ana' } },
    ],
    [
      'with its login and one of an older identity is merged into that',
      {
        given: { B: [ana2], A: [ana1] },
        call: ['A', ana1, ana2],
        answer: is('B'),
        leaves: { A: 'disabled → B', B: 'member: idp-1/ana, idp-2/ana' },
      },
    ],
    [
      'with its login and one of a younger identity takes that over',
      {
        given: { A: [ana1], B: [ana2] },
        call: ['A', ana1, ana2],
        answer: is('A'),
        leaves: { A: 'member: idp-1/ana, idp-2/ana', B: 'disabled → A' },
      },
    ],
    [
      'with another user of a provider that it has a login of is refused',
      {
        given: { A: [ana1, ana2] },
        call: ['A', ana2, other1],
        answer: { kind: 'second_login', provider: 'idp-1' },
        leaves: { A: 'member: idp-1/ana, idp-2/ana' },
      },
    ],
    [
      'and would put two users of one provider together is refused, and both stay as they were',
      {
        given: { A: [ana1, ana2], B: [other1, ana3] },
        call: ['A', ana2, ana3],
        answer: { kind: 'second_login', provider: 'idp-1' },
        leaves: { A: 'member: idp-1/ana, idp-2/ana', B: 'member: idp-1/other, idp-3/ana' },
      },
    ],
  ])('%s', (_, row) => expectCase(row))

  it('lets the smaller UUID survive among identities of one age', async () => {
    const pool = await openPool()
    await pool.resolve([ana2], { fresh: 'B' })
    await pool.resolve([ana1], { fresh: 'A' })
    expect(await pool.resolve([ana1, ana2], { identity: 'B' })).toEqual(is('A'))
  })
})

describe('a call that names no identity of the pool', () => {
  it.each([
    ['without logins', []],
    ['with an unknown login', [ana2]],
    ['with a known login', [ana1]],
  ])('%s is told so', (_, logins) =>
    expectCase({
      given: { A: [ana1] },
      call: ['nobody', ...logins],
      answer: { kind: 'no_identity' },
      leaves: { A: 'member: idp-1/ana' },
    }),
  )
})

describe('a pool without guests', () => {
  const allowGuests = false

  it('makes none', () =>
    expectCase({ given: {}, call: ['GetId'], answer: { kind: 'guests_refused' }, leaves: {} }, { allowGuests }))

  it('serves members', () =>
    expectCase(
      { given: {}, call: ['GetId', ana1], answer: is('new'), leaves: { new: 'member: idp-1/ana' } },
      { allowGuests },
    ))

  it('refuses the guests it had, and lets them sign in under the id they have', async () => {
    const pool = await poolOf({ A: [] })
    const changed = await pool.object.change(pool.address, { kind: 'replace', settings: { allowGuests } })
    const version = changed.kind === 'pool' ? changed.pool.version : 0
    const resolve = (logins: readonly ProvenLogin[]) =>
      pool.object.resolve({ region: pool.id.region, version, identity: 'A', logins, fresh: 'unused' })
    expect(await resolve([])).toEqual({ kind: 'guests_refused' })
    expect(await resolve([ana1])).toEqual(is('A'))
    expect(await pool.holdings()).toEqual({ A: 'member: idp-1/ana' })
  })
})

describe('a call that the platform repeats after others came between', () => {
  it('does not give its login to the identity that it made and that was disabled since', async () => {
    const pool = await openPool()
    const signIn = () => pool.resolve([ana1], { fresh: 'A' })
    expect(await signIn()).toEqual(is('A'))
    expect(await pool.unlink('A', [ana1], ['idp-1'])).toEqual({ kind: 'unlinked' })
    expect(await signIn()).toEqual({ kind: 'forbidden' })
    expect(await pool.holdings()).toEqual({ A: 'disabled' })
    expect(await pool.resolve([ana1], { fresh: 'B' })).toEqual(is('B'))
  })

  it('does not answer a guest that signed in since as a guest', async () => {
    const pool = await openPool()
    await pool.resolve([], { fresh: 'A' })
    await pool.resolve([ana1], { identity: 'A' })
    expect(await pool.resolve([], { fresh: 'A' })).toEqual({ kind: 'forbidden' })
    expect(await pool.holdings()).toEqual({ A: 'member: idp-1/ana' })
  })
})

describe('the dates of an identity', () => {
  it('tell when it was made and when its logins last changed', async () => {
    const pool = await poolOf({ A: [ana1], B: [ana2] })
    const dates = async (uuid: string) => {
      const described = await pool.object.describeIdentity(pool.id.region, pool.address.account, uuid)
      return described && 'createdAt' in described && [described.createdAt - START, described.modifiedAt - START]
    }
    vi.setSystemTime(START + 100)
    await pool.resolve([ana1], { identity: 'A' })
    expect(await dates('A')).toEqual([0, 0])
    vi.setSystemTime(START + 200)
    await pool.resolve([ana1, ana3], { identity: 'A' })
    expect(await dates('A')).toEqual([0, 200])
    vi.setSystemTime(START + 300)
    await pool.resolve([ana1, ana2], { identity: 'A' })
    expect([await dates('A'), await dates('B')]).toEqual([
      [0, 300],
      [1, 300],
    ])
    vi.setSystemTime(START + 400)
    await pool.unlink('A', [ana1], ['idp-2'])
    expect(await dates('A')).toEqual([0, 400])
  })
})
