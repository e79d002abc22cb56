import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { call, expectFault } from '../../support/client.ts'
import { getCredentials, poolWith, role, roleOf, USER } from '../support/credentials.ts'
import { verified } from '../support/documents.ts'
import { createPool, getId, identitiesOf, succeeded, succeededEmpty } from '../support/pools.ts'
import {
  ALL_PROVIDERS,
  CLIENT,
  GOOGLE,
  OIDC,
  OIDC_ARN,
  type Providers,
  startProviders,
  USER_POOL,
} from '../support/providers.ts'

const ISSUER_HOST = `issuer-${USER_POOL}`
const REPLICA = USER_POOL.replace('us-east-1.', 'us-west-2.')
const REPLICA_ISSUER = `issuer-${REPLICA}`
const NAMES = [USER_POOL, ISSUER_HOST, REPLICA, REPLICA_ISSUER]
const USER_POOL_CLIENT = CLIENT[USER_POOL]

let idp: Providers
beforeAll(async () => {
  idp = await startProviders()
  const keys = idp.network
  for (const name of NAMES) {
    const known = await keys.fetch(`https://${USER_POOL}/.well-known/jwks.json`)
    keys.serve(`https://${name}/.well-known/jwks.json`, await known.json())
  }
})

const login = async (key: string, iss: string, claims: object = {}, provider = USER_POOL) => ({
  [key]: await idp.token(provider, 'ann', { iss: `https://${iss}`, ...claims }),
})
const loginsOf = async (IdentityId: string) =>
  succeeded(await call<{ Logins?: string[] }>('DescribeIdentity', { IdentityId })).Logins

describe('A user pool', () => {
  const listing = (ProviderName: string) => ({
    CognitoIdentityProviders: [{ ProviderName, ClientId: USER_POOL_CLIENT }],
  })

  it.each(NAMES)('listed as %s has one identity a user, under every key and issuer, and one name', async (listed) => {
    const pool = await createPool(listing(listed))
    const ann = await getId(pool, await login(NAMES[0] ?? '', NAMES[0] ?? ''))
    for (const key of NAMES) for (const iss of NAMES) expect(await getId(pool, await login(key, iss))).toBe(ann)
    expect(await loginsOf(ann)).toEqual([USER_POOL])
    const described = await call<object>('DescribeIdentityPool', { IdentityPoolId: pool })
    expect(succeeded(described)).toMatchObject(listing(listed))
  })

  it('gives the same token and role after a fail-over', async () => {
    const rule = { Claim: 'sub', MatchType: 'Equals', Value: 'ann', RoleARN: role('mapped') }
    const mapping = { Type: 'Rules', AmbiguousRoleResolution: 'Deny', RulesConfiguration: { Rules: [rule] } }
    for (const name of NAMES) {
      const RoleMappings = { [`${name}:${USER_POOL_CLIENT}`]: mapping }
      const pool = await poolWith({ Roles: { authenticated: USER }, RoleMappings })
      const ann = await getId(pool, await login(USER_POOL, USER_POOL))
      const kept = await call<object>('GetIdentityPoolRoles', { IdentityPoolId: pool })
      expect(succeeded(kept)).toMatchObject({ RoleMappings })
      for (const iss of NAMES) {
        const logins = await login(ISSUER_HOST, iss)
        expect(await roleOf(await getCredentials(ann, logins))).toBe('mapped')
        const basic = await createPool(ALL_PROVIDERS)
        const IdentityId = await getId(basic, logins)
        const { Token } = succeeded(await call<{ Token: string }>('GetOpenIdToken', { IdentityId, Logins: logins }))
        const { claims } = await verified(Token, basic)
        expect(claims.amr).toEqual(['authenticated', USER_POOL, `${USER_POOL}:CognitoSignIn:ann`])
      }
    }
  })

  it('is taken off by every name', async () => {
    const pool = await createPool(ALL_PROVIDERS)
    for (const name of NAMES) {
      const google = { [GOOGLE]: await idp.token(GOOGLE, name) }
      const user = await getId(pool, { ...google, ...(await login(REPLICA, REPLICA)) })
      succeededEmpty(await call('UnlinkIdentity', { IdentityId: user, Logins: google, LoginsToRemove: [name] }))
      expect(await loginsOf(user)).toEqual([GOOGLE])
    }
  })

  it('is named once a request', async () => {
    const pool = await createPool(ALL_PROVIDERS)
    const before = await identitiesOf(pool)
    const Logins = { ...(await login(USER_POOL, USER_POOL)), ...(await login(ISSUER_HOST, USER_POOL)) }
    const answer = await call('GetId', { IdentityPoolId: pool, Logins })
    expectFault(answer, 'InvalidParameterException', 'Please provide one login for each provider.')
    expect(await identitiesOf(pool)).toEqual(before)
  })

  it.each([
    ['that is not known', USER_POOL.replace('us-east-1.', 'us-evil-1.')],
    ['of another partition', USER_POOL.replace('us-east-1.', 'us-gov-west-1.')],
    ['with another user pool', USER_POOL.replace('_Example', '_Other')],
  ])('has no name in a region %s', async (_what, name) => {
    const pool = await createPool(ALL_PROVIDERS)
    const refused = await call('GetId', { IdentityPoolId: pool, Logins: await login(USER_POOL, name) })
    expectFault(refused, 'NotAuthorizedException', "Invalid login token. Issuer doesn't match providerName")
    const unlisted = await call('GetId', { IdentityPoolId: pool, Logins: await login(name, name) })
    const message = 'Token is not from a supported provider of this identity pool.'
    expectFault(unlisted, 'NotAuthorizedException', message)
  })
})

