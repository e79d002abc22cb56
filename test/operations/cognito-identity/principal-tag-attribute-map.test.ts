import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { call, expectFault } from '../../support/client.ts'
import { callerOf, iam, signingKeyOf, trustPolicy, type Vended } from '../support/callers.ts'
import { verified } from '../support/documents.ts'
import { createPool, getId, stateOf, succeeded } from '../support/pools.ts'
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

const TAGS_CLAIM = 'https://aws.amazon.com/tags'

let idp: Providers
let pool: string
beforeAll(async () => {
  idp = await startProviders()
})
beforeEach(async () => {
  pool = await createPool({ ...ALL_PROVIDERS, DeveloperProviderName: 'login.example.app' })
})

const setMap = (IdentityProviderName: string, input: object, options = {}) =>
  call('SetPrincipalTagAttributeMap', { IdentityPoolId: pool, IdentityProviderName, ...input }, options)
const getMap = (IdentityProviderName: string, options = {}) =>
  call('GetPrincipalTagAttributeMap', { IdentityPoolId: pool, IdentityProviderName }, options)

describe('SetPrincipalTagAttributeMap and GetPrincipalTagAttributeMap', () => {
  it.each([[USER_POOL], [OIDC_ARN], [GOOGLE]])('keep and answer the map of %s', async (provider) => {
    const PrincipalTags = { tenant: 'custom:tenant', 'cost:centre': 'https://claims.example.com/cost' }
    const expected = { IdentityPoolId: pool, IdentityProviderName: provider, UseDefaults: false, PrincipalTags }
    expect(succeeded(await setMap(provider, { UseDefaults: false, PrincipalTags }))).toEqual(expected)
    expect(succeeded(await getMap(provider))).toEqual(expected)
  })

  it('keep maps of several providers apart', async () => {
    await setMap(GOOGLE, { PrincipalTags: { mail: 'email' } })
    await setMap(OIDC_ARN, { UseDefaults: true })
    expect(succeeded(await getMap(GOOGLE))).toMatchObject({ UseDefaults: false, PrincipalTags: { mail: 'email' } })
    expect(succeeded(await getMap(OIDC_ARN))).toEqual({
      IdentityPoolId: pool,
      IdentityProviderName: OIDC_ARN,
      UseDefaults: true,
    })
  })

  it('answer no tags for a provider without a map, and for one that was reset', async () => {
    const bare = { IdentityPoolId: pool, IdentityProviderName: GOOGLE, UseDefaults: false }
    expect(succeeded(await getMap(GOOGLE))).toEqual(bare)
    await setMap(GOOGLE, { PrincipalTags: { mail: 'email' } })
    expect(succeeded(await setMap(GOOGLE, {}))).toEqual(bare)
    expect(succeeded(await getMap(GOOGLE))).toEqual(bare)
  })

  it('leave roles and other settings alone', async () => {
    await call('SetIdentityPoolRoles', {
      IdentityPoolId: pool,
      Roles: { authenticated: 'arn:aws:iam::000000000000:role/app-user' },
    })
    const before = await stateOf(pool)
    await setMap(GOOGLE, { UseDefaults: true })
    expect(await stateOf(pool)).toEqual(before)
  })

  it.each([
    ['www.amazon.com'],
    [`${USER_POOL}:${CLIENT[USER_POOL]}`],
    [`${OIDC}/other`],
    ['login.example.app'],
    ['constructor'],
  ])('refuse %s, which is no provider of the pool', async (provider) => {
    const message = `Identity provider '${provider}' not found in this identity pool.`
    expectFault(await setMap(provider, { UseDefaults: true }), 'ResourceNotFoundException', message)
    expectFault(await getMap(provider), 'ResourceNotFoundException', message)
  })

  it("do not find a pool that there is not, nor another account's or region's", async () => {
    const message = `IdentityPool '${pool}' not found.`
    for (const options of [{ signed: OTHER_ACCOUNT_KEY }, { region: 'eu-west-1' }]) {
      expectFault(await setMap(GOOGLE, { UseDefaults: true }, options), 'ResourceNotFoundException', message)
      expectFault(await getMap(GOOGLE, options), 'ResourceNotFoundException', message)
    }
    await call('DeleteIdentityPool', { IdentityPoolId: pool })
    expectFault(await setMap(GOOGLE, { UseDefaults: true }), 'ResourceNotFoundException', message)
    expectFault(await getMap(GOOGLE), 'ResourceNotFoundException', message)
  })

  it('refuse more than fifty tags', async () => {
    const tags = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`t${n}`, 'c']))
    const shown = Array.from({ length: 51 }, (_, n) => `t${n}=c`).join(', ')
    const finding = `Value '{${shown}}' at 'principalTags' failed to satisfy constraint: Member must have length less than or equal to 50`
    const answer = await setMap(GOOGLE, { PrincipalTags: tags })
    expectFault(answer, 'ValidationException', `1 validation error detected: ${finding}`)
  })
})

