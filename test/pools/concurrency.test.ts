import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { developerUser, openPool, publicLogin, START } from './support.ts'

const ana1 = publicLogin('idp-1', 'ana')
const ana2 = publicLogin('idp-2', 'ana')
const other1 = publicLogin('idp-1', 'other')

const is = (uuid: string, guest = false) => ({ kind: 'identity', uuid, guest })

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
})
afterAll(() => {
  vi.useRealTimers()
})

describe('calls at the same time', () => {
  it('with one new login make one identity, fifty of them too', async () => {
    const pool = await openPool()
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => pool.resolve([ana1], { fresh: `id-${n}` })))
    const [first] = answers
    expect(first).toMatchObject({ kind: 'identity', guest: false })
    expect(answers).toEqual(answers.map(() => first))
    const uuid = first?.kind === 'identity' ? first.uuid : ''
    expect(await pool.holdings()).toEqual({ [uuid]: 'member: idp-1/ana' })
  })

  it('that merge two identities in both directions from two tabs leave one survivor', async () => {
    const pool = await openPool()
    await pool.resolve([ana1], { fresh: 'A' })
    vi.setSystemTime(Date.now() + 1)
    await pool.resolve([ana2], { fresh: 'B' })
    const tabs = Array.from({ length: 10 }, (_, n) => pool.resolve([ana1, ana2], { identity: n % 2 === 0 ? 'A' : 'B' }))
    expect(await Promise.all(tabs)).toEqual(tabs.map(() => is('A')))
    expect(await pool.holdings()).toEqual({ A: 'member: idp-1/ana, idp-2/ana', B: 'disabled → A' })
  })

  it('that merge two developer users in both directions leave one survivor, whichever came first', async () => {
    const pool = await openPool()
    for (const [fresh, subject] of [
      ['A', 'u1'],
      ['B', 'u2'],
    ] as const)
      await pool.resolve([developerUser(subject)], { fresh })
    const [one, other] = await Promise.all([pool.mergeDevelopers('u1', 'u2'), pool.mergeDevelopers('u2', 'u1')])
    expect(one).toEqual(other)
    const both = 'member: developer login.shop/u1, developer login.shop/u2'
    expect([
      [
        { kind: 'merged', uuid: 'A' },
        { A: both, B: 'disabled → A' },
      ],
      [
        { kind: 'merged', uuid: 'B' },
        { A: 'disabled → B', B: both },
      ],
    ]).toContainEqual([one, await pool.holdings()])
  })

  it('that sign a guest in as two users let one of them have it, whichever came first', async () => {
    const pool = await openPool()
    await pool.resolve([], { fresh: 'guest' })
    const answers = await Promise.all([ana1, other1].map((login) => pool.resolve([login], { identity: 'guest' })))
    const mismatch = { kind: 'logins_mismatch' }
    expect([
      [[is('guest'), mismatch], { guest: 'member: idp-1/ana' }],
      [[mismatch, is('guest')], { guest: 'member: idp-1/other' }],
    ]).toContainEqual([answers, await pool.holdings()])
  })

  it('that sign in with a login and unlink it leave it with one identity or none', async () => {
    const pool = await openPool()
    await pool.resolve([ana1, ana2], { fresh: 'A' })
    const answers = await Promise.all([pool.unlink('A', [ana1], ['idp-2']), pool.resolve([ana2], { fresh: 'B' })])
    const unlinked = { kind: 'unlinked' }
    expect([
      [[unlinked, is('B')], { A: 'member: idp-1/ana', B: 'member: idp-2/ana' }],
      [[unlinked, is('A')], { A: 'member: idp-1/ana' }],
    ]).toContainEqual([answers, await pool.holdings()])
  })

  it('that delete an identity and sign in to it leave the next one or none', async () => {
    const pool = await openPool()
    await pool.resolve([ana1], { fresh: 'A' })
    const [, signedIn] = await Promise.all([pool.delete('A'), pool.resolve([ana1], { fresh: 'B' })])
    expect([
      [is('B'), { B: 'member: idp-1/ana' }],
      [is('A'), {}],
    ]).toContainEqual([signedIn, await pool.holdings()])
  })
})
