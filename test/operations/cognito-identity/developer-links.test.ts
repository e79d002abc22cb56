import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { call, expectFault } from '../../support/client.ts'
import { deploy } from '../../support/deployment.ts'
import {
  createDeveloperPool,
  DEVELOPER,
  developerToken,
  identityOf,
  lookup,
  merge,
  signIn,
  stateWithUsers,
  unlinkDeveloper,
  usersOf,
} from '../support/developers.ts'
import { getId, identitiesOf, succeeded, succeededEmpty } from '../support/pools.ts'
import { ALL_PROVIDERS, APPLE, GOOGLE, OIDC, type Providers, startProviders } from '../support/providers.ts'

const MISMATCH = "Logins don't match. Please include at least one valid login for this identity or identity pool."
const TAKEN = 'The developer user identifier is already registered with another identity.'
const TOO_MANY = 'The identity would have more than 20 logins.'
const forbidden = (id: string) => ['NotAuthorizedException', `Access to Identity '${id}' is forbidden.`] as const

let idp: Providers
let pool: string
beforeAll(async () => {
  idp = await startProviders()
})
beforeEach(async () => {
  pool = await createDeveloperPool(ALL_PROVIDERS)
})

const login = async (provider: string, subject = 'ann') => ({ [provider]: await idp.token(provider, subject) })
/** Signs a developer user in beside public logins. */
const signInWith = (user: string, logins: Record<string, string>, IdentityId?: string) =>
  developerToken(pool, user, { Logins: { [DEVELOPER]: user, ...logins }, IdentityId })
const linked = async (...given: Parameters<typeof signInWith>) => succeeded(await signInWith(...given)).IdentityId
const loginsOf = async (IdentityId: string) =>
  succeeded(await call<{ Logins?: string[] }>('DescribeIdentity', { IdentityId })).Logins?.toSorted()
const later = () => new Promise((resolve) => setTimeout(resolve, 2))

