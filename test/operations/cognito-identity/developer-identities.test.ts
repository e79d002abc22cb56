import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { type CallOptions, call, expectFault } from '../../support/client.ts'
import { createPool, getId, identitiesOf, succeeded, succeededEmpty } from '../support/pools.ts'
import { ALL_PROVIDERS, GOOGLE, OIDC, type Providers, startProviders } from '../support/providers.ts'

const DEVELOPER = 'login.example.app'

let idp: Providers
let pool: string
beforeAll(async () => {
  idp = await startProviders()
})
beforeEach(async () => {
  pool = await createPool({ ...ALL_PROVIDERS, DeveloperProviderName: DEVELOPER })
})

/** The identity of a developer user, made if need be; with public logins, linked to theirs. */
async function identityOf(user: string, logins: Record<string, string> = {}, IdentityId?: string): Promise<string> {
  const input = { IdentityPoolId: pool, IdentityId, Logins: { [DEVELOPER]: user, ...logins } }
  return succeeded(await call<{ IdentityId: string }>('GetOpenIdTokenForDeveloperIdentity', input)).IdentityId
}
const login = async (provider: string, subject: string) => ({ [provider]: await idp.token(provider, subject) })
const loginsOf = async (IdentityId: string) =>
  succeeded(await call<{ Logins?: string[] }>('DescribeIdentity', { IdentityId })).Logins

const elsewhere: [string, CallOptions][] = [
  ['another account', { signed: OTHER_ACCOUNT_KEY }],
  ['another region', { region: 'eu-west-1' }],
]

describe('LookupDeveloperIdentity', () => {
  interface Found {
    IdentityId: string
    DeveloperUserIdentifierList: string[]
    NextToken?: string
  }
  const lookup = (input: object, options = {}) =>
    call<Found>('LookupDeveloperIdentity', { IdentityPoolId: pool, ...input }, options)

  /** An identity of seven users, `user 1` to `user 7`. */
  const sevenUsers = async () => {
    const google = await login(GOOGLE, '1001')
    const id = await identityOf('user 1', google)
    for (let n = 2; n <= 7; n++) await identityOf(`user ${n}`, google, id)
    return id
  }
  const users = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => `user ${from + n}`)

  it('answers the identity of a user and the users of an identity, or both if they belong together', async () => {
    const IdentityId = await identityOf('ann')
    const expected = { IdentityId, DeveloperUserIdentifierList: ['ann'] }
    expect(succeeded(await lookup({ DeveloperUserIdentifier: 'ann' }))).toEqual(expected)
    expect(succeeded(await lookup({ IdentityId }))).toEqual(expected)
    expect(succeeded(await lookup({ IdentityId, DeveloperUserIdentifier: 'ann' }))).toEqual(expected)
  })

  it('answers all users of the identity, in pages', async () => {
    const IdentityId = await sevenUsers()
    expect(succeeded(await lookup({ DeveloperUserIdentifier: 'user 3' }))).toEqual({
      IdentityId,
      DeveloperUserIdentifierList: users(1, 7),
    })
    const pages: Found[] = []
    for (let NextToken: string | undefined; pages.length === 0 || NextToken; NextToken = pages.at(-1)?.NextToken)
      pages.push(succeeded(await lookup({ IdentityId, MaxResults: 3, NextToken })))
    expect(pages.map((page) => page.DeveloperUserIdentifierList)).toEqual([users(1, 3), users(4, 6), users(7, 7)])
    expect(pages.map((page) => page.IdentityId)).toEqual([IdentityId, IdentityId, IdentityId])
  })

  it('takes a token for the question that it came from alone', async () => {
    const IdentityId = await sevenUsers()
    const other = await identityOf('ann')
    const { NextToken } = succeeded(await lookup({ IdentityId, MaxResults: 1 }))
    for (const question of [{ IdentityId: other }, { DeveloperUserIdentifier: 'user 1' }])
      expectFault(await lookup({ ...question, NextToken }), 'InvalidParameterException', 'Invalid NextToken')
    expectFault(await lookup({ IdentityId, NextToken: 'x' }), 'InvalidParameterException', 'Invalid NextToken')
  })

  it('answers an empty list for an identity without developer users', async () => {
    const IdentityId = await getId(pool)
    expect(succeeded(await lookup({ IdentityId }))).toEqual({ IdentityId, DeveloperUserIdentifierList: [] })
  })

  it('does not take a public login for a developer user', async () => {
    await getId(pool, await login(GOOGLE, '1001'))
    const answer = await lookup({ DeveloperUserIdentifier: '1001' })
    expectFault(answer, 'ResourceNotFoundException', "Developer user '1001' not found.")
  })

  it('refuses a user and an identity that do not belong together', async () => {
    await identityOf('ann')
    for (const IdentityId of [await identityOf('bob'), await getId(pool)]) {
      const answer = await lookup({ IdentityId, DeveloperUserIdentifier: 'ann' })
      const message = 'The developer user identifier belongs to another identity.'
      expectFault(answer, 'ResourceConflictException', message)
    }
  })

  it('does not find what there is not', async () => {
    const unknown = `${pool.slice(0, 18)}-0000-8000-8000-000000000000`
    const other = await getId(await createPool())
    for (const IdentityId of [unknown, other])
      expectFault(await lookup({ IdentityId }), 'ResourceNotFoundException', `Identity '${IdentityId}' not found.`)
    const answer = await lookup({ DeveloperUserIdentifier: 'nobody' })
    expectFault(answer, 'ResourceNotFoundException', "Developer user 'nobody' not found.")
  })

  it('needs one of the two', async () => {
    const message = 'Either IdentityId or DeveloperUserIdentifier must be given.'
    expectFault(await lookup({}), 'InvalidParameterException', message)
  })

  it.each(elsewhere)('does not find the pool from %s', async (_from, options) => {
    const answer = await lookup({ DeveloperUserIdentifier: 'ann' }, options)
    expectFault(answer, 'ResourceNotFoundException', `IdentityPool '${pool}' not found.`)
  })
})

