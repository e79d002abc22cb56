import { beforeAll, describe, expect, it } from 'vitest'
import { call, expectFault, type JsonAnswer, LOCAL_ACCOUNT, type SigningKey } from '../../support/client.ts'
import { deploy, type Serve } from '../../support/deployment.ts'
import { signingKeyOf, type Vended } from '../support/callers.ts'
import { createDeveloperPool, DEVELOPER } from '../support/developers.ts'
import { createPool, getId, type ListedPools, stateOf, succeeded } from '../support/pools.ts'

const ROLE = 'arn:aws:iam::000000000000:role/app-user'
const GOOGLE = { 'accounts.google.com': '1234.apps.googleusercontent.com' }

const arnOf = (pool: string) => `arn:aws:cognito-identity:us-east-1:${LOCAL_ACCOUNT}:identitypool/${pool}`
const userArn = (name: string) => `arn:aws:iam::${LOCAL_ACCOUNT}:user/${name}`
const notAllowed = (operation: string, resource: string, user: string) =>
  `User: ${user} is not authorized to perform: cognito-identity:${operation} on resource: ${resource} ` +
  `because no identity-based policy allows the cognito-identity:${operation} action`
const denied = (operation: string, resource: string, user: string) =>
  `User: ${user} is not authorized to perform: cognito-identity:${operation} on resource: ${resource} ` +
  'with an explicit deny in an identity-based policy'

const allow = (Action: string | string[], more: object = {}) => ({ Effect: 'Allow', Action, Resource: '*', ...more })
const deny = (Action: string | string[], more: object = {}) => ({ Effect: 'Deny', Action, Resource: '*', ...more })
const where = (operator: string, key: string, value: string | string[]) => ({
  Condition: { [operator]: { [key]: value } },
})

/** What each access key of these tests may do, by the name of its user. The pools are `mine` and `other`. */
const policies = (): Record<string, object[]> => ({
  one: [allow('cognito-identity:*', { Resource: arnOf(mine) })],
  conditional: [allow('cognito-identity:*', where('ArnEquals', 'cognito-identity:IdentityPoolArn', arnOf(mine)))],
  allbut: [
    allow('cognito-identity:*'),
    deny('cognito-identity:*', where('ArnEquals', 'cognito-identity:IdentityPoolArn', arnOf(other))),
  ],
  tags: [
    allow(
      ['cognito-identity:DescribeIdentityPool', 'cognito-identity:UpdateIdentityPool'],
      where('StringEquals', 'AWS:resourcetag/TEAM', 'blue'),
    ),
    allow(
      ['cognito-identity:TagResource', 'cognito-identity:UntagResource'],
      where('ForAllValues:StringEquals', 'aws:TagKeys', ['stage', 'cost']),
    ),
    deny('cognito-identity:TagResource', where('StringLike', 'aws:RequestTag/stage', 'prod*')),
  ],
  all: [allow('cognito-identity:*')],
  creator: [allow(['cognito-identity:CreateIdentityPool', 'cognito-identity:DescribeIdentityPool'])],
  passer: [
    allow('cognito-identity:SetIdentityPoolRoles'),
    allow('iam:PassRole', { Resource: ['arn:aws:iam::000000000000:role/app/*', 'arn:minio:iam:::role/app-*'] }),
  ],
  keep: [allow('cognito-identity:*'), deny('cognito-identity:UntagResource')],
})

const keyOf = (user: string): SigningKey => ({
  accessKeyId: `KEYOF${user}`,
  secretAccessKey: `secret-of-the-key-of-${user}-0123456789`,
})

/** A deployment that has these access keys besides. */
function deployWithKeys(): Promise<Serve> {
  const settings = Object.entries(policies()).map(([user, Statement]) => {
    const { accessKeyId, secretAccessKey: secret } = keyOf(user)
    const policy = { Version: '2012-10-17', Statement }
    return [`ACCESS_KEY_${accessKeyId}`, JSON.stringify({ secret, account: LOCAL_ACCOUNT, user, policy })]
  })
  return deploy(Object.fromEntries(settings))
}

const SETTINGS = {
  IdentityPoolName: 'pool',
  AllowUnauthenticatedIdentities: true,
  DeveloperProviderName: DEVELOPER,
  SupportedLoginProviders: GOOGLE,
}

