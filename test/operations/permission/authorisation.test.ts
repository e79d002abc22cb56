import { beforeAll, describe, expect, it } from 'vitest'
import { LIMITED_KEY, LIMITED_USER_ARN, OTHER_ACCOUNT_KEY, TEAM_KEY, TEAM_USER_ARN } from '../../support/access-keys.ts'
import { call, expectFault, expectXmlFault, query } from '../../support/client.ts'
import { createPool, getId, stateOf, succeeded } from '../support/pools.ts'

const POOL_ARNS = 'arn:aws:cognito-identity:us-east-1:000000000000:identitypool/'
const SETTINGS = { IdentityPoolName: 'pool', AllowUnauthenticatedIdentities: true }

/** Operation, its input, and the resource that a refusal names. */
type Refused = [operation: string, input: () => object, resource: () => string]

const notAllowed = (action: string, resource: string, user = LIMITED_USER_ARN) =>
  `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ` +
  `because no identity-based policy allows the ${action} action`
const denied = (action: string, resource: string, user = LIMITED_USER_ARN) =>
  `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ` +
  'with an explicit deny in an identity-based policy'

describe('An access key with a small policy', () => {
  let pool: string
  let identity: string
  beforeAll(async () => {
    pool = await createPool()
    identity = await getId(pool)
  })

  it('may do what the policy allows', async () => {
    const signed = LIMITED_KEY
    succeeded(await call('DescribeIdentityPool', { IdentityPoolId: pool }, { signed }))
    succeeded(await call('GetIdentityPoolRoles', { IdentityPoolId: pool }, { signed }))
  })

  it.each<Refused>([
    ['CreateIdentityPool', () => SETTINGS, () => '*'],
    ['UpdateIdentityPool', () => ({ ...SETTINGS, IdentityPoolId: pool }), () => POOL_ARNS + pool],
    ['ListIdentityPools', () => ({ MaxResults: 1 }), () => POOL_ARNS],
    ['ListIdentities', () => ({ IdentityPoolId: pool, MaxResults: 1 }), () => POOL_ARNS + pool],
    ['DescribeIdentity', () => ({ IdentityId: identity }), () => '*'],
    [
      'GetOpenIdTokenForDeveloperIdentity',
      () => ({ IdentityPoolId: pool, Logins: { 'login.example.app': 'ann' } }),
      () => POOL_ARNS + pool,
    ],
    [
      'LookupDeveloperIdentity',
      () => ({ IdentityPoolId: pool, DeveloperUserIdentifier: 'ann' }),
      () => POOL_ARNS + pool,
    ],
    [
      'MergeDeveloperIdentities',
      () => ({
        IdentityPoolId: pool,
        DeveloperProviderName: 'login.example.app',
        SourceUserIdentifier: 'ann',
        DestinationUserIdentifier: 'bob',
      }),
      () => POOL_ARNS + pool,
    ],
    [
      'UnlinkDeveloperIdentity',
      () => ({
        IdentityPoolId: pool,
        IdentityId: identity,
        DeveloperProviderName: 'login.example.app',
        DeveloperUserIdentifier: 'ann',
      }),
      () => POOL_ARNS + pool,
    ],
    [
      'GetPrincipalTagAttributeMap',
      () => ({ IdentityPoolId: pool, IdentityProviderName: 'accounts.google.com' }),
      () => POOL_ARNS + pool,
    ],
    [
      'SetPrincipalTagAttributeMap',
      () => ({ IdentityPoolId: pool, IdentityProviderName: 'accounts.google.com', UseDefaults: true }),
      () => '*',
    ],
    ['ListTagsForResource', () => ({ ResourceArn: POOL_ARNS + pool }), () => POOL_ARNS + pool],
    ['TagResource', () => ({ ResourceArn: POOL_ARNS + pool, Tags: { a: 'b' } }), () => POOL_ARNS + pool],
    ['UntagResource', () => ({ ResourceArn: POOL_ARNS + pool, TagKeys: ['a'] }), () => POOL_ARNS + pool],
  ])('may not call %s, and is told which action on which resource', async (operation, input, resource) => {
    const before = await stateOf(pool)
    const answer = await call(operation, input(), { signed: LIMITED_KEY })
    expectFault(answer, 'AccessDeniedException', notAllowed(`cognito-identity:${operation}`, resource()))
    expect(await stateOf(pool)).toEqual(before)
  })

  it.each<Refused>([
    ['DeleteIdentityPool', () => ({ IdentityPoolId: pool }), () => POOL_ARNS + pool],
    ['DeleteIdentities', () => ({ IdentityIdsToDelete: [identity] }), () => '*'],
  ])('is refused by a Deny of %s, whatever allows the same', async (operation, input, resource) => {
    const before = await stateOf(pool)
    const answer = await call(operation, input(), { signed: LIMITED_KEY })
    expectFault(answer, 'AccessDeniedException', denied(`cognito-identity:${operation}`, resource()))
    expect(await stateOf(pool)).toEqual(before)
  })

  it('is told about an ARN that is none in its own words', async () => {
    const answer = await call('ListTagsForResource', { ResourceArn: `pool ${pool}` }, { signed: LIMITED_KEY })
    expectFault(answer, 'AccessDeniedException', notAllowed('cognito-identity:ListTagsForResource', `pool ${pool}`))
  })

  it('has no say in a region that its policy does not name', async () => {
    const region = 'eu-west-1'
    const there = await createPool({}, { region })
    const answer = await call('DescribeIdentityPool', { IdentityPoolId: there }, { signed: LIMITED_KEY, region })
    const resource = `arn:aws:cognito-identity:${region}:000000000000:identitypool/${there}`
    expectFault(answer, 'AccessDeniedException', notAllowed('cognito-identity:DescribeIdentityPool', resource))
  })

  it('is not told whether a pool exists on which it may do nothing', async () => {
    const unknown = 'us-east-1:00000000-0000-4000-8000-000000000000'
    const input = { ...SETTINGS, IdentityPoolId: unknown }
    const answer = await call('UpdateIdentityPool', input, { signed: LIMITED_KEY })
    expectFault(answer, 'AccessDeniedException', notAllowed('cognito-identity:UpdateIdentityPool', POOL_ARNS + unknown))
  })

  it('is judged after the form of its input', async () => {
    const answer = await call('UpdateIdentityPool', { ...SETTINGS, IdentityPoolId: 'x' }, { signed: LIMITED_KEY })
    expect(answer.body).toMatchObject({ __type: 'ValidationException' })
  })

  it.each([
    ['ListRoles', {}, 'arn:aws:iam::000000000000:role/*'],
    ['GetRole', { RoleName: 'admin' }, 'arn:aws:iam::000000000000:role/admin'],
    ['DeleteRole', { RoleName: 'app-user' }, 'arn:aws:iam::000000000000:role/app-user'],
    ['ListOpenIDConnectProviders', {}, 'arn:aws:iam::000000000000:oidc-provider/*'],
    [
      'CreateOpenIDConnectProvider',
      { Url: 'https://idp.example.com/tenant' },
      'arn:aws:iam::000000000000:oidc-provider/idp.example.com/tenant',
    ],
    [
      'DeleteOpenIDConnectProvider',
      { OpenIDConnectProviderArn: 'arn:aws:iam::000000000000:oidc-provider/idp.example.com' },
      'arn:aws:iam::000000000000:oidc-provider/idp.example.com',
    ],
  ])('may not call %s of IAM', async (action, params, resource) => {
    const answer = await query('iam', { Action: action, ...params }, { signed: LIMITED_KEY })
    expectXmlFault(answer, 403, 'AccessDenied', notAllowed(`iam:${action}`, resource))
  })

  it('may read the roles that its policy names', async () => {
    const answer = await query('iam', { Action: 'GetRole', RoleName: 'app-none' }, { signed: LIMITED_KEY })
    expectXmlFault(answer, 404, 'NoSuchEntity', 'The role with name app-none cannot be found.')
  })
})

