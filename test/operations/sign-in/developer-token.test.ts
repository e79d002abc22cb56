import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { call, expectFault } from '../../support/client.ts'
import { callerOf, signingKeyOf, type Vended } from '../support/callers.ts'
import { verified } from '../support/documents.ts'
import { createPool, getId, identitiesOf, succeeded, succeededEmpty } from '../support/pools.ts'
import { ALL_PROVIDERS, GOOGLE, OIDC, OIDC_ARN, type Providers, startProviders } from '../support/providers.ts'

const DEVELOPER = 'login.example.app'
const HAND_BACK = 'cognito-identity.amazonaws.com'
const MISMATCH = "Logins don't match. Please include at least one valid login for this identity or identity pool."
const USER = 'arn:aws:iam::000000000000:role/app-user'

interface Answer {
  IdentityId: string
  Token: string
}

let idp: Providers
let pool: string
beforeAll(async () => {
  idp = await startProviders()
})
beforeEach(async () => {
  pool = await createPool({ ...ALL_PROVIDERS, DeveloperProviderName: DEVELOPER })
  await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: { authenticated: USER } })
})

const request = (Logins: Record<string, string>, more: object = {}, options = {}) =>
  call<Answer>('GetOpenIdTokenForDeveloperIdentity', { IdentityPoolId: pool, Logins, ...more }, options)
const login = async (provider: string, subject: string) => ({ [provider]: await idp.token(provider, subject) })
const tokenFor = async (user: string, more: object = {}) => succeeded(await request({ [DEVELOPER]: user }, more))

