import { beforeAll, describe, expect, it } from 'vitest'
import { call, expectFault, LOCAL_ACCOUNT, type SigningKey } from '../../support/client.ts'
import { deploy, type Serve } from '../../support/deployment.ts'
import { createPool, stateOf, succeeded } from '../support/pools.ts'

const SECONDS = 'edge-identity:session-seconds'
const POLICY = 'edge-identity:guest-policy'
const TAGS = { team: 'blue', [SECONDS]: '1800', [POLICY]: 'narrow' }

const TAGGING = ['CreateIdentityPool', 'UpdateIdentityPool', 'TagResource', 'UntagResource']
const actions = (...names: string[]) => names.map((name) => `cognito-identity:${name}`)
const allow = (Action: string[], more: object = {}) => ({ Effect: 'Allow', Action, Resource: '*', ...more })

/** Users by name, with the statements of their policies. */
const USERS: Readonly<Record<string, object[]>> = {
  tagger: [allow(actions(...TAGGING))],
  owner: [allow(actions(...TAGGING, 'SetIdentityPoolRoles'))],
  forbidden: [
    allow(['cognito-identity:*']),
    { Effect: 'Deny', Action: actions('SetIdentityPoolRoles'), Resource: '*' },
  ],
}

const keyOf = (user: string): SigningKey => ({
  accessKeyId: `KEYOF${user}`,
  secretAccessKey: `secret-of-the-key-of-${user}-0123456789`,
})

let serve: Serve
beforeAll(async () => {
  const settings = Object.entries(USERS).map(([user, Statement]) => {
    const { accessKeyId, secretAccessKey: secret } = keyOf(user)
    const policy = { Version: '2012-10-17', Statement }
    return [`ACCESS_KEY_${accessKeyId}`, JSON.stringify({ secret, account: LOCAL_ACCOUNT, user, policy })]
  })
  serve = await deploy(Object.fromEntries(settings))
})

const as = (user: string) => (operation: string, input: object) =>
  call(operation, input, { signed: keyOf(user), serve })

const refusal = (user: string, why: string) =>
  `User: arn:aws:iam::${LOCAL_ACCOUNT}:user/${user} is not authorized to perform: ` +
  `cognito-identity:SetIdentityPoolRoles on resource: * ${why}`
const NOT_ALLOWED = 'because no identity-based policy allows the cognito-identity:SetIdentityPoolRoles action'
const DENIED = 'with an explicit deny in an identity-based policy'

type Request = [operation: string, input: object]

const onArn = (pool: string) => ({
  ResourceArn: `arn:aws:cognito-identity:us-east-1:${LOCAL_ACCOUNT}:identitypool/${pool}`,
})
const settings = (IdentityPoolTags?: object) => ({
  IdentityPoolName: 'pool',
  AllowUnauthenticatedIdentities: true,
  ...(IdentityPoolTags && { IdentityPoolTags }),
})

/** Requests that change what the service makes of the pool's tags. */
const CHANGES: [string, (pool: string) => Request][] = [
  ['a new value', (pool) => ['TagResource', { ...onArn(pool), Tags: { [SECONDS]: '900' } }]],
  ['a value beside others', (pool) => ['TagResource', { ...onArn(pool), Tags: { team: 'red', [POLICY]: 'none' } }]],
  ['a tag taken off', (pool) => ['UntagResource', { ...onArn(pool), TagKeys: ['team', POLICY] }]],
  [
    'an update with a new value',
    (pool) => ['UpdateIdentityPool', { IdentityPoolId: pool, ...settings({ ...TAGS, [POLICY]: 'none' }) }],
  ],
  [
    'an update that drops a tag',
    (pool) => ['UpdateIdentityPool', { IdentityPoolId: pool, ...settings({ team: 'blue', [POLICY]: 'narrow' }) }],
  ],
  ['an update that drops all', (pool) => ['UpdateIdentityPool', { IdentityPoolId: pool, ...settings({}) }]],
]

/** Requests that leave it as it is. */
const OTHERS: [string, (pool: string) => Request][] = [
  ['the value that is there', (pool) => ['TagResource', { ...onArn(pool), Tags: { [SECONDS]: '1800', team: 'red' } }]],
  ['another tag', (pool) => ['TagResource', { ...onArn(pool), Tags: { stage: 'test' } }]],
  ['another tag taken off', (pool) => ['UntagResource', { ...onArn(pool), TagKeys: ['team'] }]],
  ['an update without tags', (pool) => ['UpdateIdentityPool', { IdentityPoolId: pool, ...settings() }]],
  [
    'an update with the tags that are there',
    (pool) => ['UpdateIdentityPool', { IdentityPoolId: pool, ...settings({ ...TAGS, team: 'red' }) }],
  ],
]

describe('Leave to tag pools', () => {
  it.each(CHANGES)('is not leave to set how long users stay and what narrows guests: %s', async (_, request) => {
    const pool = await createPool({ IdentityPoolTags: TAGS })
    const before = await stateOf(pool)
    expectFault(await as('tagger')(...request(pool)), 'AccessDeniedException', refusal('tagger', NOT_ALLOWED))
    expectFault(await as('forbidden')(...request(pool)), 'AccessDeniedException', refusal('forbidden', DENIED))
    expect(await stateOf(pool)).toEqual(before)
    succeeded(await as('owner')(...request(pool)))
    expect(await stateOf(pool)).not.toEqual(before)
  })

  it.each(OTHERS)('is enough for what leaves that as it is: %s', async (_, request) => {
    const pool = await createPool({ IdentityPoolTags: TAGS })
    for (const user of ['tagger', 'forbidden', 'owner']) succeeded(await as(user)(...request(pool)))
    expect(await stateOf(pool)).toMatchObject({
      pool: { IdentityPoolTags: { [SECONDS]: '1800', [POLICY]: 'narrow' } },
    })
  })

  it('is not enough to create a pool with such a tag, and is without', async () => {
    const create = (user: string, IdentityPoolTags: object) =>
      as(user)('CreateIdentityPool', settings(IdentityPoolTags))
    for (const tags of [{ [SECONDS]: '900' }, { [POLICY]: 'default' }, { 'edge-identity:shards': '1' }])
      expectFault(await create('tagger', tags), 'AccessDeniedException', refusal('tagger', NOT_ALLOWED))
    expectFault(await create('forbidden', TAGS), 'AccessDeniedException', refusal('forbidden', DENIED))
    succeeded(await create('tagger', { team: 'blue' }))
    succeeded(await create('owner', TAGS))
  })
})
