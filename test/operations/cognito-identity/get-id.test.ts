import { beforeAll, describe, expect, it } from 'vitest'
import { OTHER_ACCOUNT, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { call, expectFault, query } from '../../support/client.ts'
import { iam } from '../support/callers.ts'
import { createPool, getId, identitiesOf, succeeded } from '../support/pools.ts'
import {
  ALL_PROVIDERS,
  APPLE,
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