describe('Attributes for access control', () => {
  const ROLE = 'arn:aws:iam::000000000000:role/tagged'
  const tagsOf = async (logins: Record<string, string>) => {
    const IdentityId = await getId(pool, logins)
    const { Token } = succeeded(await call<{ Token: string }>('GetOpenIdToken', { IdentityId, Logins: logins }))
    return (await verified(Token, pool)).claims[TAGS_CLAIM]
  }

  it('go into the token, each a list of one text; a claim that the login lacks makes no tag', async () => {
    await setMap(OIDC_ARN, { PrincipalTags: { dept: 'department', level: 'level', admin: 'admin', none: 'missing' } })
    const claims = { department: 'sales', level: 3, admin: true }
    expect(await tagsOf({ [OIDC]: await idp.token(OIDC, 'ann', claims) })).toEqual({
      principal_tags: { dept: ['sales'], level: ['3'], admin: ['true'] },
    })
  })

  it.each([[USER_POOL], [OIDC], [GOOGLE]])('are client and user by default: %s', async (provider) => {
    await setMap(provider === OIDC ? OIDC_ARN : provider, { UseDefaults: true })
    expect(await tagsOf({ [provider]: await idp.token(provider, 'ann') })).toEqual({
      principal_tags: { client: [CLIENT[provider]], username: ['ann'] },
    })
  })

  it('make no claim where there are none', async () => {
    await setMap(OIDC_ARN, { PrincipalTags: { dept: 'department' } })
    expect(await tagsOf({ [OIDC]: await idp.token(OIDC, 'ann') })).toBeUndefined()
    expect(await tagsOf({ [GOOGLE]: await idp.token(GOOGLE, '1001', { department: 'sales' }) })).toBeUndefined()
  })

  it('see no claims but those of the token itself', async () => {
    await setMap(OIDC_ARN, { PrincipalTags: { a: 'constructor', b: '__proto__', c: 'toString' } })
    expect(await tagsOf({ [OIDC]: await idp.token(OIDC, 'ann') })).toBeUndefined()
  })

  it('are refused beyond 460 bytes, by either flow', async () => {
    await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: { authenticated: ROLE } })
    await setMap(OIDC_ARN, { PrincipalTags: { a: 'a', b: 'b' } })
    const Logins = { [OIDC]: await idp.token(OIDC, 'ann', { a: 'x'.repeat(230), b: 'y'.repeat(229) }) }
    const IdentityId = await getId(pool, Logins)
    const basic = await call('GetOpenIdToken', { IdentityId, Logins })
    const message = 'The attributes for access control of this user exceed 460 bytes.'
    expectFault(basic, 'InvalidParameterException', message)
    const enhanced = await call('GetCredentialsForIdentity', { IdentityId, Logins })
    const misconfigured = 'Invalid identity pool configuration. Check assigned IAM roles for this pool.'
    expectFault(enhanced, 'InvalidIdentityPoolConfigurationException', misconfigured)
  })

  it('need sts:TagSession in the trust policy, and may be asked about there', async () => {
    const getCredentials = async (department: string) => {
      const Logins = { [OIDC]: await idp.token(OIDC, 'ann', { department }) }
      const IdentityId = await getId(pool, Logins)
      return call<{ Credentials: Vended }>('GetCredentialsForIdentity', { IdentityId, Logins })
    }
    const misconfigured = [
      'InvalidIdentityPoolConfigurationException',
      'Invalid identity pool configuration. Check assigned IAM roles for this pool.',
    ] as const
    await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: { authenticated: ROLE } })
    await setMap(OIDC_ARN, { PrincipalTags: { dept: 'department' } })
    const condition = { 'ForAllValues:StringEquals': { 'aws:RequestTag/dept': 'sales' } }
    const assumeOnly = trustPolicy(pool, condition)
    await iam('CreateRole', { RoleName: 'tagged', AssumeRolePolicyDocument: assumeOnly })
    expectFault(await getCredentials('sales'), ...misconfigured)
    const action = '"sts:AssumeRoleWithWebIdentity"'
    const PolicyDocument = assumeOnly.replace(action, `[${action},"sts:TagSession"]`)
    await iam('UpdateAssumeRolePolicy', { RoleName: 'tagged', PolicyDocument })
    const { Credentials } = succeeded(await getCredentials('sales'))
    expect((await callerOf(signingKeyOf(Credentials))).Arn).toContain('assumed-role/tagged/')
    expectFault(await getCredentials('finance'), ...misconfigured)
    expectFault(await getCredentials('a<b'), ...misconfigured)
  })
})