describe('MergeDeveloperIdentities', () => {
  const merge = (source: string, destination: string, provider = DEVELOPER, options = {}) =>
    call(
      'MergeDeveloperIdentities',
      {
        IdentityPoolId: pool,
        DeveloperProviderName: provider,
        SourceUserIdentifier: source,
        DestinationUserIdentifier: destination,
      },
      options,
    )

  it('answers the identity of the destination, to which both users then belong', async () => {
    const source = await identityOf('ann')
    await new Promise((later) => setTimeout(later, 2))
    const destination = await identityOf('bob')
    expect(succeeded(await merge('ann', 'bob'))).toEqual({ IdentityId: destination })
    expect(await identityOf('ann')).toBe(destination)
    expect(await identityOf('bob')).toBe(destination)
    expect((await identitiesOf(pool, true)).map(({ IdentityId }) => IdentityId)).toEqual([destination])
    expect(await loginsOf(source)).toBeUndefined()
  })

  it('brings the public logins along', async () => {
    const [oidc, google] = [await login(OIDC, 'ann'), await login(GOOGLE, '1001')]
    await identityOf('ann', oidc)
    const destination = await identityOf('bob', google)
    await merge('ann', 'bob')
    expect(await getId(pool, oidc)).toBe(destination)
    expect(await getId(pool, google)).toBe(destination)
    expect(new Set(await loginsOf(destination))).toEqual(new Set([DEVELOPER, OIDC, GOOGLE]))
  })

  it('does nothing for users of one identity', async () => {
    const IdentityId = await identityOf('ann')
    expect(succeeded(await merge('ann', 'ann'))).toEqual({ IdentityId })
    expect(await identitiesOf(pool, true)).toHaveLength(1)
  })

  it('refuses two users of one public provider, and changes nothing', async () => {
    await identityOf('ann', await login(GOOGLE, '1001'))
    await identityOf('bob', await login(GOOGLE, '1002'))
    const before = await identitiesOf(pool)
    const message = `The identity already has another login of ${GOOGLE}.`
    expectFault(await merge('ann', 'bob'), 'ResourceConflictException', message)
    expect(await identitiesOf(pool)).toEqual(before)
  })

  it('refuses more than twenty logins, and changes nothing', async () => {
    const google = await login(GOOGLE, '1001')
    const id = await identityOf('ann 1', google)
    for (let n = 2; n <= 19; n++) await identityOf(`ann ${n}`, google, id)
    await identityOf('bob')
    const before = await identitiesOf(pool)
    const message = 'The identity would have more than 20 logins.'
    expectFault(await merge('bob', 'ann 1'), 'ResourceConflictException', message)
    expect(await identitiesOf(pool)).toEqual(before)
  })

  it.each([
    ['nobody', 'ann', 'nobody'],
    ['ann', 'nobody', 'nobody'],
    ['nobody', 'none', 'nobody'],
  ])('does not find a user that there is not: %s into %s', async (source, destination, missing) => {
    await identityOf('ann')
    const before = await identitiesOf(pool)
    const message = `Developer user '${missing}' not found.`
    expectFault(await merge(source, destination), 'ResourceNotFoundException', message)
    expect(await identitiesOf(pool)).toEqual(before)
  })

  it("refuses a provider that is not the pool's", async () => {
    const message = 'This identity pool does not support the specified developer provider'
    for (const provider of ['login.other.app', GOOGLE])
      expectFault(await merge('ann', 'bob', provider), 'InvalidParameterException', message)
  })

  it.each(elsewhere)('does not find the pool from %s, and changes nothing', async (_from, options) => {
    await identityOf('ann')
    await identityOf('bob')
    const before = await identitiesOf(pool)
    const answer = await merge('ann', 'bob', DEVELOPER, options)
    expectFault(answer, 'ResourceNotFoundException', `IdentityPool '${pool}' not found.`)
    expect(await identitiesOf(pool)).toEqual(before)
  })
})

