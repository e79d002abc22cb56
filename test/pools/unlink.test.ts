import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ProvenLogin } from '../../src/pools/index.ts'
import { developerUser, type Holdings, openPool, publicLogin, START } from './support.ts'

const ana1 = publicLogin('idp-1', 'ana')
const ana2 = publicLogin('idp-2', 'ana')
const eve = publicLogin('idp-1', 'eve')
const u1 = developerUser('u1')

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
beforeEach(() => {
  vi.setSystemTime(START)
})
afterAll(() => {
  vi.useRealTimers()
})

async function poolOf(given: Record<string, readonly ProvenLogin[]>) {
  const pool = await openPool({ developerProvider: u1.provider })
  for (const [fresh, logins] of Object.entries(given)) {
    await pool.resolve(logins, { fresh })
    vi.setSystemTime(Date.now() + 1)
  }
  return pool
}

/** A guest G that was merged into A. */
async function poolWithOldId(logins: readonly ProvenLogin[]) {
  const pool = await poolOf({ A: logins, G: [] })
  await pool.resolve(logins.slice(0, 1), { identity: 'G' })
  return pool
}

describe('unlinking public logins', () => {
  interface Case {
    given: Record<string, readonly ProvenLogin[]>
    proven: readonly ProvenLogin[]
    providers: readonly string[]
    answer?: string
    leaves: Holdings
  }
  it.each<[string, Case]>([
    [
      'takes the login off',
      { given: { A: [ana1, ana2] }, proven: [ana1], providers: ['idp-2'], leaves: { A: 'member: idp-1/ana' } },
    ],
    [
      'takes off the very login that proved the right to',
      { given: { A: [ana1, ana2] }, proven: [ana1], providers: ['idp-1'], leaves: { A: 'member: idp-2/ana' } },
    ],
    [
      'of the last one disables the identity',
      { given: { A: [ana1] }, proven: [ana1], providers: ['idp-1'], leaves: { A: 'disabled' } },
    ],
    [
      'of all disables the identity',
      { given: { A: [ana1, ana2] }, proven: [ana2], providers: ['idp-1', 'idp-2'], leaves: { A: 'disabled' } },
    ],
    [
      'passes over a provider that is not linked',
      { given: { A: [ana1] }, proven: [ana1], providers: ['idp-2', 'idp-3'], leaves: { A: 'member: idp-1/ana' } },
    ],
    [
      'leaves developer users alone',
      {
        given: { A: [ana1, u1] },
        proven: [ana1],
        providers: ['idp-1', u1.provider],
        leaves: { A: 'member: developer login.shop/u1' },
      },
    ],
    [
      'links none of the logins presented',
      { given: { A: [ana1] }, proven: [ana1, ana2], providers: ['idp-3'], leaves: { A: 'member: idp-1/ana' } },
    ],
    [
      'is refused with a login that is nobody’s',
      {
        given: { A: [ana1] },
        proven: [eve],
        providers: ['idp-1'],
        answer: 'logins_mismatch',
        leaves: { A: 'member: idp-1/ana' },
      },
    ],
    [
      'is refused with a login of somebody else',
      {
        given: { A: [ana1], E: [eve] },
        proven: [eve],
        providers: ['idp-1'],
        answer: 'logins_mismatch',
        leaves: { A: 'member: idp-1/ana', E: 'member: idp-1/eve' },
      },
    ],
    [
      'is refused for a guest',
      { given: { A: [] }, proven: [eve], providers: ['idp-1'], answer: 'forbidden', leaves: { A: 'guest' } },
    ],
    [
      'is refused for an identity that is not there',
      { given: {}, proven: [ana1], providers: ['idp-1'], answer: 'no_identity', leaves: {} },
    ],
  ])('%s', async (_, { answer = 'unlinked', given, leaves, proven, providers }) => {
    const pool = await poolOf(given)
    const before = await pool.dump()
    expect(await pool.unlink('A', proven, providers)).toEqual({ kind: answer })
    expect(await pool.holdings()).toEqual(leaves)
    if (answer !== 'unlinked') expect(await pool.dump()).toEqual(before)
  })

  it('through an id that lost a merge takes the login off the survivor', async () => {
    const pool = await poolWithOldId([ana1, ana2])
    expect(await pool.unlink('G', [ana1], ['idp-2'])).toEqual({ kind: 'unlinked' })
    expect(await pool.holdings()).toEqual({ A: 'member: idp-1/ana', G: 'disabled → A' })
  })

  it('through an id that lost a merge is refused without a login of the survivor', async () => {
    const pool = await poolWithOldId([ana1, ana2])
    const before = await pool.dump()
    expect(await pool.unlink('G', [eve], ['idp-1'])).toEqual({ kind: 'forbidden' })
    expect(await pool.dump()).toEqual(before)
  })
})

