import { beforeAll, describe, expect, it } from 'vitest'
import { call, expectFault, LOCAL_ACCOUNT } from '../../support/client.ts'
import { deploy } from '../../support/deployment.ts'
import { GUEST, poolWith, role, USER } from '../support/credentials.ts'
import { succeeded } from '../support/pools.ts'
import { ALL_PROVIDERS, GOOGLE, OIDC, OIDC_ARN, type Providers, startProviders } from '../support/providers.ts'
import { simulate, simulated } from '../support/simulations.ts'

const STAFF = role('app-staff')
const rules = (RoleARN: string) => ({
  [OIDC_ARN]: {
    Type: 'Rules',
    AmbiguousRoleResolution: 'Deny',
    RulesConfiguration: { Rules: [{ Claim: 'groups', MatchType: 'Contains', Value: 'staff', RoleARN }] },
  },
})
const BY_RULE = { By: 'rule', MappingKey: OIDC_ARN, Rule: 1, Custom: false }

let idp: Providers
beforeAll(async () => {
  idp = await startProviders()
})

const login = async (claims: object) => ({ [OIDC]: await idp.token(OIDC, 'ann', { ...claims }) })
const listing = (settings: object) => poolWith(settings, ALL_PROVIDERS)

describe('SimulateLogin with a draft', () => {
  it('judges by roles, mappings and tags that nobody has saved, and saves none', async () => {
    const pool = await listing({ Roles: { authenticated: USER } })
    const before = succeeded(await call('GetIdentityPoolRoles', { IdentityPoolId: pool }))
    const Logins = await login({ groups: ['staff'], org: 'acme' })
    const Draft = {
      RoleMappings: rules(STAFF),
      PrincipalTagMaps: { [OIDC_ARN]: { PrincipalTags: { tenant: 'org' } } },
    }
    expect(await simulated(pool, { Logins, Draft })).toMatchObject({
      Role: { RoleArn: STAFF, ChosenBy: BY_RULE },
      Tags: { tenant: 'acme' },
      Answer: { Code: 'Issued' },
    })
    expect(await simulated(pool, { Logins: await login({}), Draft: { RoleMappings: rules(STAFF) } })).toMatchObject({
      Role: { Reason: 'ambiguous' },
      Answer: { Code: 'NotAuthorizedException' },
    })
    expect(succeeded(await call('GetIdentityPoolRoles', { IdentityPoolId: pool }))).toEqual(before)
  })

  it('keeps what the draft does not have', async () => {
    const pool = await listing({ Roles: { authenticated: USER }, RoleMappings: rules(STAFF) })
    const Logins = await login({ groups: 'staff' })
    const found = await simulated(pool, { Logins, Draft: { Roles: { unauthenticated: GUEST } } })
    expect(found.Role).toEqual({ RoleArn: STAFF, ChosenBy: BY_RULE })
    expect((await simulated(pool, { Draft: { Roles: { unauthenticated: GUEST } } })).Role?.RoleArn).toBe(GUEST)
    expect((await simulated(pool, { Logins, Draft: { RoleMappings: {} } })).Role?.RoleArn).toBe(USER)
  })

  it.each([
    [
      'a mapping of a provider that the pool does not list',
      { RoleMappings: { 'nobody.example.com': { Type: 'Token', AmbiguousRoleResolution: 'Deny' } } },
      'InvalidParameterException',
      '(nobody.example.com) is not a valid RoleMapping ProviderName or is not a configured provider.',
    ],
    [
      'tags of a provider that the pool does not list',
      { PrincipalTagMaps: { [GOOGLE]: { UseDefaults: true } } },
      'ResourceNotFoundException',
      `Identity provider '${GOOGLE}' not found in this identity pool.`,
    ],
  ])('refuses %s as the change would be', async (_, Draft, code, message) => {
    const pool = await poolWith({ Roles: {} }, { OpenIdConnectProviderARNs: [OIDC_ARN] })
    expectFault(await simulate(pool, { Draft }), code, message)
  })

  it('tells nothing of a role that the caller may not pass, unless the pool gives it out', async () => {
    const pool = await listing({ Roles: { authenticated: USER }, RoleMappings: rules(STAFF) })
    const signed = { accessKeyId: 'ASKER01', secretAccessKey: 'a'.repeat(32) }
    const serve = await deploy({
      ACCESS_KEY_ASKER01: JSON.stringify({
        secret: signed.secretAccessKey,
        account: LOCAL_ACCOUNT,
        policy: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'edge-identity:SimulateLogin', Resource: '*' }],
        },
      }),
    })
    const ask = async (Draft: object) =>
      simulate(pool, { Logins: await login({ groups: 'staff' }), Draft }, { serve, signed })
    expect(succeeded(await ask({ Roles: { authenticated: STAFF }, RoleMappings: {} })).Role?.RoleArn).toBe(STAFF)
    const other = role('app-other')
    expectFault(
      await ask({ RoleMappings: rules(other) }),
      'NotAuthorizedException',
      `Access to Role '${other}' is forbidden.`,
    )
  })
})