describe('UnlinkDeveloperIdentity', () => {
  const unlink = (IdentityId: string, user: string, provider = DEVELOPER, options = {}) =>
    call(
      'UnlinkDeveloperIdentity',
      { IdentityPoolId: pool, IdentityId, DeveloperProviderName: provider, DeveloperUserIdentifier: user },
      options,
    )

  it('answers nothing, and the user is a new one when next seen', async () => {
    const google = await login(GOOGLE, '1001')
    const id = await identityOf('ann', google)
    succeededEmpty(await unlink(id, 'ann'))
    expect(await loginsOf(id)).toEqual([GOOGLE])
    expect(await getId(pool, google)).toBe(id)
    expect(await identityOf('ann')).not.toBe(id)
  })

  it('disables an identity with its last login', async () => {
    const id = await identityOf('ann')
    succeededEmpty(await unlink(id, 'ann'))
    const answer = await call('GetOpenIdToken', { IdentityId: id })
    expectFault(answer, 'NotAuthorizedException', `Access to Identity '${id}' is forbidden.`)
    expect(await identitiesOf(pool, true)).toEqual([])
  })

  it('takes off the one user and leaves the others', async () => {
    const google = await login(GOOGLE, '1001')
    const id = await identityOf('ann', google)
    await identityOf('ann at work', google, id)
    succeededEmpty(await unlink(id, 'ann'))
    expect(await identityOf('ann at work')).toBe(id)
  })

  it('reaches through an id that lost a merge', async () => {
    const source = await identityOf('ann')
    const destination = await identityOf('bob')
    const users = { SourceUserIdentifier: 'ann', DestinationUserIdentifier: 'bob' }
    succeeded(
      await call('MergeDeveloperIdentities', { IdentityPoolId: pool, DeveloperProviderName: DEVELOPER, ...users }),
    )
    succeededEmpty(await unlink(source, 'ann'))
    expect(await identityOf('bob')).toBe(destination)
    expect(await identityOf('ann')).not.toBe(destination)
  })

  it('refuses a user of another identity, and changes nothing', async () => {
    await identityOf('ann')
    const other = await identityOf('bob')
    const before = await identitiesOf(pool)
    const message = 'The developer user identifier belongs to another identity.'
    expectFault(await unlink(other, 'ann'), 'ResourceConflictException', message)
    expect(await identitiesOf(pool)).toEqual(before)
  })

  it('does not find what there is not', async () => {
    const id = await identityOf('ann')
    const unknown = `${pool.slice(0, 18)}-0000-8000-8000-000000000000`
    const foreign = await getId(await createPool())
    expectFault(await unlink(id, 'nobody'), 'ResourceNotFoundException', "Developer user 'nobody' not found.")
    for (const missing of [unknown, foreign])
      expectFault(await unlink(missing, 'ann'), 'ResourceNotFoundException', `Identity '${missing}' not found.`)
  })

  it("refuses a provider that is not the pool's", async () => {
    const id = await identityOf('ann')
    const message = 'This identity pool does not support the specified developer provider'
    expectFault(await unlink(id, 'ann', 'login.other.app'), 'InvalidParameterException', message)
  })

  it.each(elsewhere)('does not find the pool from %s, and changes nothing', async (_from, options) => {
    const id = await identityOf('ann')
    const before = await identitiesOf(pool)
    const answer = await unlink(id, 'ann', DEVELOPER, options)
    expectFault(answer, 'ResourceNotFoundException', `IdentityPool '${pool}' not found.`)
    expect(await identitiesOf(pool)).toEqual(before)
  })
})