describe('A developer user beside public logins', () => {
  it('joins the identity of a known public login, named or not', async () => {
    const user = await getId(pool, await login(GOOGLE))
    expect(await linked('ann', await login(GOOGLE))).toBe(user)
    expect(await linked('ann at work', await login(GOOGLE), user)).toBe(user)
    expect(await usersOf(pool, user)).toEqual(['ann', 'ann at work'])
  })

  it('brings new public logins to its identity, however many at once', async () => {
    const { IdentityId } = await signIn(pool, 'ann')
    expect(await linked('ann', { ...(await login(GOOGLE)), ...(await login(OIDC)) })).toBe(IdentityId)
    expect(await loginsOf(IdentityId)).toEqual([DEVELOPER, GOOGLE, OIDC].toSorted())
    expect(await getId(pool, await login(OIDC))).toBe(IdentityId)
  })

  it('is made one with the identity of a public login, and the older survives', async () => {
    const { IdentityId: older } = await signIn(pool, 'ann')
    await later()
    const younger = await getId(pool, await login(GOOGLE))
    expect(await linked('ann', await login(GOOGLE))).toBe(older)
    expect(await getId(pool, await login(GOOGLE))).toBe(older)
    expect(await loginsOf(younger)).toBeUndefined()
  })

  it('moves with its identity where public logins prove both sides, and not where they prove one', async () => {
    const older = await linked('ann', await login(GOOGLE))
    await later()
    const younger = await linked('bob', await login(OIDC))
    const before = await stateWithUsers(pool)
    for (const [named, logins] of [
      [younger, await login(OIDC)],
      [younger, await login(GOOGLE)],
      [younger, {}],
    ] as const) {
      const refused = await signInWith('ann', logins, named)
      expectFault(refused, 'DeveloperUserAlreadyRegisteredException', TAKEN)
    }
    expect(await stateWithUsers(pool)).toEqual(before)
    const both = { ...(await login(GOOGLE)), ...(await login(OIDC)) }
    expect(await linked('ann', both, younger)).toBe(older)
    expect(await usersOf(pool, older)).toEqual(['ann', 'bob'])
  })

  it('cannot bring a second user of a linked public provider, and then nothing is linked', async () => {
    const user = await linked('ann', await login(GOOGLE, '1001'))
    const before = await stateWithUsers(pool)
    const message = `The identity already has another login of ${GOOGLE}.`
    for (const logins of [await login(GOOGLE, '1002'), { ...(await login(OIDC)), ...(await login(GOOGLE, '1002')) }])
      expectFault(await signInWith('ann', logins, user), 'ResourceConflictException', message)
    expect(await stateWithUsers(pool)).toEqual(before)
  })

  it('fills an identity up to twenty logins, and not further', async () => {
    const google = await login(GOOGLE)
    const id = await linked('user 01', google)
    for (let n = 2; n <= 19; n++) await linked(`user ${String(n).padStart(2, '0')}`, google, id)
    const before = await stateWithUsers(pool)
    expectFault(await signInWith('one more', google, id), 'ResourceConflictException', TOO_MANY)
    expectFault(await signInWith('user 01', await login(OIDC), id), 'ResourceConflictException', TOO_MANY)
    expect(await stateWithUsers(pool)).toEqual(before)
    expect(await linked('user 19', google)).toBe(id)
    expect(await usersOf(pool, id)).toHaveLength(19)
  })

  it('is the survivor of a merge for whoever still names the loser, and nobody else is', async () => {
    const guest = await getId(pool)
    const user = await linked('ann', await login(GOOGLE))
    expect(succeeded(await call('GetOpenIdToken', { IdentityId: guest, Logins: await login(GOOGLE) }))).toMatchObject({
      IdentityId: user,
    })
    expect((await signIn(pool, 'ann', { IdentityId: guest })).IdentityId).toBe(user)
    const before = await stateWithUsers(pool)
    expectFault(await developerToken(pool, 'new', { IdentityId: guest }), ...forbidden(guest))
    expect(await stateWithUsers(pool)).toEqual(before)
  })

  it('cannot wake an identity that lost its last login', async () => {
    const { IdentityId } = await signIn(pool, 'ann')
    succeededEmpty(await unlinkDeveloper(pool, IdentityId, 'ann'))
    const before = await stateWithUsers(pool)
    for (const logins of [{}, await login(GOOGLE)])
      expectFault(await signInWith('ann', logins, IdentityId), ...forbidden(IdentityId))
    expect(await stateWithUsers(pool)).toEqual(before)
  })

  it('needs no permission for guests', async () => {
    const closed = await createDeveloperPool({ AllowUnauthenticatedIdentities: false })
    expect((await signIn(closed, 'ann')).IdentityId).toBe(await identityOf(closed, 'ann'))
  })

  it('is no login that a token of ours could stand for', async () => {
    const { Token } = await signIn(pool, 'ann')
    const before = await stateWithUsers(pool)
    const answer = await signInWith('bob', { 'cognito-identity.amazonaws.com': Token })
    expectFault(answer, 'NotAuthorizedException', "Invalid login token. Can't pass in a Cognito token.")
    expect(await stateWithUsers(pool)).toEqual(before)
  })
})

describe('A developer user id', () => {
  const ODD = [
    'a b',
    ' ann',
    'ann ',
    'Ann',
    'ann',
    'a:b:c',
    `${DEVELOPER}:x`,
    'constructor',
    '__proto__',
    "'; DROP TABLE login; --",
    'é',
    'e\u0301',
    '用户',
    '😀',
    'a\nb',
    'a\0b',
    'a\0c',
    '%',
    '_',
  ]

  it('is kept letter for letter, whatever it is made of', async () => {
    const ids = await Promise.all(ODD.map(async (user) => (await signIn(pool, user)).IdentityId))
    expect(new Set(ids).size).toBe(ODD.length)
    for (const [index, user] of ODD.entries()) {
      const found = succeeded(await lookup(pool, { DeveloperUserIdentifier: user }))
      expect(found).toEqual({ IdentityId: ids[index], DeveloperUserIdentifierList: [user] })
    }
  })

  it('comes back in pages without gap or repetition, whatever it is made of', async () => {
    const google = await login(GOOGLE)
    const users = ODD.slice(0, 18)
    const id = await linked(users[0] ?? '', google)
    for (const user of users.slice(1)) await linked(user, google, id)
    const seen: string[] = []
    let NextToken: string | undefined
    do {
      const page = succeeded(await lookup(pool, { IdentityId: id, MaxResults: 5, NextToken }))
      seen.push(...page.DeveloperUserIdentifierList)
      NextToken = page.NextToken
    } while (NextToken)
    expect(seen).toHaveLength(18)
    expect(new Set(seen)).toEqual(new Set(users))
  })
})

