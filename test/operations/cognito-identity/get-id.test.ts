import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { OTHER_ACCOUNT, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { call, expectFault, query } from '../../support/client.ts'
import { iam } from '../support/callers.ts'
import { createPool, getId, identitiesOf, succeeded } from '../support/pools.ts'
import {
  ALL_PROVIDERS,
  APPLE,
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

describe('GetId without logins', () => {
  it('makes a new guest at every call, whose id repeats the region and the first digits of the pool', async () => {
    const pool = await createPool()
    const ids = [await getId(pool), await getId(pool, {})]
    const form = new RegExp(`^${pool.slice(0, 18)}-0000-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
    expect(ids).toEqual([expect.stringMatching(form), expect.stringMatching(form)])
    expect(new Set(ids)).toHaveLength(2)
    expect(await identitiesOf(pool)).toHaveLength(2)
  })

  it('answers the id alone', async () => {
    expect(succeeded(await resolve(await createPool()))).toEqual({ IdentityId: expect.any(String) })
  })

  it('takes an account id, and a signature of anybody, without looking at them', async () => {
    const pool = await createPool()
    const input = { IdentityPoolId: pool, AccountId: '123456789012' }
    succeeded(await call('GetId', input))
    succeeded(await call('GetId', input, { signed: { accessKeyId: 'unknown', secretAccessKey: 'unknown' } }))
  })

  it('is refused where the pool has no guests, and makes no identity', async () => {
    const pool = await createPool({ AllowUnauthenticatedIdentities: false })
    const answer = await resolve(pool)
    expectFault(answer, 'NotAuthorizedException', 'Unauthenticated access is not supported for this identity pool.')
    expect(await identitiesOf(pool)).toEqual([])
  })

  it('does not find a pool that there is not, nor one that merely begins as another', async () => {
    const pool = await createPool()
    const similar = pool.slice(0, -1) + (pool.endsWith('0') ? '1' : '0')
    for (const id of ['us-east-1:00000000-0000-4000-8000-000000000000', 'us-east-1:0', similar])
      expectFault(await resolve(id), 'ResourceNotFoundException', `IdentityPool '${id}' not found.`)
    expect(await identitiesOf(pool)).toEqual([])
  })
})

describe('GetId with logins', () => {
  it.each([[USER_POOL], [OIDC], [GOOGLE], [APPLE]])('finds the identity of a user of %s again', async (provider) => {
    const pool = await createPool({ ...ALL_PROVIDERS, AllowUnauthenticatedIdentities: false })
    const first = await getId(pool, { [provider]: await idp.token(provider, 'ann') })
    expect(await getId(pool, { [provider]: await idp.token(provider, 'ann', { extra: 1 }) })).toBe(first)
    expect(await getId(pool, { [provider]: await idp.token(provider, 'bob') })).not.toBe(first)
    expect(await identitiesOf(pool)).toHaveLength(2)
  })

  it('keeps users of two pools apart', async () => {
    const [one, two] = [await createPool(ALL_PROVIDERS), await createPool(ALL_PROVIDERS)]
    const Logins = { [OIDC]: await idp.token(OIDC, 'ann') }
    expect((await getId(one, Logins)).slice(0, 18)).toBe(one.slice(0, 18))
    expect((await getId(two, Logins)).slice(0, 18)).toBe(two.slice(0, 18))
  })

  it('gives one identity to fifty first calls at once with the same login', async () => {
    const pool = await createPool(ALL_PROVIDERS)
    const Logins = { [OIDC]: await idp.token(OIDC, 'ann') }
    const answers = await Promise.all(Array.from({ length: 50 }, () => getId(pool, Logins)))
    expect(new Set(answers)).toHaveLength(1)
    expect((await identitiesOf(pool)).map(({ IdentityId }) => IdentityId)).toEqual([answers[0]])
  })

  it('makes one identity of several new logins, which each of them then finds', async () => {
    const pool = await createPool(ALL_PROVIDERS)
    const logins = { [OIDC]: await idp.token(OIDC, 'ann'), [GOOGLE]: await idp.token(GOOGLE, '1001') }
    const id = await getId(pool, logins)
    expect(await getId(pool, { [OIDC]: logins[OIDC] ?? '' })).toBe(id)
    expect(await getId(pool, { [GOOGLE]: logins[GOOGLE] ?? '' })).toBe(id)
    const [only, ...others] = await identitiesOf(pool)
    expect(new Set(only?.Logins)).toEqual(new Set([OIDC, GOOGLE]))
    expect(others).toEqual([])
  })

  it('adds a new login to the identity that another login of the call finds', async () => {
    const pool = await createPool(ALL_PROVIDERS)
    const known = { [OIDC]: await idp.token(OIDC, 'ann') }
    const added = { [GOOGLE]: await idp.token(GOOGLE, '1001') }
    const id = await getId(pool, known)
    expect(await getId(pool, { ...added, ...known })).toBe(id)
    expect(await getId(pool, added)).toBe(id)
  })

  it('merges the identities of two logins into the older one', async () => {
    const pool = await createPool(ALL_PROVIDERS)
    const first = { [OIDC]: await idp.token(OIDC, 'ann') }
    const second = { [GOOGLE]: await idp.token(GOOGLE, '1001') }
    const older = await getId(pool, first)
    await new Promise((later) => setTimeout(later, 2))
    const younger = await getId(pool, second)
    expect(await getId(pool, { ...second, ...first })).toBe(older)
    expect(await getId(pool, second)).toBe(older)
    expect((await identitiesOf(pool, true)).map(({ IdentityId }) => IdentityId)).toEqual([older])
    expect((await identitiesOf(pool)).map(({ IdentityId }) => IdentityId)).toContain(younger)
  })

  it('refuses to merge identities that have two users of one provider, and changes nothing', async () => {
    const pool = await createPool(ALL_PROVIDERS)
    const oidc = { [OIDC]: await idp.token(OIDC, 'ann') }
    const google = { [GOOGLE]: await idp.token(GOOGLE, '1001') }
    await getId(pool, { ...oidc, [APPLE]: await idp.token(APPLE, 'a1') })
    await getId(pool, { ...google, [APPLE]: await idp.token(APPLE, 'a2') })
    const before = await identitiesOf(pool)
    const answer = await resolve(pool, { ...oidc, ...google })
    expectFault(answer, 'ResourceConflictException', `The identity already has another login of ${APPLE}.`)
    expect(await identitiesOf(pool)).toEqual(before)
  })

  it('takes the token of any client that IAM lists for the provider', async () => {
    await registerOidcProvider('two-clients.example.com', ['client-a', 'client-b'])
    idp.network.serve('https://two-clients.example.com/.well-known/openid-configuration', {
      issuer: 'https://two-clients.example.com',
      jwks_uri: 'https://keys.example.net/jwks',
    })
    const arn = 'arn:aws:iam::000000000000:oidc-provider/two-clients.example.com'
    const pool = await createPool({ OpenIdConnectProviderARNs: [arn] })
    const login = async (aud: string) => ({
      'two-clients.example.com': await idp.token('two-clients.example.com', 'ann', { aud }),
    })
    expect(await getId(pool, await login('client-a'))).toBe(await getId(pool, await login('client-b')))
    const answer = await resolve(pool, await login('client-c'))
    expectFault(answer, 'NotAuthorizedException', 'Invalid login token. Incorrect token audience.')
  })
})

describe('GetId and IAM', () => {
  const issuer = 'changing.example.com'
  const arn = `arn:aws:iam::000000000000:oidc-provider/${issuer}`
  const NOT_SUPPORTED = 'Token is not from a supported provider of this identity pool.'
  const login = async (aud: string) => ({ [issuer]: await idp.token(issuer, 'ann', { aud }) })
  let pool: string
  beforeAll(async () => {
    idp.network.serve(`https://${issuer}/.well-known/openid-configuration`, {
      issuer: `https://${issuer}`,
      jwks_uri: 'https://keys.example.net/jwks',
    })
    pool = await createPool({ OpenIdConnectProviderARNs: [arn] })
  })

  it('knows a provider from the call after it was registered, and not after it was deleted', async () => {
    expectFault(await resolve(pool, await login('client-a')), 'NotAuthorizedException', NOT_SUPPORTED)
    await registerOidcProvider(issuer, ['client-a'])
    const user = await getId(pool, await login('client-a'))
    await iam('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: arn })
    expectFault(await resolve(pool, await login('client-a')), 'NotAuthorizedException', NOT_SUPPORTED)
    await registerOidcProvider(issuer, ['client-a'])
    expect(await getId(pool, await login('client-a'))).toBe(user)
  })

  it('knows a client from the call after it was added, and not after it was removed', async () => {
    const refused = ['NotAuthorizedException', 'Invalid login token. Incorrect token audience.'] as const
    const client = { OpenIDConnectProviderArn: arn, ClientID: 'client-b' }
    expectFault(await resolve(pool, await login('client-b')), ...refused)
    await iam('AddClientIDToOpenIDConnectProvider', client)
    await getId(pool, await login('client-b'))
    await iam('RemoveClientIDFromOpenIDConnectProvider', client)
    expectFault(await resolve(pool, await login('client-b')), ...refused)
  })

  it("does not take the provider of another account for the pool's own, whose ARN the pool may name", async () => {
    const foreign = arn.replace('000000000000', OTHER_ACCOUNT)
    const url = { Action: 'CreateOpenIDConnectProvider', Url: `https://${issuer}`, 'ClientIDList.member.1': 'client-a' }
    expect((await query('iam', url, { signed: OTHER_ACCOUNT_KEY })).status).toBe(200)
    const other = await createPool({ OpenIdConnectProviderARNs: [foreign] })
    expectFault(await resolve(other, await login('client-a')), 'NotAuthorizedException', NOT_SUPPORTED)
  })
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
