import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { call, expectFault } from '../../support/client.ts'
import { USER } from '../support/credentials.ts'
import { createPool, getId, identitiesOf, stateOf, succeeded, succeededEmpty } from '../support/pools.ts'
import { ALL_PROVIDERS, GOOGLE, OIDC, type Providers, startProviders } from '../support/providers.ts'

let idp: Providers
let pool: string
beforeAll(async () => {
  idp = await startProviders()
})
beforeEach(async () => {
  pool = await createPool(ALL_PROVIDERS)
})

const setRoles = async (roles: object) =>
  succeededEmpty(await call('SetIdentityPoolRoles', { IdentityPoolId: pool, ...roles }))
const login = async (provider: string, subject = 'ann') => ({ [provider]: await idp.token(provider, subject) })
const getCredentials = (IdentityId: string, Logins: Record<string, string>, more = {}) =>
  call('GetCredentialsForIdentity', { IdentityId, Logins, ...more })

const DENYING = {
  Type: 'Rules',
  AmbiguousRoleResolution: 'Deny',
  RulesConfiguration: { Rules: [{ Claim: 'team', MatchType: 'Equals', Value: 'red', RoleARN: USER }] },
}

describe('Credentials that are refused for the role', () => {
  it.each([
    ['there is none', {}, {}],
    ['it is not offered', { Roles: { authenticated: USER } }, { CustomRoleArn: `${USER}-else` }],
    ['the rules deny it', { Roles: { authenticated: USER }, RoleMappings: { [GOOGLE]: DENYING } }, {}],
  ])('leave a guest a guest: %s', async (_, roles, more) => {
    await setRoles({ Roles: {}, ...roles })
    const guest = await getId(pool)
    const before = await stateOf(pool)
    expect((await getCredentials(guest, await login(GOOGLE), more)).status).toBe(400)
    expect(await stateOf(pool)).toEqual(before)
  })

  it('merge nothing', async () => {
    const ann = await getId(pool, await login(GOOGLE))
    const other = await getId(pool, await login(OIDC))
    const before = await identitiesOf(pool)
    const both = { ...(await login(GOOGLE)), ...(await login(OIDC)) }
    expectFault(
      await getCredentials(ann, both),
      'InvalidIdentityPoolConfigurationException',
      'Invalid identity pool configuration. Check assigned IAM roles for this pool.',
    )
    expect(await identitiesOf(pool)).toEqual(before)
    expect(before.map(({ IdentityId }) => IdentityId).sort()).toEqual([ann, other].sort())
  })

  it('are refused for the identity first, if that is refused too', async () => {
    const ann = await getId(pool, await login(GOOGLE))
    const answer = await getCredentials(ann, await login(OIDC, 'bob'))
    expectFault(
      answer,
      'NotAuthorizedException',
      "Logins don't match. Please include at least one valid login for this identity or identity pool.",
    )
  })

  it('do not stand in the way of the same call, once there is a role', async () => {
    const guest = await getId(pool)
    expect((await getCredentials(guest, await login(GOOGLE))).status).toBe(400)
    await setRoles({ Roles: { authenticated: USER } })
    expect(succeeded(await getCredentials(guest, await login(GOOGLE)))).toMatchObject({ IdentityId: guest })
  })
})