describe('An issuer', () => {
  it('has one identity a user with and without a closing slash', async () => {
    const pool = await createPool(ALL_PROVIDERS)
    const ann = await getId(pool, await login(OIDC, OIDC, {}, OIDC))
    for (const [key, iss] of [
      [OIDC, `${OIDC}/`],
      [`${OIDC}/`, OIDC],
      [`${OIDC}/`, `${OIDC}/`],
    ] as const)
      expect(await getId(pool, await login(key, iss, {}, OIDC))).toBe(ann)
    expect(await loginsOf(ann)).toEqual([OIDC])
  })

  it('is taken off with and without a closing slash', async () => {
    const pool = await createPool(ALL_PROVIDERS)
    const google = { [GOOGLE]: await idp.token(GOOGLE, '1001') }
    const user = await getId(pool, { ...google, ...(await login(OIDC, OIDC, {}, OIDC)) })
    succeededEmpty(await call('UnlinkIdentity', { IdentityId: user, Logins: google, LoginsToRemove: [`${OIDC}/`] }))
    expect(await loginsOf(user)).toEqual([GOOGLE])
  })

  it('is named once a request', async () => {
    const pool = await createPool(ALL_PROVIDERS)
    const Logins = { ...(await login(OIDC, OIDC, {}, OIDC)), ...(await login(`${OIDC}/`, OIDC, {}, OIDC)) }
    const answer = await call('GetId', { IdentityPoolId: pool, Logins })
    expectFault(answer, 'InvalidParameterException', 'Please provide one login for each provider.')
  })
})

describe.each([
  [OIDC_ARN, [OIDC_ARN, OIDC, `${OIDC}/`], OIDC],
  [USER_POOL, NAMES, USER_POOL],
])('Of %s', (provider, names, key) => {
  let pool: string
  beforeEach(async () => {
    pool = await createPool(ALL_PROVIDERS)
  })

  const setMap = (IdentityProviderName: string, PrincipalTags: object) =>
    call('SetPrincipalTagAttributeMap', { IdentityPoolId: pool, IdentityProviderName, PrincipalTags })
  const getMap = async (IdentityProviderName: string) =>
    succeeded(await call<object>('GetPrincipalTagAttributeMap', { IdentityPoolId: pool, IdentityProviderName }))

  it.each(names)('the attribute map has one place, set by the name %s', async (name) => {
    const PrincipalTags = { team: 'custom:team' }
    await setMap(provider, { old: 'custom:old' })
    expect(succeeded(await setMap(name, PrincipalTags))).toMatchObject({ IdentityProviderName: name, PrincipalTags })
    for (const other of names)
      expect(await getMap(other)).toMatchObject({ IdentityPoolId: pool, IdentityProviderName: other, PrincipalTags })
    const Logins = { [key]: await idp.token(key, 'ann', { 'custom:team': 'a', 'custom:old': 'b' }) }
    const IdentityId = await getId(pool, Logins)
    const { Token } = succeeded(await call<{ Token: string }>('GetOpenIdToken', { IdentityId, Logins }))
    expect((await verified(Token, pool)).claims['https://aws.amazon.com/tags']).toMatchObject({
      principal_tags: { team: ['a'] },
    })
  })
})

describe('A role mapping of an OIDC provider', () => {
  const mapping = {
    Type: 'Rules',
    AmbiguousRoleResolution: 'Deny',
    RulesConfiguration: { Rules: [{ Claim: 'sub', MatchType: 'Equals', Value: 'ann', RoleARN: role('mapped') }] },
  }

  it.each([OIDC_ARN, OIDC, `${OIDC}/`])('may be named %s, decides, and is answered as it was given', async (name) => {
    const RoleMappings = { [name]: mapping }
    const pool = await poolWith({ Roles: { authenticated: USER }, RoleMappings })
    expect(succeeded(await call<object>('GetIdentityPoolRoles', { IdentityPoolId: pool }))).toMatchObject({
      RoleMappings,
    })
    const logins = await login(OIDC, OIDC, {}, OIDC)
    expect(await roleOf(await getCredentials(await getId(pool, logins), logins))).toBe('mapped')
  })

  it('is one for each provider', async () => {
    const pool = await createPool(ALL_PROVIDERS)
    const RoleMappings = { [OIDC_ARN]: mapping, [OIDC]: mapping }
    const answer = await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: {}, RoleMappings })
    expectFault(answer, 'InvalidParameterException', `The provider of the role mapping of ${OIDC} has another one.`)
  })

  it.each([OIDC.replace('tenant', 'other'), USER_POOL, 'idp.example.com'])('may not be named %s', async (name) => {
    const pool = await createPool(ALL_PROVIDERS)
    const RoleMappings = { [name]: mapping }
    const answer = await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: {}, RoleMappings })
    const message = `(${name}) is not a valid RoleMapping ProviderName or is not a configured provider.`
    expectFault(answer, 'InvalidParameterException', message)
  })
})
