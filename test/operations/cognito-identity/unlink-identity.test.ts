import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { call, expectFault } from '../../support/client.ts'
import { createPool, getId, identitiesOf, succeeded, succeededEmpty } from '../support/pools.ts'
import { ALL_PROVIDERS, GOOGLE, OIDC, type Providers, startProviders } from '../support/providers.ts'

const MISMATCH = "Logins don't match. Please include at least one valid login for this identity or identity pool."

let idp: Providers
let pool: string
let oidc: Record<string, string>
let google: Record<string, string>
/** A user with a login of each of two providers. */
let user: string
beforeAll(async () => {
  idp = await startProviders()
})
beforeEach(async () => {
  pool = await createPool({ ...ALL_PROVIDERS, DeveloperProviderName: 'login.example.app' })
  oidc = { [OIDC]: await idp.token(OIDC, 'ann') }
  google = { [GOOGLE]: await idp.token(GOOGLE, '1001') }
  user = await getId(pool, { ...oidc, ...google })
})

const unlink = (IdentityId: string, Logins: object, LoginsToRemove: string[]) =>
  call('UnlinkIdentity', { IdentityId, Logins, LoginsToRemove })
const loginsOf = async (IdentityId: string) =>
  succeeded(await call<{ Logins?: string[] }>('DescribeIdentity', { IdentityId })).Logins

describe('UnlinkIdentity', () => {
  it('answers nothing, and a login that was taken off makes a new identity when it is next seen', async () => {
    succeededEmpty(await unlink(user, oidc, [GOOGLE]))
    expect(await loginsOf(user)).toEqual([OIDC])
    expect(await getId(pool, oidc)).toBe(user)
    expect(await getId(pool, google)).not.toBe(user)
  })

  it('takes off the login that proves the call, too', async () => {
    succeededEmpty(await unlink(user, oidc, [OIDC]))
    expect(await loginsOf(user)).toEqual([GOOGLE])
  })

  it('disables an identity with its last login, which never becomes a guest again', async () => {
    succeededEmpty(await unlink(user, { ...oidc, ...google }, [OIDC, GOOGLE]))
    expect(await loginsOf(user)).toBeUndefined()
    for (const Logins of [undefined, oidc, { [OIDC]: await idp.token(OIDC, 'new') }]) {
      const answer = await call('GetOpenIdToken', { IdentityId: user, Logins })
      expectFault(answer, 'NotAuthorizedException', `Access to Identity '${user}' is forbidden.`)
    }
    expect((await identitiesOf(pool, true)).map(({ IdentityId }) => IdentityId)).not.toContain(user)
    expect(await getId(pool, oidc)).not.toBe(user)
  })

  it('passes over a provider that is not linked', async () => {
    succeededEmpty(await unlink(user, oidc, ['www.amazon.com']))
    expect(new Set(await loginsOf(user))).toEqual(new Set([OIDC, GOOGLE]))
  })

  it('leaves developer logins to signed callers', async () => {
    const developer = { 'login.example.app': 'ann' }
    succeeded(
      await call('GetOpenIdTokenForDeveloperIdentity', { IdentityPoolId: pool, Logins: { ...developer, ...oidc } }),
    )
    succeededEmpty(await unlink(user, oidc, ['login.example.app']))
    expect(await loginsOf(user)).toContain('login.example.app')
  })

  it('links nothing that it is shown', async () => {
    const other = await createPool(ALL_PROVIDERS)
    const known = await getId(other, oidc)
    succeededEmpty(await unlink(known, { ...oidc, ...google }, ['www.amazon.com']))
    expect(await loginsOf(known)).toEqual([OIDC])
  })

  it('is forbidden for a guest, and without a login of the identity, and then changes nothing', async () => {
    const guest = await getId(pool)
    const before = await identitiesOf(pool)
    const forbidden = `Access to Identity '${guest}' is forbidden.`
    expectFault(await unlink(guest, oidc, [OIDC]), 'NotAuthorizedException', forbidden)
    expectFault(await unlink(guest, {}, [OIDC]), 'NotAuthorizedException', forbidden)
    const stranger = { [OIDC]: await idp.token(OIDC, 'bob') }
    for (const logins of [stranger, {}])
      expectFault(await unlink(user, logins, [OIDC, GOOGLE]), 'NotAuthorizedException', MISMATCH)
    expect(await identitiesOf(pool)).toEqual(before)
  })

  it('is refused with one bad login among good ones, and then changes nothing', async () => {
    const before = await identitiesOf(pool)
    const logins = { ...oidc, [GOOGLE]: await idp.forged(GOOGLE, '1001') }
    const message = "Invalid login token. Couldn't verify signed token."
    expectFault(await unlink(user, logins, [GOOGLE]), 'NotAuthorizedException', message)
    expect(await identitiesOf(pool)).toEqual(before)
  })

  it('reaches through an id that lost a merge, with a login of the survivor', async () => {
    const guest = await getId(pool)
    succeeded(await call('GetOpenIdToken', { IdentityId: guest, Logins: oidc }))
    succeededEmpty(await unlink(guest, oidc, [GOOGLE]))
    expect(await loginsOf(user)).toEqual([OIDC])
    const stranger = { [GOOGLE]: await idp.token(GOOGLE, '1002') }
    await getId(pool, stranger)
    const message = `Access to Identity '${guest}' is forbidden.`
    expectFault(await unlink(guest, stranger, [OIDC]), 'NotAuthorizedException', message)
  })

  it('does not find an identity that there is not', async () => {
    for (const id of [`${pool.slice(0, 18)}-0000-8000-8000-000000000000`, 'us-east-1:0'])
      expectFault(await unlink(id, oidc, [OIDC]), 'ResourceNotFoundException', `Identity '${id}' not found.`)
  })

  it('needs the members that the model requires', async () => {
    const finding = (member: string) =>
      `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`
    const answers = {
      logins: await call('UnlinkIdentity', { IdentityId: user, LoginsToRemove: [OIDC] }),
      loginsToRemove: await call('UnlinkIdentity', { IdentityId: user, Logins: oidc }),
    }
    for (const [member, answer] of Object.entries(answers)) expectFault(answer, 'ValidationException', finding(member))
  })
})
