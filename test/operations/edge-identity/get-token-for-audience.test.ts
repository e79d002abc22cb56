import { decodeJwt } from 'jose'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { call, expectFault } from '../../support/client.ts'
import { captureLog, tokenIdOf } from '../support/audit.ts'
import { FOR_AMR, iam, trustPolicy } from '../support/callers.ts'
import { expectMisconfigured, role } from '../support/credentials.ts'
import { DEVELOPER, signIn } from '../support/developers.ts'
import { verified } from '../support/documents.ts'
import { createPool, getId, succeeded, succeededEmpty } from '../support/pools.ts'
import { OIDC, OIDC_ARN, type Providers, startProviders } from '../support/providers.ts'
import { simulated } from '../support/simulations.ts'
import { forAudience } from '../support/web-identity-tokens.ts'

const API = 'https://api.example'
const CLAIMS = 'http://localhost/claims'

interface Answer {
  IdentityId: string
  Token: string
  Expiration: number
}

let idp: Providers
let login: Record<string, string>
let pool: string
let user: string
beforeAll(async () => {
  idp = await startProviders()
  await iam('EnableOutboundWebIdentityFederation')
  login = { [OIDC]: await idp.token(OIDC, 'ann') }
})
beforeEach(async () => {
  pool = await createPool({ OpenIdConnectProviderARNs: [OIDC_ARN], DeveloperProviderName: DEVELOPER })
  user = await getId(pool, login)
})

const edge = <T>(operation: string, input: object) => call<T>(operation, input, { service: 'edge-identity' })

/** Replaces the settings that say for whom there are tokens, and keeps the others. */
async function listAudiences(TokenAudiences: object[], more: object = {}, of = pool) {
  const { Version, ...settings } = succeeded(await edge<{ Version: number }>('GetPoolSettings', { IdentityPoolId: of }))
  return edge<object>('SetPoolSettings', { ...settings, IfVersion: Version, ...more, TokenAudiences })
}

const ask = (input: object = {}) =>
  edge<Answer>('GetTokenForAudience', { IdentityId: user, Logins: login, Audience: API, ...input })

