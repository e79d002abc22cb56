import { describe, expect, it } from 'vitest'
import { LIMITED_KEY, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { call, expectFault } from '../../support/client.ts'
import { deploy } from '../../support/deployment.ts'
import { createPool, stateOf, succeeded, succeededEmpty } from '../support/pools.ts'
import { ALL_PROVIDERS, CLIENT, GOOGLE, OIDC_ARN, USER_POOL } from '../support/providers.ts'

const USER = 'arn:aws:iam::000000000000:role/app-user'
const GUEST = 'arn:aws:iam::000000000000:role/guests/app-guest'
const ADMIN = 'arn:aws:iam::000000000000:role/admin'
const SAML_ARN = 'arn:aws:iam::000000000000:saml-provider/corp'
const USER_POOL_CLIENT = `${USER_POOL}:${CLIENT[USER_POOL]}`

const TOKEN = { Type: 'Token', AmbiguousRoleResolution: 'Deny' }
const RULE = { Claim: 'department', MatchType: 'Equals', Value: 'x', RoleARN: USER }
const rules = (...Rules: object[]) => ({
  Type: 'Rules',
  AmbiguousRoleResolution: 'AuthenticatedRole',
  RulesConfiguration: { Rules },
})

const setRoles = (IdentityPoolId: string, input: object, options = {}) =>
  call('SetIdentityPoolRoles', { IdentityPoolId, ...input }, options)
const rolesOf = async (IdentityPoolId: string) => succeeded(await call('GetIdentityPoolRoles', { IdentityPoolId }))
const poolWithProviders = () => createPool({ ...ALL_PROVIDERS, SamlProviderARNs: [SAML_ARN] })

describe('GetIdentityPoolRoles', () => {
  it('answers the id alone for a pool without roles', async () => {
    const pool = await createPool()
    expect(await rolesOf(pool)).toEqual({ IdentityPoolId: pool })
  })

  it("does not find a pool that there is not, nor another account's or region's", async () => {
    const pool = await createPool()
    const unknown = 'us-east-1:00000000-0000-4000-8000-000000000000'
    for (const [IdentityPoolId, options] of [
      [unknown, {}],
      [pool, { signed: OTHER_ACCOUNT_KEY }],
      [pool, { region: 'eu-west-1' }],
    ] as const) {
      const answer = await call('GetIdentityPoolRoles', { IdentityPoolId }, options)
      expectFault(answer, 'ResourceNotFoundException', `IdentityPool '${IdentityPoolId}' not found.`)
    }
  })
})

describe('SetIdentityPoolRoles, for a role of an account of the Ceph Object Gateway,', () => {
  const authenticated = 'arn:aws:iam::RGW12345678901234567:role/app/user'
  const at = async (settings: Record<string, string>, role = authenticated) => {
    const pool = await createPool()
    return setRoles(pool, { Roles: { authenticated: role } }, { serve: await deploy(settings) })
  }

  it.each(['ceph', 'compatible'])('keeps it where the STS is that of a store: %s', async (STS_PROFILE) => {
    succeededEmpty(await at({ STS_ENDPOINT: 'https://rgw.example.com/', STS_PROFILE }))
  })

  it.each([
    { STS_ENDPOINT: 'embedded' },
    { STS_ENDPOINT: 'aws' },
    { STS_ENDPOINT: 'https://localstack.example.com/', STS_PROFILE: 'localstack' },
  ])('refuses it elsewhere: %j', async (settings) => {
    expectFault(await at(settings), 'NotAuthorizedException', `Access to Role '${authenticated}' is forbidden.`)
  })

  it.each([
    'arn:aws:iam::RGW1:role/user-of-another-form',
    'arn:aws:iam::RGW123456789012345678:role/user',
    'arn:aws:iam::tenant:role/user',
    'arn:aws:iam::999999999999:role/user',
  ])('refuses any other account: %s', async (role) => {
    const answer = await at({ STS_ENDPOINT: 'https://rgw.example.com/', STS_PROFILE: 'ceph' }, role)
    expectFault(answer, 'NotAuthorizedException', `Access to Role '${role}' is forbidden.`)
  })
})

describe('SetIdentityPoolRoles', () => {
  it('answers nothing and keeps roles and mappings as they were given', async () => {
    const pool = await poolWithProviders()
    const input = {
      Roles: { authenticated: USER, unauthenticated: GUEST },
      RoleMappings: {
        [GOOGLE]: rules(
          RULE,
          { Claim: 'https://claims.example.com/é', MatchType: 'NotEqual', Value: ' ', RoleARN: GUEST },
          { Claim: 'a', MatchType: 'StartsWith', Value: 'b', RoleARN: USER },
          { Claim: 'a', MatchType: 'Contains', Value: 'b', RoleARN: USER },
        ),
        [OIDC_ARN]: TOKEN,
        [SAML_ARN]: TOKEN,
        [USER_POOL_CLIENT]: { Type: 'Token', AmbiguousRoleResolution: 'AuthenticatedRole' },
      },
    }
    succeededEmpty(await setRoles(pool, input))
    expect(await rolesOf(pool)).toEqual({ IdentityPoolId: pool, ...input })
  })

  it('replaces everything, so that what is left out is gone', async () => {
    const pool = await poolWithProviders()
    await setRoles(pool, { Roles: { authenticated: USER, unauthenticated: GUEST }, RoleMappings: { [GOOGLE]: TOKEN } })
    await setRoles(pool, { Roles: { authenticated: GUEST } })
    expect(await rolesOf(pool)).toEqual({ IdentityPoolId: pool, Roles: { authenticated: GUEST } })
    succeededEmpty(await setRoles(pool, { Roles: {}, RoleMappings: {} }))
    expect(await rolesOf(pool)).toEqual({ IdentityPoolId: pool })
  })

  it('takes mappings without default roles, and rules on claims that a provider never sends', async () => {
    const pool = await poolWithProviders()
    const RoleMappings = { [GOOGLE]: rules({ ...RULE, Claim: 'never_sent' }) }
    succeededEmpty(await setRoles(pool, { Roles: {}, RoleMappings }))
    expect(await rolesOf(pool)).toEqual({ IdentityPoolId: pool, RoleMappings })
  })

  it('leaves the rest of the pool alone', async () => {
    const pool = await poolWithProviders()
    const before = await call('DescribeIdentityPool', { IdentityPoolId: pool })
    await setRoles(pool, { Roles: { authenticated: USER } })
    expect((await call('DescribeIdentityPool', { IdentityPoolId: pool })).body).toEqual(before.body)
  })

  it('lets a caller pass the roles that its policy names', async () => {
    const pool = await createPool()
    succeededEmpty(await setRoles(pool, { Roles: { authenticated: USER } }, { signed: LIMITED_KEY }))
    expect(await rolesOf(pool)).toEqual({ IdentityPoolId: pool, Roles: { authenticated: USER } })
  })

  const notConfigured = (key: string) =>
    `(${key}) is not a valid RoleMapping ProviderName or is not a configured provider.`
  const forbidden = (role: string) => `Access to Role '${role}' is forbidden.`
  const invalid = (finding: string) => `1 validation error detected: ${finding}`
  const mapping = (key: string, value: object = TOKEN) => ({
    Roles: { authenticated: USER },
    RoleMappings: { [key]: value },
  })

  it.each([
    [
      'a mapping for a provider that the pool does not list',
      mapping('www.amazon.com'),
      'InvalidParameterException',
      notConfigured('www.amazon.com'),
    ],
    [
      'a mapping for a user pool without a client',
      mapping(USER_POOL),
      'InvalidParameterException',
      notConfigured(USER_POOL),
    ],
    [
      'a mapping for another client of the user pool',
      mapping(`${USER_POOL}:other`),
      'InvalidParameterException',
      notConfigured(`${USER_POOL}:other`),
    ],
    [
      'a mapping for a URL',
      mapping(`https://${GOOGLE}`),
      'InvalidParameterException',
      notConfigured(`https://${GOOGLE}`),
    ],
    [
      'a mapping for an OIDC provider by the URL of its issuer',
      mapping('https://idp.example.com/tenant'),
      'InvalidParameterException',
      notConfigured('https://idp.example.com/tenant'),
    ],
    [
      'a mapping for a name of JavaScript',
      mapping('constructor'),
      'InvalidParameterException',
      notConfigured('constructor'),
    ],
    [
      'a mapping that does not say what is ambiguous',
      mapping(GOOGLE, { Type: 'Token' }),
      'InvalidParameterException',
      `AmbiguousRoleResolution is required for the role mapping of ${GOOGLE}.`,
    ],
    [
      'rules without a configuration',
      mapping(GOOGLE, { ...TOKEN, Type: 'Rules' }),
      'InvalidParameterException',
      `RulesConfiguration is required for the role mapping of ${GOOGLE}.`,
    ],
    [
      '26 rules',
      mapping(GOOGLE, rules(...Array(26).fill(RULE))),
      'LimitExceededException',
      `The role mapping of ${GOOGLE} may have at most 25 rules.`,
    ],
    [
      'no rules at all',
      mapping(GOOGLE, rules()),
      'ValidationException',
      invalid(
        `Value '[]' at 'roleMappings.${GOOGLE}.member.rulesConfiguration.rules' failed to satisfy constraint: Member must have length greater than or equal to 1`,
      ),
    ],
    [
      'a type that there is not',
      mapping(GOOGLE, { ...TOKEN, Type: 'X' }),
      'ValidationException',
      invalid(
        `Value 'X' at 'roleMappings.${GOOGLE}.member.type' failed to satisfy constraint: Member must satisfy enum value set: [Token, Rules]`,
      ),
    ],
    [
      'a match that there is not',
      mapping(GOOGLE, rules({ ...RULE, MatchType: 'Regex' })),
      'ValidationException',
      invalid(
        `Value 'Regex' at 'roleMappings.${GOOGLE}.member.rulesConfiguration.rules.1.member.matchType' failed to satisfy constraint: Member must satisfy enum value set: [Equals, Contains, StartsWith, NotEqual]`,
      ),
    ],
    [
      'a role of neither kind',
      { Roles: { admin: USER } },
      'ValidationException',
      invalid(
        `Value '{admin=${USER}}' at 'roles' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: (un)?authenticated]`,
      ),
    ],
    [
      'no roles',
      {},
      'ValidationException',
      invalid("Value null at 'roles' failed to satisfy constraint: Member must not be null"),
    ],
    [
      'a role by its name',
      { Roles: { authenticated: 'Cognito_appAuth_Role' } },
      'NotAuthorizedException',
      forbidden('Cognito_appAuth_Role'),
    ],
    [
      'a user for a role',
      { Roles: { authenticated: 'arn:aws:iam::000000000000:user/ann' } },
      'NotAuthorizedException',
      forbidden('arn:aws:iam::000000000000:user/ann'),
    ],
    [
      'a pattern for a role',
      { Roles: { authenticated: 'arn:aws:iam::000000000000:role/*' } },
      'NotAuthorizedException',
      forbidden('arn:aws:iam::000000000000:role/*'),
    ],
    [
      'a role of another account',
      { Roles: { authenticated: 'arn:aws:iam::123456789012:role/app-user' } },
      'NotAuthorizedException',
      forbidden('arn:aws:iam::123456789012:role/app-user'),
    ],
    [
      'a rule with a role of another account',
      mapping(GOOGLE, rules(RULE, { ...RULE, RoleARN: 'arn:aws:iam::123456789012:role/app-user' })),
      'NotAuthorizedException',
      forbidden('arn:aws:iam::123456789012:role/app-user'),
    ],
  ])('refuses %s, and changes nothing', async (_what, input, code, message) => {
    const pool = await poolWithProviders()
    await setRoles(pool, { Roles: { unauthenticated: GUEST }, RoleMappings: { [OIDC_ARN]: TOKEN } })
    const before = await stateOf(pool)
    expectFault(await setRoles(pool, input), code, message)
    expect(await stateOf(pool)).toEqual(before)
  })

  it.each([
    ['a default role', { Roles: { authenticated: USER, unauthenticated: ADMIN } }],
    ['the role of a rule', mapping(GOOGLE, rules(RULE, { ...RULE, RoleARN: ADMIN }))],
  ])('refuses %s that the caller may not pass, and changes nothing', async (_what, input) => {
    const pool = await poolWithProviders()
    const before = await stateOf(pool)
    expectFault(await setRoles(pool, input, { signed: LIMITED_KEY }), 'NotAuthorizedException', forbidden(ADMIN))
    expect(await stateOf(pool)).toEqual(before)
  })

  it("does not find a pool that there is not, nor another account's or region's, and changes nothing", async () => {
    const pool = await createPool()
    const before = await stateOf(pool)
    const unknown = 'us-east-1:00000000-0000-4000-8000-000000000000'
    for (const [id, options] of [
      [unknown, {}],
      [pool, { signed: OTHER_ACCOUNT_KEY }],
      [pool, { region: 'eu-west-1' }],
    ] as const)
      expectFault(
        await setRoles(id, { Roles: {} }, options),
        'ResourceNotFoundException',
        `IdentityPool '${id}' not found.`,
      )
    expect(await stateOf(pool)).toEqual(before)
  })
})