/** Every operation on one pool whose permission has that pool for its resource, with an input that succeeds. */
const onPool = (IdentityPoolId: string): [operation: string, input: object][] => [
  ['DescribeIdentityPool', { IdentityPoolId }],
  ['UpdateIdentityPool', { ...SETTINGS, IdentityPoolId }],
  ['ListIdentities', { IdentityPoolId, MaxResults: 1 }],
  ['GetIdentityPoolRoles', { IdentityPoolId }],
  ['GetPrincipalTagAttributeMap', { IdentityPoolId, IdentityProviderName: 'accounts.google.com' }],
  ['GetOpenIdTokenForDeveloperIdentity', { IdentityPoolId, Logins: { [DEVELOPER]: 'ann' } }],
  ['LookupDeveloperIdentity', { IdentityPoolId, DeveloperUserIdentifier: 'ann' }],
  [
    'MergeDeveloperIdentities',
    {
      IdentityPoolId,
      DeveloperProviderName: DEVELOPER,
      SourceUserIdentifier: 'ann',
      DestinationUserIdentifier: 'ann',
    },
  ],
  ['TagResource', { ResourceArn: arnOf(IdentityPoolId), Tags: { stage: 'test' } }],
  ['ListTagsForResource', { ResourceArn: arnOf(IdentityPoolId) }],
  ['UntagResource', { ResourceArn: arnOf(IdentityPoolId), TagKeys: ['stage'] }],
]

/** Every operation on one pool or its identities whose permission has no resource. */
const withoutResource = (IdentityPoolId: string, IdentityId: string): [operation: string, input: object][] => [
  ['SetIdentityPoolRoles', { IdentityPoolId, Roles: {} }],
  ['SetPrincipalTagAttributeMap', { IdentityPoolId, IdentityProviderName: 'accounts.google.com', UseDefaults: true }],
  ['DescribeIdentity', { IdentityId }],
  ['DeleteIdentities', { IdentityIdsToDelete: [IdentityId] }],
]

let mine: string
let other: string
let serve: Serve
beforeAll(async () => {
  ;[mine = '', other = ''] = await Promise.all(
    [1, 2].map(() => createDeveloperPool({ SupportedLoginProviders: GOOGLE })),
  )
  serve = await deployWithKeys()
})

type Act = (operation: string, input: object) => Promise<JsonAnswer>

const as =
  (user: string): Act =>
  (operation, input) =>
    call(operation, input, { signed: keyOf(user), serve })

async function expectRefused(act: Act, calls: readonly [string, object][], message: (operation: string) => string) {
  const before = await stateOf(other)
  for (const [operation, input] of calls)
    expectFault(await act(operation, input), 'AccessDeniedException', message(operation))
  expect(await stateOf(other)).toEqual(before)
}

describe('An access key for one pool by its ARN', () => {
  const USER = userArn('one')
  const act = as('one')

  it('may do everything that has the pool for its resource', async () => {
    for (const [operation, input] of onPool(mine)) succeeded(await act(operation, input))
  })

  it('may do nothing with another pool', async () => {
    await expectRefused(act, onPool(other), (operation) => notAllowed(operation, arnOf(other), USER))
  })

  it('may do nothing that has no resource, not even with its pool', async () => {
    const before = await stateOf(mine)
    for (const [operation, input] of withoutResource(mine, await getId(mine)))
      expectFault(await act(operation, input), 'AccessDeniedException', notAllowed(operation, '*', USER))
    expect(await stateOf(mine)).toMatchObject({ ...before, identities: expect.any(Array) })
  })

  it('may not look for pools or make one', async () => {
    const create = await act('CreateIdentityPool', SETTINGS)
    expectFault(create, 'AccessDeniedException', notAllowed('CreateIdentityPool', '*', USER))
    const list = await act('ListIdentityPools', { MaxResults: 1 })
    expectFault(list, 'AccessDeniedException', notAllowed('ListIdentityPools', arnOf(''), USER))
  })

  it('has no say in the same pool id elsewhere', async () => {
    for (const arn of [
      arnOf(mine).replace('us-east-1', 'eu-west-1'),
      arnOf(mine).replace('us-east-1:000000000000', 'us-east-1:111122223333'),
      arnOf(mine).replace('arn:aws:', 'arn:aws-cn:'),
      `${arnOf(mine)}0`,
    ]) {
      const answer = await act('ListTagsForResource', { ResourceArn: arn })
      expectFault(answer, 'AccessDeniedException', notAllowed('ListTagsForResource', arn, USER))
    }
  })
})

