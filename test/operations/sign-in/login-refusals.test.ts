import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { call, expectFault } from '../../support/client.ts'
import { createPool, getId, identitiesOf, succeeded } from '../support/pools.ts'
import {
  ALL_PROVIDERS,
  CLIENT,
  GOOGLE,
  OIDC,
  type Providers,
  registerOidcProvider,
  startProviders,
  USER_POOL,
} from '../support/providers.ts'

const resolve = (IdentityPoolId: string, Logins?: Record<string, string>) => call('GetId', { IdentityPoolId, Logins })

let idp: Providers
beforeAll(async () => {
  idp = await startProviders()
})

describe('GetId refuses logins', () => {
  let pool: string
  beforeAll(async () => {
    pool = await createPool({ ...ALL_PROVIDERS, DeveloperProviderName: 'login.example.app' })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const NOT_SUPPORTED = 'Token is not from a supported provider of this identity pool.'
  const invalid = (why: string) => `Invalid login token. ${why}`
  const token = (provider: string, claims: Record<string, unknown>) => () => idp.token(provider, 'ann', claims)
  const now = () => Math.floor(Date.now() / 1000)

  it.each([
    ['a text that is no token', OIDC, () => 'ya29.access-token', invalid('Not a valid OpenId Connect identity token.')],
    [
      'a token of another issuer',
      OIDC,
      token(OIDC, { iss: 'https://other.example.com' }),
      invalid("Issuer doesn't match providerName"),
    ],
    [
      'a token under the name of another provider',
      GOOGLE,
      token(OIDC, {}),
      invalid("Issuer doesn't match providerName"),
    ],
    [
      'a provider that the pool does not list',
      'other.example.com',
      token('other.example.com', { aud: 'a' }),
      NOT_SUPPORTED,
    ],
    [
      'a user pool that the pool does not list',
      'cognito-idp.us-east-1.amazonaws.com/us-east-1_Other',
      token('cognito-idp.us-east-1.amazonaws.com/us-east-1_Other', { aud: CLIENT[USER_POOL], token_use: 'id' }),
      NOT_SUPPORTED,
    ],
    ["another client of the user pool's", USER_POOL, token(USER_POOL, { aud: 'otherclient' }), NOT_SUPPORTED],
    [
      "another client of the OIDC provider's",
      OIDC,
      token(OIDC, { aud: 'other-client' }),
      invalid('Incorrect token audience.'),
    ],
    [
      "another client of Google's",
      GOOGLE,
      token(GOOGLE, { aud: 'other-client' }),
      invalid('Incorrect token audience.'),
    ],
    [
      "a user pool's access token",
      USER_POOL,
      token(USER_POOL, { aud: undefined, token_use: 'access' }),
      invalid('Missing a required claim: aud'),
    ],
    [
      "a user pool's token that is not its ID token",
      USER_POOL,
      token(USER_POOL, { token_use: 'access' }),
      invalid('Not a valid OpenId Connect identity token.'),
    ],
    ['a token without a subject', OIDC, token(OIDC, { sub: undefined }), invalid('Missing a required claim: sub')],
    [
      'a token with a subject of 256 characters',
      OIDC,
      () => idp.token(OIDC, 's'.repeat(256)),
      invalid('The claim sub must be a text of 1 to 255 characters.'),
    ],
    ['a token without an expiry', OIDC, token(OIDC, { exp: undefined }), invalid('Missing a required claim: exp')],
    [
      'a signature by a key that the provider does not publish',
      OIDC,
      () => idp.forged(OIDC, 'ann'),
      invalid("Couldn't verify signed token."),
    ],
    [
      'a token of Amazon Cognito itself',
      'cognito-identity.amazonaws.com',
      token('cognito-identity.amazonaws.com', { aud: 'a' }),
      invalid("Can't pass in a Cognito token."),
    ],
  ])('%s', async (_what, provider, made, message) => {
    const before = await identitiesOf(pool)
    expectFault(await resolve(pool, { [provider]: await made() }), 'NotAuthorizedException', message)
    expect(await identitiesOf(pool)).toEqual(before)
  })

  it('an expired token, and says when it is and when it was', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const exp = now() - 301
    const answer = await resolve(pool, { [OIDC]: await idp.token(OIDC, 'ann', { exp }) })
    expectFault(answer, 'NotAuthorizedException', invalid(`Token expired: ${now()} >= ${exp}`))
  })

  it('a token of this service', async () => {
    const IdentityId = await getId(pool)
    const { Token } = succeeded(await call<{ Token: string }>('GetOpenIdToken', { IdentityId }))
    for (const provider of ['cognito-identity.amazonaws.com', OIDC, 'localhost']) {
      const answer = await resolve(pool, { [provider]: Token })
      expectFault(answer, 'NotAuthorizedException', "Invalid login token. Can't pass in a Cognito token.")
    }
  })

  it('the developer provider, whose users only a signed caller can name', async () => {
    const answer = await resolve(pool, { 'login.example.app': 'ann' })
    expectFault(answer, 'InvalidParameterException', 'Please provide a valid public provider.')
  })

  it('all of them, if one is bad', async () => {
    const before = await identitiesOf(pool)
    const good = await idp.token(OIDC, 'someone new')
    const answer = await resolve(pool, { [OIDC]: good, [GOOGLE]: await idp.forged(GOOGLE, 'ann') })
    expectFault(answer, 'NotAuthorizedException', "Invalid login token. Couldn't verify signed token.")
    expect(await identitiesOf(pool)).toEqual(before)
  })

  it('any at a pool that lists no provider at all', async () => {
    const bare = await createPool()
    const answer = await resolve(bare, { [OIDC]: await idp.token(OIDC, 'ann') })
    const message = `Identity pool - ${bare} does not have identity providers configured.`
    expectFault(answer, 'NotAuthorizedException', message)
  })

  it.each([
    ['www.digits.com', { SupportedLoginProviders: { 'www.digits.com': 'app' } }],
    [
      'arn:aws:iam::000000000000:saml-provider/corp',
      { SamlProviderARNs: ['arn:aws:iam::000000000000:saml-provider/corp'] },
    ],
  ])('of %s, which is listed and cannot be judged', async (provider, settings) => {
    const answer = await resolve(await createPool(settings), { [provider]: 'token' })
    expectFault(answer, 'NotAuthorizedException', NOT_SUPPORTED)
  })

  it('where the user pool is to be asked and cannot be', async () => {
    const asking = { ProviderName: USER_POOL, ClientId: CLIENT[USER_POOL], ServerSideTokenCheck: true }
    const strict = await createPool({ CognitoIdentityProviders: [asking] })
    const answer = await resolve(strict, { [USER_POOL]: await idp.token(USER_POOL, 'ann') })
    const why =
      'This user pool has ServerSideTokenCheck on, and this deployment has no AWS keys to ask the user pool with.'
    expectFault(answer, 'NotAuthorizedException', invalid(why))
  })

  it('whose provider does not answer, with a fault that says so', async () => {
    await registerOidcProvider('down.example.com', ['client'])
    const arn = 'arn:aws:iam::000000000000:oidc-provider/down.example.com'
    const waiting = await createPool({ OpenIdConnectProviderARNs: [arn] })
    const login = { 'down.example.com': await idp.token('down.example.com', 'ann', { aud: 'client' }) }
    const message = 'The keys of the identity provider could not be retrieved.'
    expectFault(await resolve(waiting, login), 'ExternalServiceException', message)
    expect(await identitiesOf(waiting)).toEqual([])
  })

  it('without a byte leaving for a provider that the pool does not list', async () => {
    const asked = idp.fetch.mock.calls.length
    await resolve(pool, { 'evil.example.com': await idp.token('evil.example.com', 'ann', { aud: 'a' }) })
    const other = await createPool({ SupportedLoginProviders: { [GOOGLE]: 'client' } })
    await resolve(other, { [OIDC]: await idp.token(OIDC, 'ann') })
    expect(idp.fetch.mock.calls.slice(asked)).toEqual([])
  })

  const constraint =
    'Map value must satisfy constraint: [Member must have length less than or equal to 50000, Member must have length greater than or equal to 1]'
  it.each([
    ['an empty token', { [OIDC]: '' }, `Value '{${OIDC}=}' at 'logins' failed to satisfy constraint: ${constraint}`],
    [
      'a token that is too long',
      { [OIDC]: 'x'.repeat(50001) },
      `Value '{${OIDC}=}' at 'logins' failed to satisfy constraint: ${constraint}`,
    ],
    [
      'eleven logins',
      Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`p${n}`, 'x'])),
      `Value '{${Array.from({ length: 11 }, (_, n) => `p${n}=`).join(', ')}}' at 'logins' failed to satisfy constraint: Member must have length less than or equal to 10`,
    ],
  ])('by the model: %s', async (_what, logins, finding) => {
    expectFault(await resolve(pool, logins), 'ValidationException', `1 validation error detected: ${finding}`)
  })

  it('by their type', async () => {
    const answer = await call('GetId', { IdentityPoolId: pool, Logins: [] })
    expectFault(answer, 'SerializationException', 'Start of list found where not expected')
  })
})
