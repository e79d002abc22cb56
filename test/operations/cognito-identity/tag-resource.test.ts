import { beforeEach, describe, expect, it } from 'vitest'
import { OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { call, expectFault } from '../../support/client.ts'
import { createPool, stateOf, succeeded } from '../support/pools.ts'

let pool: string
let arn: string
beforeEach(async () => {
  pool = await createPool({ IdentityPoolTags: { team: 'blue', stage: 'test' } })
  arn = `arn:aws:cognito-identity:us-east-1:000000000000:identitypool/${pool}`
})

const tag = (Tags: unknown, ResourceArn = arn, options = {}) => call('TagResource', { ResourceArn, Tags }, options)
const untag = (TagKeys: unknown, ResourceArn = arn, options = {}) =>
  call('UntagResource', { ResourceArn, TagKeys }, options)
const list = (ResourceArn = arn, options = {}) => call('ListTagsForResource', { ResourceArn }, options)
const numbered = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`t${n}`, 'v']))

describe('ListTagsForResource', () => {
  it('answers the tags that the pool was created with, or an empty map', async () => {
    expect(succeeded(await list())).toEqual({ Tags: { team: 'blue', stage: 'test' } })
    const bare = arn.replace(pool, await createPool())
    expect(succeeded(await list(bare))).toEqual({ Tags: {} })
  })
})

describe('TagResource', () => {
  it('answers an empty structure, adds tags and overwrites those of the same key', async () => {
    expect(succeeded(await tag({ team: 'red', 'cost centre': '' }))).toEqual({})
    const Tags = { team: 'red', stage: 'test', 'cost centre': '' }
    expect(succeeded(await list())).toEqual({ Tags })
    const described = succeeded(await call('DescribeIdentityPool', { IdentityPoolId: pool }))
    expect(described.IdentityPoolTags).toEqual(Tags)
  })

  it('knows keys of different case as different', async () => {
    await tag({ TEAM: 'green' })
    expect(succeeded(await list())).toEqual({ Tags: { team: 'blue', stage: 'test', TEAM: 'green' } })
  })

  it('takes tags up to fifty in all', async () => {
    succeeded(await tag(numbered(48)))
    const before = await stateOf(pool)
    expectFault(await tag({ one: 'more' }), 'InvalidParameterException', 'A resource may have at most 50 tags.')
    expect(await stateOf(pool)).toEqual(before)
    succeeded(await tag({ team: 'red' }))
  })

  it('keeps all tags of twenty calls at once', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => tag({ [`t${n}`]: 'v' })))
    expect(succeeded(await list())).toEqual({ Tags: { team: 'blue', stage: 'test', ...numbered(20) } })
  })

  it.each([
    ['a key of AWS', { 'aws:x': 'v' }, 'Tag keys may not begin with aws: (aws:x).'],
    ['characters that tags may not have', { a: '<' }, 'The tag a has characters that tags may not have.'],
    ['51 tags', numbered(51), 'A resource may have at most 50 tags.'],
  ])('refuses %s, and changes nothing', async (_what, tags, message) => {
    const before = await stateOf(pool)
    expectFault(await tag(tags), 'InvalidParameterException', message)
    expect(await stateOf(pool)).toEqual(before)
  })
})

describe('UntagResource', () => {
  it('answers an empty structure, takes tags off and passes over keys that are not there', async () => {
    expect(succeeded(await untag(['team', 'none']))).toEqual({})
    expect(succeeded(await list())).toEqual({ Tags: { stage: 'test' } })
    expect(succeeded(await untag(['team']))).toEqual({})
  })
})

describe.each([
  ['TagResource', { Tags: { a: 'b' } }],
  ['UntagResource', { TagKeys: ['team'] }],
  ['ListTagsForResource', {}],
])('%s', (operation, input) => {
  const act = (ResourceArn: string, options = {}) => call(operation, { ResourceArn, ...input }, options)

  it("does not find a pool that there is not, nor another account's or region's, and changes nothing", async () => {
    const before = await stateOf(pool)
    const message = `IdentityPool '${pool}' not found.`
    const unknown = 'us-east-1:00000000-0000-4000-8000-000000000000'
    expectFault(await act(arn, { signed: OTHER_ACCOUNT_KEY }), 'ResourceNotFoundException', message)
    expectFault(await act(arn, { region: 'eu-west-1' }), 'ResourceNotFoundException', message)
    expectFault(await act(arn.replace('us-east-1', 'eu-west-1')), 'ResourceNotFoundException', message)
    expectFault(
      await act(arn.replace(pool, unknown)),
      'ResourceNotFoundException',
      `IdentityPool '${unknown}' not found.`,
    )
    expect(await stateOf(pool)).toEqual(before)
  })

  it.each([
    ['arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_A'],
    ['arn:aws:cognito-identity:us-east-1:000000000000:identity/x'],
    ['us-east-1:00000000-0000-4000-8000-000000000000'],
  ])('refuses %s', async (ResourceArn) => {
    const message = `${ResourceArn} is not the ARN of an identity pool.`
    expectFault(await act(ResourceArn), 'InvalidParameterException', message)
  })

  it('needs an ARN', async () => {
    const finding = "Value null at 'resourceArn' failed to satisfy constraint: Member must not be null"
    const answer = await call(operation, input)
    expectFault(answer, 'ValidationException', `1 validation error detected: ${finding}`)
  })
})