describe('An access key of another account', () => {
  it('has pools of its own, which the first account does not see', async () => {
    const pool = await createPool({}, { signed: OTHER_ACCOUNT_KEY })
    succeeded(await call('DescribeIdentityPool', { IdentityPoolId: pool }, { signed: OTHER_ACCOUNT_KEY }))
    const answer = await call('DescribeIdentityPool', { IdentityPoolId: pool })
    expectFault(answer, 'ResourceNotFoundException', `IdentityPool '${pool}' not found.`)
    await getId(pool)
  })
})

describe('An access key for the pools of one team', () => {
  const signed = TEAM_KEY
  const allowed = (operation: string, input: object) => call(operation, input, { signed })
  const pools = { blue: '', red: '', bare: '' }
  beforeAll(async () => {
    pools.blue = await createPool({ IdentityPoolTags: { team: 'blue' } })
    pools.red = await createPool({ IdentityPoolTags: { team: 'red' } })
    pools.bare = await createPool()
  })

  it("works on the team's pools and their identities", async () => {
    const IdentityPoolId = pools.blue
    succeeded(await allowed('DescribeIdentityPool', { IdentityPoolId }))
    succeeded(await allowed('ListIdentities', { IdentityPoolId, MaxResults: 1 }))
    succeeded(await allowed('ListTagsForResource', { ResourceArn: POOL_ARNS + IdentityPoolId }))
    const IdentityId = await getId(IdentityPoolId)
    succeeded(await allowed('DescribeIdentity', { IdentityId }))
    succeeded(await allowed('DeleteIdentities', { IdentityIdsToDelete: [IdentityId] }))
  })

  it.each([['red'], ['bare']] as const)('may not touch a pool whose tags are %s, nor its identities', async (which) => {
    const IdentityPoolId = pools[which]
    const IdentityId = await getId(IdentityPoolId)
    const before = await stateOf(IdentityPoolId)
    for (const [operation, input, resource] of [
      ['DescribeIdentityPool', { IdentityPoolId }, POOL_ARNS + IdentityPoolId],
      ['UpdateIdentityPool', { ...SETTINGS, IdentityPoolId }, POOL_ARNS + IdentityPoolId],
      ['DeleteIdentityPool', { IdentityPoolId }, POOL_ARNS + IdentityPoolId],
      ['SetIdentityPoolRoles', { IdentityPoolId, Roles: {} }, '*'],
      ['DescribeIdentity', { IdentityId }, '*'],
      ['DeleteIdentities', { IdentityIdsToDelete: [IdentityId] }, '*'],
    ] as const) {
      const message = notAllowed(`cognito-identity:${operation}`, resource, TEAM_USER_ARN)
      expectFault(await allowed(operation, input), 'AccessDeniedException', message)
    }
    expect(await stateOf(IdentityPoolId)).toEqual(before)
  })

  it("may not delete identities of another team's pool among its own", async () => {
    const ids = [await getId(pools.blue), await getId(pools.red)]
    const message = notAllowed('cognito-identity:DeleteIdentities', '*', TEAM_USER_ARN)
    expectFault(await allowed('DeleteIdentities', { IdentityIdsToDelete: ids }), 'AccessDeniedException', message)
    for (const IdentityId of ids) succeeded(await call('DescribeIdentity', { IdentityId }))
  })

  it('creates pools with its tag, and no others', async () => {
    succeeded(await allowed('CreateIdentityPool', { ...SETTINGS, IdentityPoolTags: { team: 'blue' } }))
    const message = notAllowed('cognito-identity:CreateIdentityPool', '*', TEAM_USER_ARN)
    for (const tags of [{}, { IdentityPoolTags: { team: 'red' } }])
      expectFault(await allowed('CreateIdentityPool', { ...SETTINGS, ...tags }), 'AccessDeniedException', message)
  })

  it('cannot take its tag off a pool', async () => {
    const ResourceArn = POOL_ARNS + pools.blue
    succeeded(await allowed('UntagResource', { ResourceArn, TagKeys: ['other'] }))
    const answer = await allowed('UntagResource', { ResourceArn, TagKeys: ['other', 'team'] })
    const message = denied('cognito-identity:UntagResource', ResourceArn, TEAM_USER_ARN)
    expectFault(answer, 'AccessDeniedException', message)
  })

  it('has no pool to judge by when it asks for all', async () => {
    const answer = await allowed('ListIdentityPools', { MaxResults: 1 })
    const message = notAllowed('cognito-identity:ListIdentityPools', POOL_ARNS, TEAM_USER_ARN)
    expectFault(answer, 'AccessDeniedException', message)
  })
})