describe('a login that was unlinked', () => {
  it('is new when it is seen again', async () => {
    const pool = await poolOf({ A: [ana1, ana2] })
    await pool.unlink('A', [ana1], ['idp-2'])
    expect(await pool.resolve([ana2], { fresh: 'B' })).toEqual({ kind: 'identity', uuid: 'B', guest: false })
    expect(await pool.resolve([ana2], { identity: 'A' })).toEqual({ kind: 'logins_mismatch' })
  })

  it('and was the last one leaves an identity that nobody gets into again', async () => {
    const pool = await poolOf({ A: [ana1] })
    await pool.unlink('A', [ana1], ['idp-1'])
    const before = await pool.dump()
    for (const logins of [[], [ana1], [ana2], [ana1, ana2], [u1]])
      expect(await pool.resolve(logins, { identity: 'A' })).toEqual({ kind: 'forbidden' })
    expect(await pool.unlink('A', [ana1], ['idp-1'])).toEqual({ kind: 'forbidden' })
    expect(await pool.dump()).toEqual(before)
    expect(await pool.resolve([ana1], { fresh: 'B' })).toEqual({ kind: 'identity', uuid: 'B', guest: false })
  })
})

describe('unlinking a developer user', () => {
  it.each<[string, string, ProvenLogin, string, Holdings]>([
    ['takes it off', 'A', u1, 'unlinked', { A: 'member: idp-1/ana', B: 'member: idp-2/ana' }],
    [
      'is refused for another identity',
      'B',
      u1,
      'developer_user_taken',
      { A: 'member: idp-1/ana, developer login.shop/u1', B: 'member: idp-2/ana' },
    ],
    [
      'is refused for a user that is unknown',
      'A',
      developerUser('u2'),
      'no_developer_user',
      { A: 'member: idp-1/ana, developer login.shop/u1', B: 'member: idp-2/ana' },
    ],
    [
      'is refused for a public user',
      'A',
      developerUser('ana', 'idp-1'),
      'no_developer_user',
      { A: 'member: idp-1/ana, developer login.shop/u1', B: 'member: idp-2/ana' },
    ],
    [
      'is refused for an identity that is not there',
      'nobody',
      u1,
      'no_identity',
      { A: 'member: idp-1/ana, developer login.shop/u1', B: 'member: idp-2/ana' },
    ],
  ])('%s', async (_, identity, user, answer, leaves) => {
    const pool = await poolOf({ A: [ana1, u1], B: [ana2] })
    const before = await pool.dump()
    expect(await pool.unlinkDeveloper(identity, user)).toEqual({ kind: answer })
    expect(await pool.holdings()).toEqual(leaves)
    if (answer !== 'unlinked') expect(await pool.dump()).toEqual(before)
  })

  it('that was the last login disables the identity', async () => {
    const pool = await poolOf({ A: [u1] })
    await pool.unlinkDeveloper('A', u1)
    expect(await pool.holdings()).toEqual({ A: 'disabled' })
    expect(await pool.resolve([u1], { identity: 'A' })).toEqual({ kind: 'forbidden' })
  })

  it('through an id that lost a merge takes it off the survivor', async () => {
    const pool = await poolWithOldId([ana1, u1])
    expect(await pool.unlinkDeveloper('G', u1)).toEqual({ kind: 'unlinked' })
    expect(await pool.holdings()).toEqual({ A: 'member: idp-1/ana', G: 'disabled → A' })
  })
})

describe('an unlinking that is repeated', () => {
  const unlinked = { kind: 'unlinked' }

  it.each([
    ['by the id it named', 'A'],
    ['by an id that lost a merge', 'G'],
  ])('is recognised after it took the last login, %s', async (_, named) => {
    const pool = await poolWithOldId([ana1])
    const unlink = () => pool.unlink(named, [ana1], ['idp-1'], 'op')
    expect(await unlink()).toEqual(unlinked)
    const before = await pool.dump()
    await pool.evict()
    vi.setSystemTime(Date.now() + 1)
    expect(await unlink()).toEqual(unlinked)
    expect(await pool.dump()).toEqual(before)
  })

  it('is recognised after the identity lost a merge', async () => {
    const pool = await poolOf({ B: [eve], A: [ana1, ana2] })
    const unlink = () => pool.unlink('A', [ana1], ['idp-1'], 'op')
    expect(await unlink()).toEqual(unlinked)
    await pool.resolve([eve, ana2], { identity: 'B' })
    const before = await pool.dump()
    expect(before.identity).toContainEqual(expect.objectContaining({ uuid: 'A', forward: 'B' }))
    expect(await unlink()).toEqual(unlinked)
    expect(await pool.dump()).toEqual(before)
  })

  it('does not take off what was linked since', async () => {
    const pool = await poolOf({ A: [ana1, ana2] })
    const unlink = () => pool.unlink('A', [ana1], ['idp-2'], 'op')
    expect(await unlink()).toEqual(unlinked)
    await pool.resolve([ana1, ana2], { identity: 'A' })
    expect(await unlink()).toEqual(unlinked)
    expect(await pool.holdings()).toEqual({ A: 'member: idp-1/ana, idp-2/ana' })
  })

  it('of a developer user is recognised', async () => {
    const pool = await poolOf({ A: [u1] })
    expect(await pool.unlinkDeveloper('A', u1, 'op')).toEqual(unlinked)
    const before = await pool.dump()
    expect(await pool.unlinkDeveloper('A', u1, 'op')).toEqual(unlinked)
    expect(await pool.dump()).toEqual(before)
    expect(await pool.unlinkDeveloper('A', u1, 'another op')).toEqual({ kind: 'no_developer_user' })
  })
})
