import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { call, expectFault, type JsonAnswer } from '../../support/client.ts'
import { createPool, getId, identitiesOf, succeeded } from '../support/pools.ts'
import { ALL_PROVIDERS, APPLE, GOOGLE, OIDC, type Providers, startProviders } from '../support/providers.ts'

const MISMATCH = "Logins don't match. Please include at least one valid login for this identity or identity pool."
const ROLE = 'arn:aws:iam::000000000000:role/app'

let idp: Providers
beforeAll(async () => {
  idp = await startProviders()
})

/** The two operations that act for a named identity link and merge in the same way. */
describe.each([['GetOpenIdToken'], ['GetCredentialsForIdentity']])('%s', (operation) => {
  let pool: string
  beforeEach(async () => {
    pool = await createPool(ALL_PROVIDERS)
    const Roles = { authenticated: ROLE, unauthenticated: ROLE }
    await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles })
  })

  const act = (IdentityId: string, Logins?: Record<string, string>): Promise<JsonAnswer<{ IdentityId: string }>> =>
    call(operation, { IdentityId, Logins })
  const acted = async (...given: Parameters<typeof act>) => succeeded(await act(...given)).IdentityId
  const login = async (provider: string, subject: string) => ({ [provider]: await idp.token(provider, subject) })
  const loginsOf = async (IdentityId: string) =>
    succeeded(await call<{ Logins?: string[] }>('DescribeIdentity', { IdentityId })).Logins

  it('acts for a guest without logins', async () => {
    const guest = await getId(pool)
    expect(await acted(guest)).toBe(guest)
    expect(await acted(guest, {})).toBe(guest)
  })

  it('makes a guest a user in place when the login is new', async () => {
    const guest = await getId(pool)
    expect(await acted(guest, await login(OIDC, 'ann'))).toBe(guest)
    expect(await loginsOf(guest)).toEqual([OIDC])
    expect(await getId(pool, await login(OIDC, 'ann'))).toBe(guest)
    const answer = await act(guest)
    expectFault(answer, 'NotAuthorizedException', `Access to Identity '${guest}' is forbidden.`)
  })

  it('acts for a user with one of its logins, and for nobody else without', async () => {
    const user = await getId(pool, await login(OIDC, 'ann'))
    expect(await acted(user, await login(OIDC, 'ann'))).toBe(user)
    const before = await identitiesOf(pool)
    for (const logins of [undefined, {}])
      expectFault(await act(user, logins), 'NotAuthorizedException', `Access to Identity '${user}' is forbidden.`)
    for (const logins of [await login(OIDC, 'bob'), await login(GOOGLE, '1001')])
      expectFault(await act(user, logins), 'NotAuthorizedException', MISMATCH)
    expect(await identitiesOf(pool)).toEqual(before)
  })

  it('links a new login to the user whom another login proves', async () => {
    const user = await getId(pool, await login(OIDC, 'ann'))
    expect(await acted(user, { ...(await login(GOOGLE, '1001')), ...(await login(OIDC, 'ann')) })).toBe(user)
    expect(new Set(await loginsOf(user))).toEqual(new Set([OIDC, GOOGLE]))
    expect(await acted(user, await login(GOOGLE, '1001'))).toBe(user)
  })

  it('refuses a second user of a linked provider, and links nothing', async () => {
    const user = await getId(pool, { ...(await login(OIDC, 'ann')), ...(await login(GOOGLE, '1001')) })
    const before = await identitiesOf(pool)
    const logins = { ...(await login(OIDC, 'ann')), ...(await login(GOOGLE, '1002')) }
    const message = `The identity already has another login of ${GOOGLE}.`
    expectFault(await act(user, logins), 'ResourceConflictException', message)
    expect(await identitiesOf(pool)).toEqual(before)
    expect(await getId(pool, await login(GOOGLE, '1002'))).not.toBe(user)
  })

  it('merges a guest into the user whom the login proves; the old id then leads to the user, with the login', async () => {
    const user = await getId(pool, await login(OIDC, 'ann'))
    const guest = await getId(pool)
    expect(await acted(guest, await login(OIDC, 'ann'))).toBe(user)
    expect(await acted(guest, await login(OIDC, 'ann'))).toBe(user)
    expect((await identitiesOf(pool, true)).map(({ IdentityId }) => IdentityId)).toEqual([user])
  })

  it('never lets an old id lead anywhere without a login of the user it became', async () => {
    const user = await getId(pool, await login(OIDC, 'ann'))
    const guest = await getId(pool)
    await acted(guest, await login(OIDC, 'ann'))
    const other = await getId(pool, await login(OIDC, 'bob'))
    const before = await identitiesOf(pool)
    for (const logins of [undefined, await login(OIDC, 'bob'), await login(GOOGLE, 'new')])
      expectFault(await act(guest, logins), 'NotAuthorizedException', `Access to Identity '${guest}' is forbidden.`)
    expect(await identitiesOf(pool)).toEqual(before)
    expect(await loginsOf(user)).toEqual([OIDC])
    expect(await loginsOf(other)).toEqual([OIDC])
  })

  it('merges two users into the older one, whichever is named', async () => {
    for (const [named, provider] of [
      ['older', GOOGLE],
      ['younger', APPLE],
    ] as const) {
      const first = await login(OIDC, `user of ${provider}`)
      const second = await login(provider, '1001')
      const older = await getId(pool, first)
      await new Promise((later) => setTimeout(later, 2))
      const younger = await getId(pool, second)
      expect(await acted(named === 'older' ? older : younger, { ...first, ...second })).toBe(older)
      expect(new Set(await loginsOf(older))).toEqual(new Set([OIDC, provider]))
      expect(await loginsOf(younger)).toBeUndefined()
      expect(await acted(younger, second)).toBe(older)
    }
  })

  it('follows an id through two merges', async () => {
    const first = await getId(pool, await login(OIDC, 'ann'))
    await new Promise((later) => setTimeout(later, 2))
    const second = await getId(pool, await login(GOOGLE, '1001'))
    const guest = await getId(pool)
    expect(await acted(guest, await login(GOOGLE, '1001'))).toBe(second)
    expect(await acted(second, { ...(await login(GOOGLE, '1001')), ...(await login(OIDC, 'ann')) })).toBe(first)
    expect(await acted(guest, await login(OIDC, 'ann'))).toBe(first)
  })

  it('refuses a guest where guests are no longer allowed, and takes its first login all the same', async () => {
    const guest = await getId(pool)
    await call('UpdateIdentityPool', {
      IdentityPoolId: pool,
      IdentityPoolName: 'pool',
      AllowUnauthenticatedIdentities: false,
      ...ALL_PROVIDERS,
    })
    const message = 'Unauthenticated access is not supported for this identity pool.'
    expectFault(await act(guest), 'NotAuthorizedException', message)
    expect(await acted(guest, await login(OIDC, 'ann'))).toBe(guest)
  })

  it('refuses the login of a provider that was taken from the pool', async () => {
    const user = await getId(pool, await login(GOOGLE, '1001'))
    await call('UpdateIdentityPool', {
      IdentityPoolId: pool,
      IdentityPoolName: 'pool',
      AllowUnauthenticatedIdentities: true,
      OpenIdConnectProviderARNs: ALL_PROVIDERS.OpenIdConnectProviderARNs,
    })
    const message = 'Token is not from a supported provider of this identity pool.'
    expectFault(await act(user, await login(GOOGLE, '1001')), 'NotAuthorizedException', message)
  })

  it('does not find an identity that there is not', async () => {
    const known = await getId(pool)
    const similar = known.slice(0, -1) + (known.endsWith('0') ? '1' : '0')
    const moved = known.replace('us-east-1', 'eu-west-1')
    for (const id of [similar, moved, 'us-east-1:00000000-0000-8000-8000-000000000000', 'us-east-1:0', pool])
      expectFault(await act(id), 'ResourceNotFoundException', `Identity '${id}' not found.`)
    const answer = await act(similar, await login(OIDC, 'new'))
    expectFault(answer, 'ResourceNotFoundException', `Identity '${similar}' not found.`)
    expect(await identitiesOf(pool)).toHaveLength(1)
  })

  it("does not take another pool's user for its own", async () => {
    const elsewhere = await createPool(ALL_PROVIDERS)
    const user = await getId(elsewhere, await login(OIDC, 'ann'))
    const here = await getId(pool, await login(OIDC, 'bob'))
    expectFault(await act(here, await login(OIDC, 'ann')), 'NotAuthorizedException', MISMATCH)
    expectFault(await act(user, await login(OIDC, 'bob')), 'NotAuthorizedException', MISMATCH)
  })
})