describe('A developer token that is handed back for credentials', () => {
  const trade = (IdentityId: string, Logins: Record<string, string>) =>
    call<{ IdentityId: string; Credentials: Vended }>('GetCredentialsForIdentity', { IdentityId, Logins })
  const handedBack = (Token: string, key = HAND_BACK) => ({ [key]: Token })

  it('gives the default role of users, whatever the name of the region it came from', async () => {
    const { IdentityId, Token } = await tokenFor('ann')
    for (const key of [HAND_BACK, 'cognito-identity.cn-north-1.amazonaws.com.cn']) {
      const answer = succeeded(await trade(IdentityId, handedBack(Token, key)))
      expect(answer.IdentityId).toBe(IdentityId)
      expect((await callerOf(signingKeyOf(answer.Credentials))).Arn).toBe(
        'arn:aws:sts::000000000000:assumed-role/app-user/CognitoIdentityCredentials',
      )
    }
  })

  it('needs no basic flow, and works beside role mappings', async () => {
    const { IdentityId, Token } = await tokenFor('ann')
    const settings = { IdentityPoolName: 'pool', AllowUnauthenticatedIdentities: false, AllowClassicFlow: false }
    await call('UpdateIdentityPool', { IdentityPoolId: pool, ...settings, ...ALL_PROVIDERS })
    const RoleMappings = { [OIDC_ARN]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' } }
    await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: { authenticated: USER }, RoleMappings })
    succeeded(await trade(IdentityId, handedBack(Token)))
  })

  it('links a public login that comes with it', async () => {
    const { IdentityId, Token } = await tokenFor('ann')
    const google = await login(GOOGLE, '1001')
    expect(succeeded(await trade(IdentityId, { ...handedBack(Token), ...google })).IdentityId).toBe(IdentityId)
    expect(await getId(pool, google)).toBe(IdentityId)
  })

  it('leads to the identity that its user was merged into', async () => {
    const { IdentityId, Token } = await tokenFor('ann')
    const { IdentityId: survivor } = await tokenFor('bob')
    const merge = { DeveloperProviderName: DEVELOPER, SourceUserIdentifier: 'ann', DestinationUserIdentifier: 'bob' }
    succeeded(await call('MergeDeveloperIdentities', { IdentityPoolId: pool, ...merge }))
    expect(succeeded(await trade(IdentityId, handedBack(Token))).IdentityId).toBe(survivor)
  })

  it('is for the identity that it names alone', async () => {
    const ann = await tokenFor('ann')
    const bob = await tokenFor('bob')
    const guest = await getId(pool)
    for (const id of [bob.IdentityId, guest])
      expectFault(await trade(id, handedBack(ann.Token)), 'NotAuthorizedException', MISMATCH)
  })

  it('is for the pool that it names alone', async () => {
    const { Token } = await tokenFor('ann')
    const other = await createPool({ DeveloperProviderName: DEVELOPER })
    const message = 'Token is not from a supported provider of this identity pool.'
    expectFault(await trade(await getId(other), handedBack(Token)), 'NotAuthorizedException', message)
  })

  it('is no login any more once its user was unlinked, also not beside another login', async () => {
    const google = await login(GOOGLE, '1001')
    const { IdentityId, Token } = succeeded(await request({ [DEVELOPER]: 'ann', ...google }))
    const unlinked = { DeveloperProviderName: DEVELOPER, DeveloperUserIdentifier: 'ann' }
    succeededEmpty(await call('UnlinkDeveloperIdentity', { IdentityPoolId: pool, IdentityId, ...unlinked }))
    const before = await identitiesOf(pool)
    for (const logins of [handedBack(Token), { ...handedBack(Token), ...google }])
      expectFault(await trade(IdentityId, logins), 'NotAuthorizedException', MISMATCH)
    expect(await identitiesOf(pool)).toEqual(before)
    expect((await tokenFor('ann')).IdentityId).not.toBe(IdentityId)
    expectFault(await trade(IdentityId, { ...handedBack(Token), ...google }), 'NotAuthorizedException', MISMATCH)
  })

  it('must be one that was made for a developer identity', async () => {
    const google = await login(GOOGLE, '1001')
    const { IdentityId } = succeeded(await request({ [DEVELOPER]: 'ann', ...google }))
    const basic = succeeded(await call<Answer>('GetOpenIdToken', { IdentityId, Logins: google }))
    const message = 'Token is not from a supported provider of this identity pool.'
    expectFault(await trade(IdentityId, handedBack(basic.Token)), 'NotAuthorizedException', message)
    const guest = await getId(pool)
    const own = succeeded(await call<Answer>('GetOpenIdToken', { IdentityId: guest }))
    expectFault(await trade(guest, handedBack(own.Token)), 'NotAuthorizedException', message)
  })

  it('must be ours', async () => {
    const { IdentityId, Token } = await tokenFor('ann')
    const message = 'Invalid login token. Not a Cognito token.'
    for (const token of ['none', await idp.token(OIDC, 'ann')])
      expectFault(await trade(IdentityId, handedBack(token)), 'NotAuthorizedException', message)
    const [header, claims, signature = ''] = Token.split('.')
    const altered = [header, claims, (signature[0] === 'A' ? 'B' : 'A') + signature.slice(1)].join('.')
    const unverified = "Invalid login token. Couldn't verify signed token."
    expectFault(await trade(IdentityId, handedBack(altered)), 'NotAuthorizedException', unverified)
  })

  it('must not have expired, but for a grace of five minutes', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const { IdentityId, Token } = await tokenFor('ann', { TokenDuration: 1 })
      const { claims } = await verified(Token, pool)
      const exp = Number(claims.exp)
      vi.setSystemTime((exp + 299) * 1000)
      succeeded(await trade(IdentityId, handedBack(Token)))
      vi.setSystemTime((exp + 300) * 1000)
      const message = `Invalid login token. Token expired: ${exp + 300} >= ${exp}`
      expectFault(await trade(IdentityId, handedBack(Token)), 'NotAuthorizedException', message)
    } finally {
      vi.useRealTimers()
    }
  })

  it('is a login for GetCredentialsForIdentity alone', async () => {
    const { IdentityId, Token } = await tokenFor('ann')
    const message = "Invalid login token. Can't pass in a Cognito token."
    for (const [operation, input] of [
      ['GetId', { IdentityPoolId: pool }],
      ['GetOpenIdToken', { IdentityId }],
      ['UnlinkIdentity', { IdentityId, LoginsToRemove: [GOOGLE] }],
    ] as const) {
      const answer = await call(operation, { ...input, Logins: handedBack(Token) })
      expectFault(answer, 'NotAuthorizedException', message)
    }
  })

  it('is not accepted under the name of the developer provider', async () => {
    const { IdentityId, Token } = await tokenFor('ann')
    const answer = await trade(IdentityId, handedBack(Token, DEVELOPER))
    expectFault(answer, 'InvalidParameterException', 'Please provide a valid public provider.')
  })
})
