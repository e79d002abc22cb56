import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { expectFault } from '../../support/client.ts'
import { expectMisconfigured, getCredentials, poolWith, role, roleOf, USER } from '../support/credentials.ts'
import { getId } from '../support/pools.ts'
import { CLIENT, GOOGLE, OIDC, OIDC_ARN, type Providers, startProviders, USER_POOL } from '../support/providers.ts'

const USER_POOL_CLIENT = `${USER_POOL}:${CLIENT[USER_POOL]}`

let idp: Providers
beforeAll(async () => {
  idp = await startProviders()
})

describe('Role mappings of type Token', () => {
  let user: string
  const roles = [role('editor'), role('viewer')]
  const login = async (claims: object) => ({ [USER_POOL]: await idp.token(USER_POOL, 'ann', { ...claims }) })
  const mapped = async (AmbiguousRoleResolution: string) => {
    const RoleMappings = { [USER_POOL_CLIENT]: { Type: 'Token', AmbiguousRoleResolution } }
    const pool = await poolWith({ Roles: { authenticated: USER }, RoleMappings })
    user = await getId(pool, await login({}))
  }
  beforeEach(() => mapped('Deny'))

  it.each([
    ['the preferred role', { 'cognito:preferred_role': roles[1], 'cognito:roles': roles }, undefined, 'viewer'],
    ['the role that is asked for', { 'cognito:preferred_role': roles[1], 'cognito:roles': roles }, roles[0], 'editor'],
    ['the role that is asked for without a preferred one', { 'cognito:roles': roles }, roles[1], 'viewer'],
    ['the role that is asked for out of a text', { 'cognito:roles': roles.join(',') }, roles[0], 'editor'],
  ])('give %s', async (_what, claims, customRole, name) => {
    expect(await roleOf(await getCredentials(user, await login(claims), customRole))).toBe(name)
  })

  it.each([
    ['no role', {}],
    ['several roles and no preferred one', { 'cognito:roles': roles }],
    ['an empty preferred role', { 'cognito:roles': roles, 'cognito:preferred_role': '' }],
  ])('deny a token with %s, naming the mapping, or give the default role, as the pool says', async (_what, claims) => {
    const message = `The ambiguous role mapping rules for: ${USER_POOL_CLIENT} denied this request.`
    expectFault(await getCredentials(user, await login(claims)), 'NotAuthorizedException', message)
    await mapped('AuthenticatedRole')
    expect(await roleOf(await getCredentials(user, await login(claims)))).toBe('app-user')
  })

  it('deny a role that the token does not offer', async () => {
    const message = `Access to Role '${role('admin')}' is forbidden.`
    const tokens = [{ 'cognito:roles': roles }, { 'cognito:roles': [`${role('admin')}x`] }, {}]
    for (const claims of tokens)
      expectFault(await getCredentials(user, await login(claims), role('admin')), 'NotAuthorizedException', message)
  })

  it.each([
    ['of another account', 'arn:aws:iam::123456789012:role/editor'],
    ['that is no role', 'arn:aws:iam::000000000000:user/ann'],
    ['that is no ARN', 'editor'],
  ])('refuse a preferred role %s', async (_what, preferred) => {
    expectMisconfigured(await getCredentials(user, await login({ 'cognito:preferred_role': preferred })))
  })

  it('leave logins of other providers to the default role', async () => {
    const RoleMappings = { [OIDC_ARN]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' } }
    const pool = await poolWith({ Roles: { authenticated: USER }, RoleMappings })
    const google = { [GOOGLE]: await idp.token(GOOGLE, '1001', { 'cognito:preferred_role': roles[0] }) }
    expect(await roleOf(await getCredentials(await getId(pool, google), google))).toBe('app-user')
  })
})

describe('Role mappings of type Rules', () => {
  const rule = (Claim: string, MatchType: string, Value: string, name: string) => ({
    Claim,
    MatchType,
    Value,
    RoleARN: role(name),
  })
  const login = async (claims: object) => ({ [OIDC]: await idp.token(OIDC, 'ann', { ...claims }) })
  const userWith = async (AmbiguousRoleResolution: string, ...Rules: object[]) => {
    const mapping = { Type: 'Rules', AmbiguousRoleResolution, RulesConfiguration: { Rules } }
    const pool = await poolWith({ Roles: { authenticated: USER }, RoleMappings: { [OIDC_ARN]: mapping } })
    return getId(pool, await login({}))
  }
  const denied = [
    'NotAuthorizedException',
    `The ambiguous role mapping rules for: ${OIDC_ARN} denied this request.`,
  ] as const

  it.each([
    ['Equals', 'staff', true],
    ['Equals', 'Staff', false],
    ['Equals', 'staff2', false],
    ['StartsWith', 'staff2', true],
    ['StartsWith', 'a staff', false],
    ['Contains', 'a staff2', true],
    ['Contains', 'sta ff', false],
    ['NotEqual', 'other', true],
    ['NotEqual', 'staff', false],
    ['NotEqual', undefined, false],
    ['Equals', undefined, false],
    ['Equals', ['other', 'staff'], true],
    ['NotEqual', ['other', 'staff'], false],
  ])('match %s staff against %j: %s', async (match, group, matches) => {
    const user = await userWith('Deny', rule('group', match, 'staff', 'ruled'))
    const answer = await getCredentials(user, await login({ group }))
    if (matches) expect(await roleOf(answer)).toBe('ruled')
    else expectFault(answer, ...denied)
  })

  it('are tried in order, and the first that matches gives the role', async () => {
    const user = await userWith(
      'Deny',
      rule('group', 'Equals', 'nobody', 'first'),
      rule('group', 'Equals', 'staff', 'second'),
      rule('group', 'StartsWith', 's', 'third'),
    )
    const staff = await login({ group: 'staff' })
    expect(await roleOf(await getCredentials(user, staff))).toBe('second')
    expect(await roleOf(await getCredentials(user, staff, role('third')))).toBe('third')
    const message = `Access to Role '${role('first')}' is forbidden.`
    expectFault(await getCredentials(user, staff, role('first')), 'NotAuthorizedException', message)
  })

  it('go by the token of the call, and keep nothing of earlier ones', async () => {
    const user = await userWith('AuthenticatedRole', rule('admin', 'Equals', 'true', 'admin'))
    expect(await roleOf(await getCredentials(user, await login({ admin: true })))).toBe('admin')
    expect(await roleOf(await getCredentials(user, await login({})))).toBe('app-user')
  })

  it('see no claims but those of the token itself', async () => {
    const user = await userWith('Deny', rule('constructor', 'NotEqual', 'x', 'ruled'))
    expectFault(await getCredentials(user, await login({})), ...denied)
  })
})