describe('A page token of a lookup', () => {
  it('is good for no other pool, operation or question, and not if it was altered', async () => {
    const google = await login(GOOGLE)
    const id = await linked('ann', google)
    await linked('bob', google, id)
    const { NextToken = '' } = succeeded(await lookup(pool, { IdentityId: id, MaxResults: 1 }))
    const other = await createDeveloperPool()
    const elsewhere = await signIn(other, 'ann')
    const invalid = ['InvalidParameterException', 'Invalid NextToken'] as const
    expectFault(await lookup(other, { IdentityId: elsewhere.IdentityId, NextToken }), ...invalid)
    expectFault(await lookup(other, { DeveloperUserIdentifier: 'ann', NextToken }), ...invalid)
    const list = { IdentityPoolId: pool, MaxResults: 1, NextToken }
    expectFault(await call('ListIdentities', list), ...invalid)
    expectFault(await call('ListIdentityPools', { MaxResults: 1, NextToken }), ...invalid)
    for (const altered of [NextToken.slice(1), `${NextToken}AAAA`, btoa('[]'), btoa('{}'), 'null', '%'])
      expectFault(await lookup(pool, { IdentityId: id, NextToken: altered }), ...invalid)
    expect(succeeded(await lookup(pool, { IdentityId: id, NextToken })).DeveloperUserIdentifierList).toEqual(['bob'])
  })

  it('goes on where it was, though users come and go', async () => {
    const google = await login(GOOGLE)
    const id = await linked('b', google)
    for (const user of ['d', 'f']) await linked(user, google, id)
    const first = succeeded(await lookup(pool, { IdentityId: id, MaxResults: 2 }))
    expect(first.DeveloperUserIdentifierList).toEqual(['b', 'd'])
    succeededEmpty(await unlinkDeveloper(pool, id, 'd'))
    for (const user of ['a', 'e']) await linked(user, google, id)
    const rest = succeeded(await lookup(pool, { IdentityId: id, NextToken: first.NextToken }))
    expect(rest).toEqual({ IdentityId: id, DeveloperUserIdentifierList: ['e', 'f'] })
  })
})

describe('Merging developer users', () => {
  it('reaches twenty logins and not one more', async () => {
    const [google, oidc] = [await login(GOOGLE), await login(OIDC)]
    const one = await linked('one 1', google)
    for (let n = 2; n <= 9; n++) await linked(`one ${n}`, google, one)
    const two = await linked('two 1', oidc)
    for (let n = 2; n <= 10; n++) await linked(`two ${n}`, oidc, two)
    const before = await stateWithUsers(pool)
    expectFault(await merge(pool, 'one 1', 'two 1'), 'ResourceConflictException', TOO_MANY)
    expect(await stateWithUsers(pool)).toEqual(before)
    succeededEmpty(await unlinkDeveloper(pool, two, 'two 10'))
    expect(succeeded(await merge(pool, 'one 1', 'two 1'))).toEqual({ IdentityId: two })
    expect(await usersOf(pool, two)).toHaveLength(18)
    expect(await loginsOf(two)).toEqual([DEVELOPER, GOOGLE, OIDC].toSorted())
  })

  it('goes through a chain: every earlier id leads to the last destination', async () => {
    const ids = [(await signIn(pool, 'a')).IdentityId, (await signIn(pool, 'b')).IdentityId]
    const { IdentityId: last } = await signIn(pool, 'c')
    succeeded(await merge(pool, 'a', 'b'))
    expect(succeeded(await merge(pool, 'b', 'c'))).toEqual({ IdentityId: last })
    for (const IdentityId of ids) {
      expect((await signIn(pool, 'a', { IdentityId })).IdentityId).toBe(last)
      expectFault(await call('GetOpenIdToken', { IdentityId }), ...forbidden(IdentityId))
      const users = succeeded(await lookup(pool, { IdentityId }))
      expect(users).toEqual({ IdentityId, DeveloperUserIdentifierList: [] })
    }
    expect(await usersOf(pool, last)).toEqual(['a', 'b', 'c'])
  })

  it('leaves one identity with all users, whichever of two opposite calls comes first', async () => {
    await signIn(pool, 'ann')
    await signIn(pool, 'bob')
    const answers = await Promise.all([merge(pool, 'ann', 'bob'), merge(pool, 'bob', 'ann')])
    const [one, two] = answers.map((answer) => succeeded(answer).IdentityId)
    expect(one).toBe(two)
    expect(await usersOf(pool, one ?? '')).toEqual(['ann', 'bob'])
    expect((await identitiesOf(pool, true)).map(({ IdentityId }) => IdentityId)).toEqual([one])
  })

  it('counts every public provider that both sides have', async () => {
    await linked('ann', { ...(await login(GOOGLE, '1001')), ...(await login(OIDC, 'ann')) })
    await linked('bob', { ...(await login(APPLE, '1')), ...(await login(OIDC, 'bob')) })
    const before = await stateWithUsers(pool)
    const message = `The identity already has another login of ${OIDC}.`
    expectFault(await merge(pool, 'ann', 'bob'), 'ResourceConflictException', message)
    expect(await stateWithUsers(pool)).toEqual(before)
  })
})