describe('An access key with a condition on cognito-identity:IdentityPoolArn', () => {
  const USER = userArn('conditional')
  const act = as('conditional')

  it('may do everything with that pool and its identities', async () => {
    for (const [operation, input] of [...onPool(mine), ...withoutResource(mine, await getId(mine))])
      succeeded(await act(operation, input))
  })

  it('may do nothing with another pool, whether the operation has a resource or not', async () => {
    await expectRefused(act, onPool(other), (operation) => notAllowed(operation, arnOf(other), USER))
    const calls = withoutResource(other, await getId(other))
    await expectRefused(act, calls, (operation) => notAllowed(operation, '*', USER))
  })

  it('may not delete identities of another pool among those of its own', async () => {
    const ids = [await getId(mine), await getId(other)]
    for (const IdentityIdsToDelete of [ids, ids.toReversed()]) {
      const answer = await act('DeleteIdentities', { IdentityIdsToDelete })
      expectFault(answer, 'AccessDeniedException', notAllowed('DeleteIdentities', '*', USER))
    }
    for (const IdentityId of ids) succeeded(await call('DescribeIdentity', { IdentityId }))
  })

  it('may do nothing where there is no pool to compare', async () => {
    const unknown = 'us-east-1:00000000-0000-4000-8000-000000000000'
    for (const [operation, input, resource] of [
      ['CreateIdentityPool', SETTINGS, '*'],
      ['ListIdentityPools', { MaxResults: 1 }, arnOf('')],
      ['DescribeIdentityPool', { IdentityPoolId: unknown }, arnOf(unknown)],
      ['DescribeIdentity', { IdentityId: 'us-east-1:00000000-0000-8000-8000-000000000000' }, '*'],
      ['DeleteIdentities', { IdentityIdsToDelete: ['us-east-1:0'] }, '*'],
    ] as const)
      expectFault(await act(operation, input), 'AccessDeniedException', notAllowed(operation, resource, USER))
  })
})

describe('A Deny on one pool', () => {
  const act = as('allbut')

  it('wins over what allows everything, and says so', async () => {
    const calls = [...onPool(other), ...withoutResource(other, await getId(other))]
    const bare = new Set(withoutResource('', '').map(([operation]) => operation))
    await expectRefused(act, calls, (operation) =>
      denied(operation, bare.has(operation) ? '*' : arnOf(other), userArn('allbut')),
    )
  })

  it('leaves other pools alone, and those that there are not', async () => {
    for (const [operation, input] of withoutResource(mine, await getId(mine))) succeeded(await act(operation, input))
    const unknown = 'us-east-1:00000000-0000-4000-8000-000000000000'
    const answer = await act('DescribeIdentityPool', { IdentityPoolId: unknown })
    expectFault(answer, 'ResourceNotFoundException', `IdentityPool '${unknown}' not found.`)
  })
})