describe('GetTokenForAudience', () => {
  it('gives whoever signs in a token for an audience that the pool lists', async () => {
    succeeded(await listAudiences([{ Audience: API }]))
    const { Expiration, IdentityId, Token } = succeeded(await ask())
    const { claims, header } = await verified(Token, API)
    expect(IdentityId).toBe(user)
    expect(header.alg).toBe('RS256')
    expect(claims).toEqual({
      iss: 'http://localhost',
      sub: user,
      aud: API,
      iat: Expiration - 300,
      exp: Expiration,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'edge-identity:use': 'audience',
      [CLAIMS]: { account: '000000000000', pool, amr: ['authenticated', OIDC, `${OIDC_ARN}:OIDC:ann`] },
    })
  })

  it('signs with ES384, for as long as is asked, and no longer than the pool says', async () => {
    succeeded(await listAudiences([{ Audience: API, MaxSeconds: 120, Claims: [] }]))
    const token = succeeded(await ask({ SigningAlgorithm: 'ES384', DurationSeconds: 60 })).Token
    const { claims, header } = await verified(token, API)
    expect([header.alg, (claims.exp ?? 0) - (claims.iat ?? 0), claims[CLAIMS]]).toEqual(['ES384', 60, {}])
    const { exp = 0, iat = 0 } = decodeJwt(succeeded(await ask()).Token)
    expect(exp - iat).toBe(120)
    const message = 'A token for this audience lives 120 seconds at most.'
    expectFault(await ask({ DurationSeconds: 121 }), 'InvalidParameterException', message)
  })

  it('takes the token that a backend got, as GetCredentialsForIdentity does', async () => {
    succeeded(await listAudiences([{ Audience: API }]))
    const { IdentityId, Token } = await signIn(pool, 'ben')
    const given = { IdentityId, Logins: { 'cognito-identity.amazonaws.com': Token } }
    expect(decodeJwt(succeeded(await ask(given)).Token).sub).toBe(IdentityId)
    succeeded(await edge('RevokeSessions', { IdentityPoolId: pool, IdentityId }))
    expectFault(await ask(given), 'NotAuthorizedException', 'Invalid login token. The token was revoked.')
  })

  it.each([
    ['role', () => role('app-user')],
    ['pool-role', () => `pool:${pool}:role:app-user`],
  ])('has the role in its subject: %s', async (Subject, expected) => {
    const Roles = { authenticated: role('app-user') }
    succeeded(await listAudiences([{ Audience: API, Subject }], { Roles }))
    const { sub, [CLAIMS]: told } = decodeJwt(succeeded(await ask()).Token)
    expect(sub).toBe(expected())
    expect(told).toMatchObject({ role: role('app-user') })
  })

  it('has no subject without a role, or of a role that the trust policy keeps from the user', async () => {
    succeeded(await listAudiences([{ Audience: API, Subject: 'role' }]))
    expectMisconfigured(await ask())
    await iam('CreateRole', {
      RoleName: 'for-guests',
      AssumeRolePolicyDocument: trustPolicy(pool, FOR_AMR('unauthenticated')),
    })
    succeeded(await listAudiences([{ Audience: API }], { Roles: { authenticated: role('for-guests') } }))
    expectMisconfigured(await ask())
  })

  it('has none for guests, unless the pool says so', async () => {
    const guest = await getId(pool)
    succeeded(await listAudiences([{ Audience: API }, { Audience: 'open', Guests: true }]))
    const given = { IdentityId: guest, Logins: undefined }
    expectFault(await ask(given), 'NotAuthorizedException', 'Guests have no tokens for this audience.')
    const { [CLAIMS]: told, sub } = decodeJwt(succeeded(await ask({ ...given, Audience: 'open' })).Token)
    expect([sub, told]).toEqual([guest, expect.objectContaining({ amr: ['unauthenticated'] })])
  })

  it('is refused for what the pool does not list, letter for letter, and with logins that are none', async () => {
    succeeded(await listAudiences([{ Audience: API }]))
    const message = 'The identity pool has no tokens for this audience.'
    for (const Audience of [`${API}/`, API.toUpperCase(), '*', 'constructor'])
      expectFault(await ask({ Audience }), 'NotAuthorizedException', message)
    const Logins = { [OIDC]: await idp.forged(OIDC, 'ann') }
    expect((await ask({ Logins })).headers.get('x-amzn-ErrorType')).toBe('NotAuthorizedException:')
    const ben = { [OIDC]: await idp.token(OIDC, 'ben') }
    expect((await ask({ Logins: ben })).headers.get('x-amzn-ErrorType')).toBe('NotAuthorizedException:')
    succeeded(await edge('BlockIdentity', { IdentityPoolId: pool, IdentityId: user }))
    expectFault(await ask(), 'NotAuthorizedException', 'The identity is blocked.')
  })

  it('is off where the pool lists nobody, or the account has it disabled', async () => {
    const off = [
      'OutboundWebIdentityFederationDisabledException',
      'Outbound web identity federation is not enabled for this account.',
    ] as const
    expectFault(await ask(), ...off)
    succeeded(await listAudiences([{ Audience: API }]))
    await iam('DisableOutboundWebIdentityFederation')
    expectFault(await ask(), ...off)
    await iam('EnableOutboundWebIdentityFederation')
    succeeded(await ask())
  })

  it('leaves a record without the token', async () => {
    succeeded(await listAudiences([{ Audience: API }]))
    const log = captureLog()
    const { Token } = succeeded(await ask())
    const [record] = log.records()
    expect(log.lines().join('\n')).not.toContain(Token.split('.')[2])
    log.restore()
    expect(record).toMatchObject({
      eventName: 'GetTokenForAudience',
      requestParameters: { identityId: user, audience: API },
      additionalEventData: {
        pool,
        identity: user,
        audiences: [API],
        tokenId: await tokenIdOf(Token),
        jti: decodeJwt(Token).jti,
      },
    })
  })
})