describe('Unlinking', () => {
  it('a developer user twice finds none the second time', async () => {
    const user = await linked('ann', await login(GOOGLE))
    succeededEmpty(await unlinkDeveloper(pool, user, 'ann'))
    const before = await stateWithUsers(pool)
    const message = "Developer user 'ann' not found."
    expectFault(await unlinkDeveloper(pool, user, 'ann'), 'ResourceNotFoundException', message)
    expect(await stateWithUsers(pool)).toEqual(before)
  })

  it('the public login leaves the developer user, and the other way round', async () => {
    const google = await login(GOOGLE)
    const user = await linked('ann', google)
    const removed = { IdentityId: user, Logins: google, LoginsToRemove: [GOOGLE] }
    succeededEmpty(await call('UnlinkIdentity', removed))
    expect(await loginsOf(user)).toEqual([DEVELOPER])
    expectFault(await call('UnlinkIdentity', removed), 'NotAuthorizedException', MISMATCH)
    succeededEmpty(await unlinkDeveloper(pool, user, 'ann'))
    expectFault(await call('GetOpenIdToken', { IdentityId: user }), ...forbidden(user))
  })

  it('takes off the login of a provider that the pool no longer lists, for whoever proves another', async () => {
    const oidc = await login(OIDC)
    const user = await getId(pool, { ...oidc, ...(await login(GOOGLE)) })
    const settings = { IdentityPoolName: 'pool', AllowUnauthenticatedIdentities: true }
    const { OpenIdConnectProviderARNs } = ALL_PROVIDERS
    await call('UpdateIdentityPool', { IdentityPoolId: pool, ...settings, OpenIdConnectProviderARNs })
    const unlink = (Logins: object) => call('UnlinkIdentity', { IdentityId: user, Logins, LoginsToRemove: [GOOGLE] })
    const message = 'Token is not from a supported provider of this identity pool.'
    expectFault(await unlink(await login(GOOGLE)), 'NotAuthorizedException', message)
    succeededEmpty(await unlink(oidc))
    expect(await loginsOf(user)).toEqual([OIDC])
  })
})

describe('Deleting identities', () => {
  it('frees developer users, who are new when next seen', async () => {
    const user = await linked('ann', await login(GOOGLE))
    succeeded(await call('DeleteIdentities', { IdentityIdsToDelete: [user] }))
    expect(await identityOf(pool, 'ann')).toBeUndefined()
    const { IdentityId } = await signIn(pool, 'ann')
    expect(IdentityId).not.toBe(user)
    expect(await getId(pool, await login(GOOGLE))).not.toBe(IdentityId)
  })

  it('answers which ids an unavailable pool kept, and deletes the rest', async () => {
    const other = await createDeveloperPool()
    const [kept, deleted] = [await getId(pool), await getId(other)]
    const down = pool.slice('us-east-1:'.length).split('-')[0] ?? ''
    const getByName = (name: string) => {
      if (name === down) throw new Error('the object is unavailable')
      return env.IDENTITY_POOL.getByName(name)
    }
    const serve = await deploy({ IDENTITY_POOL: { getByName } })
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    const answer = await call('DeleteIdentities', { IdentityIdsToDelete: [kept, deleted] }, { serve })
    logged.mockRestore()
    expect(succeeded(answer)).toEqual({
      UnprocessedIdentityIds: [{ IdentityId: kept, ErrorCode: 'InternalServerError' }],
    })
    expect((await identitiesOf(pool)).map(({ IdentityId }) => IdentityId)).toEqual([kept])
    expect(await identitiesOf(other)).toEqual([])
  })
})