describe('An access key with conditions on tags', () => {
  const USER = userArn('tags')
  const tagged = (IdentityPoolTags: object) => createPool({ IdentityPoolTags })
  const tag = (pool: string, Tags: object) => act('TagResource', { ResourceArn: arnOf(pool), Tags })
  const untag = (pool: string, ...TagKeys: string[]) => act('UntagResource', { ResourceArn: arnOf(pool), TagKeys })
  const describePool = (IdentityPoolId: string) => act('DescribeIdentityPool', { IdentityPoolId })
  const tagsOf = async (pool: string) => succeeded(await call('ListTagsForResource', { ResourceArn: arnOf(pool) })).Tags

  const act = as('tags')

  it('goes by the tags that the pool has, whatever the case of the key and not of the value', async () => {
    succeeded(await describePool(await tagged({ Team: 'blue' })))
    for (const tags of [{ Team: 'Blue' }, { team: 'red', other: 'blue' }, {}]) {
      const pool = await tagged(tags)
      const message = notAllowed('DescribeIdentityPool', arnOf(pool), USER)
      expectFault(await describePool(pool), 'AccessDeniedException', message)
    }
  })

  it('follows the tags from call to call', async () => {
    const pool = await tagged({ team: 'blue' })
    const ResourceArn = arnOf(pool)
    succeeded(await describePool(pool))
    await call('TagResource', { ResourceArn, Tags: { team: 'red' } })
    expect((await describePool(pool)).body).toMatchObject({ __type: 'AccessDeniedException' })
    await call('TagResource', { ResourceArn, Tags: { team: 'blue' } })
    succeeded(await describePool(pool))
    await call('UntagResource', { ResourceArn, TagKeys: ['team'] })
    expect((await describePool(pool)).body).toMatchObject({ __type: 'AccessDeniedException' })
  })

  it('sets and takes off tags of the keys that it names, and none if there is another among them', async () => {
    const pool = await tagged({ team: 'blue' })
    succeeded(await tag(pool, { stage: 'test', cost: '1' }))
    succeeded(await untag(pool, 'cost'))
    const before = await tagsOf(pool)
    expect(before).toEqual({ team: 'blue', stage: 'test' })
    const message = (operation: string) => notAllowed(operation, arnOf(pool), USER)
    expectFault(await tag(pool, { stage: 'x', team: 'red' }), 'AccessDeniedException', message('TagResource'))
    expectFault(await untag(pool, 'stage', 'team'), 'AccessDeniedException', message('UntagResource'))
    expect(await tagsOf(pool)).toEqual(before)
  })

  it('does not set a value that is denied', async () => {
    const pool = await tagged({})
    const message = denied('TagResource', arnOf(pool), USER)
    expectFault(await tag(pool, { stage: 'production' }), 'AccessDeniedException', message)
    expect(await tagsOf(pool)).toEqual({})
  })

  it.each([
    ['add a tag that it may not set', { team: 'blue', owner: 'ann' }, 'TagResource'],
    ['change a tag that it may not set', { team: 'red' }, 'TagResource'],
    ['take off a tag that it may not take off', { stage: 'test' }, 'UntagResource'],
    ['take off all tags', {}, 'UntagResource'],
  ])('cannot %s by replacing all tags with an update', async (_what, IdentityPoolTags, action) => {
    const IdentityPoolId = await tagged({ team: 'blue', stage: 'test' })
    const before = await stateOf(IdentityPoolId)
    const update = { IdentityPoolId, IdentityPoolName: 'new', AllowUnauthenticatedIdentities: true, IdentityPoolTags }
    const message = notAllowed(action, arnOf(IdentityPoolId), USER)
    expectFault(await act('UpdateIdentityPool', update), 'AccessDeniedException', message)
    expect(await stateOf(IdentityPoolId)).toEqual(before)
  })

  it('updates a pool without its tags, and with them where it may take off what goes', async () => {
    const IdentityPoolId = await tagged({ team: 'blue' })
    const update = { IdentityPoolId, IdentityPoolName: 'new', AllowUnauthenticatedIdentities: true }
    succeeded(await act('UpdateIdentityPool', update))
    expect(await tagsOf(IdentityPoolId)).toEqual({ team: 'blue' })
    const all = as('all')
    succeeded(await all('UpdateIdentityPool', { ...update, IdentityPoolTags: { stage: 'test' } }))
    expect(await tagsOf(IdentityPoolId)).toEqual({ stage: 'test' })
  })

  it('is refused by a Deny of untagging that has no condition, when an update would untag', async () => {
    const keep = as('keep')
    const IdentityPoolId = await tagged({ team: 'blue' })
    const update = { IdentityPoolId, IdentityPoolName: 'new', AllowUnauthenticatedIdentities: true }
    const answer = await keep('UpdateIdentityPool', { ...update, IdentityPoolTags: {} })
    const message = denied('UntagResource', arnOf(IdentityPoolId), userArn('keep'))
    expectFault(answer, 'AccessDeniedException', message)
    const IdentityPoolTags = { team: 'red', more: 'x' }
    expect(succeeded(await keep('UpdateIdentityPool', { ...update, IdentityPoolTags }))).toMatchObject({
      IdentityPoolTags,
    })
  })
})