describe('the audiences of a pool', () => {
  it('are kept as they were given, through calls of AWS that know nothing of them', async () => {
    const TokenAudiences = [
      { Audience: API, Subject: 'pool-role', Claims: ['account', 'pool'], MaxSeconds: 60, Guests: true },
      { Audience: 'sts.amazonaws.com' },
    ]
    expect(succeeded(await listAudiences(TokenAudiences))).toMatchObject({ TokenAudiences })
    const update = { IdentityPoolId: pool, IdentityPoolName: 'pool', AllowUnauthenticatedIdentities: false }
    succeeded(await call('UpdateIdentityPool', update))
    succeededEmpty(await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: {} }))
    const settings = succeeded(await edge<object>('GetPoolSettings', { IdentityPoolId: pool }))
    expect(settings).toMatchObject({ AllowUnauthenticatedIdentities: false, TokenAudiences })
    expect(succeeded(await listAudiences([]))).not.toHaveProperty('TokenAudiences')
  })

  it.each([
    ['an id of a pool', 'us-east-1:9f3c2a71-5b1d-4c3e-9a70-2f8e6d4c1b0a'],
    ['the issuer', 'http://localhost/'],
    ["AWS's name of identity pools", 'cognito-identity.amazonaws.com'],
  ])('are never %s', async (_, Audience) => {
    const message = `The audience ${Audience} is reserved for the tokens of identities.`
    expectFault(await listAudiences([{ Audience }]), 'InvalidParameterException', message)
    const reserved = 'The audience is reserved for the tokens of identities.'
    expectFault(await ask({ Audience }), 'ValidationException', reserved)
  })

  it('are each listed once', async () => {
    const twice = listAudiences([{ Audience: API }, { Audience: API, Guests: true }])
    expectFault(await twice, 'InvalidParameterException', 'TokenAudiences has an audience twice.')
  })

  it('count for how long a blocked identity may still have something', async () => {
    const blocked = async () =>
      succeeded(await edge<{ TokensUntil?: number }>('BlockIdentity', { IdentityPoolId: other, IdentityId: of }))
    const other = await createPool({ OpenIdConnectProviderARNs: [OIDC_ARN], AllowClassicFlow: false })
    const of = await getId(other, login)
    expect(await blocked()).not.toHaveProperty('TokensUntil')
    succeeded(await listAudiences([{ Audience: API, MaxSeconds: 1800 }], {}, other))
    const now = Date.now() / 1000
    const { TokensUntil = 0 } = await blocked()
    expect(TokensUntil - now).toBeGreaterThan(1700)
    expect(TokensUntil - now).toBeLessThan(1900)
  })
})

describe('SimulateLogin', () => {
  it('tells whether there would be a token for an audience, by the pool and by the role', async () => {
    const RoleName = 'simulated-tokens'
    await iam('CreateRole', { RoleName, AssumeRolePolicyDocument: trustPolicy(pool, FOR_AMR('authenticated')) })
    const PolicyDocument = forAudience('by-role')
    await iam('PutRolePolicy', { RoleName, PolicyName: 'p', PolicyDocument })
    const Roles = { authenticated: role(RoleName) }
    succeeded(
      await listAudiences([{ Audience: 'by-pool', Subject: 'role', Claims: ['pool'], MaxSeconds: 60 }], { Roles }),
    )
    const told = async (Audience: string) => (await simulated(pool, { Logins: login, Audience })).Token
    expect(await told('by-pool')).toEqual({
      ByPool: { Allowed: true, Subject: 'role', Claims: ['pool'], MaxSeconds: 60 },
      ByRole: {
        Allowed: false,
        Reason: 'token_denied',
        Decision: 'implicit_deny',
        Action: 'sts:GetWebIdentityToken',
        Audience: 'by-pool',
      },
    })
    expect(await told('by-role')).toEqual({
      ByPool: { Allowed: false, Reason: 'audience_not_listed' },
      ByRole: {
        Allowed: true,
        Subject: 'identity',
        Claims: ['account', 'pool', 'role', 'amr', 'principal_tags'],
      },
    })
    expect(await told(pool)).toEqual({ ByPool: { Allowed: false, Reason: 'audience_reserved' } })
    expect((await simulated(pool, { Logins: login })).Token).toBeUndefined()
    await iam('DisableOutboundWebIdentityFederation')
    expect(await told('by-pool')).toEqual({ ByPool: { Allowed: false, Reason: 'federation_disabled' } })
    await iam('EnableOutboundWebIdentityFederation')
  })
})