describe('An access key that may create pools but not tag them', () => {
  const act = as('creator')

  it('creates pools without tags, and none with', async () => {
    const region = 'ap-south-1'
    const create = (input: object) => call('CreateIdentityPool', input, { signed: keyOf('creator'), serve, region })
    const refused = await create({ ...SETTINGS, IdentityPoolTags: { team: 'blue' } })
    expectFault(refused, 'AccessDeniedException', notAllowed('TagResource', '*', userArn('creator')))
    const { IdentityPoolId } = succeeded(await create(SETTINGS))
    const listed = succeeded(await call<ListedPools>('ListIdentityPools', { MaxResults: 60 }, { region }))
    expect(listed.IdentityPools).toEqual([{ IdentityPoolId, IdentityPoolName: 'pool' }])
  })

  it('is not let in by the members of a request that have no say in it', async () => {
    const input = {
      IdentityPoolId: mine,
      IdentityPoolTags: { team: 'blue' },
      Tags: { team: 'blue' },
      TagKeys: ['team'],
    }
    succeeded(await act('DescribeIdentityPool', input))
    const answer = await act('ListIdentities', { ...input, MaxResults: 1 })
    expectFault(answer, 'AccessDeniedException', notAllowed('ListIdentities', arnOf(mine), userArn('creator')))
  })
})

describe('An access key that may pass some roles', () => {
  const set = (authenticated: string, key = 'passer') =>
    as(key)('SetIdentityPoolRoles', { IdentityPoolId: mine, Roles: { authenticated } })

  it.each(['arn:aws:iam::000000000000:role/app/user', 'arn:minio:iam:::role/app-user'])(
    'gives pools %s',
    async (arn) => {
      succeeded(await set(arn))
      expect(succeeded(await call('GetIdentityPoolRoles', { IdentityPoolId: mine })).Roles).toEqual({
        authenticated: arn,
      })
    },
  )

  it.each([
    'arn:aws:iam::000000000000:role/admin',
    'arn:aws:iam::111122223333:role/app/user',
    'arn:aws:iam::000000000000:role/app/*',
    'arn:minio:iam:::role/admin',
    'arn:aws:iam::000000000000:user/app/user',
  ])('does not give them %s', async (arn) => {
    const before = await stateOf(mine)
    expectFault(await set(arn), 'NotAuthorizedException', `Access to Role '${arn}' is forbidden.`)
    expect(await stateOf(mine)).toEqual(before)
  })

  it('needs that permission for every role, whatever else it may do', async () => {
    const arn = 'arn:aws:iam::000000000000:role/app/user'
    const message = `Access to Role '${arn}' is forbidden.`
    expectFault(await set(arn, 'all'), 'NotAuthorizedException', message)
    succeeded(await as('all')('SetIdentityPoolRoles', { IdentityPoolId: mine, Roles: {} }))
  })
})

describe('Credentials that the service itself issued', () => {
  it('may call no operation on pools, whatever their role', async () => {
    const pool = await createPool()
    await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: { unauthenticated: ROLE } })
    const answer = await call<{ Credentials: Vended }>('GetCredentialsForIdentity', { IdentityId: await getId(pool) })
    const signed = signingKeyOf(succeeded(answer).Credentials)
    const session = `arn:aws:sts::${LOCAL_ACCOUNT}:assumed-role/app-user/CognitoIdentityCredentials`
    const before = await stateOf(pool)
    for (const [operation, input, resource] of [
      ['DescribeIdentityPool', { IdentityPoolId: pool }, arnOf(pool)],
      ['DeleteIdentityPool', { IdentityPoolId: pool }, arnOf(pool)],
      ['CreateIdentityPool', SETTINGS, '*'],
      ['ListIdentityPools', { MaxResults: 1 }, arnOf('')],
      ['DeleteIdentities', { IdentityIdsToDelete: [await getId(mine)] }, '*'],
    ] as const) {
      const refused = await call(operation, input, { signed })
      expectFault(refused, 'AccessDeniedException', notAllowed(operation, resource, session))
    }
    expect(await stateOf(pool)).toEqual(before)
  })
})
