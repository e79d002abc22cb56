import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { call, expectFault, type JsonAnswer, LOCAL_ACCOUNT } from '../../support/client.ts'
import { deploy, type Serve } from '../../support/deployment.ts'
import { type CapturedLog, captureLog } from '../support/audit.ts'
import { iam, trustPolicy } from '../support/callers.ts'
import {
  expectMisconfigured,
  GUEST,
  getCredentials,
  poolWith,
  role,
  USER,
  type VendedAnswer,
} from '../support/credentials.ts'
import { createPool, getId, stateOf, succeeded } from '../support/pools.ts'
import { ALL_PROVIDERS, OIDC, type Providers, startProviders } from '../support/providers.ts'
import { RemoteSts, STORE } from '../support/remote-sts.ts'

const SECONDS = 'edge-identity:session-seconds'
const POLICY = 'edge-identity:guest-policy'
const SHARDS = 'edge-identity:shards'
const PLACES = 'edge-identity:places'
const LAST_USED = 'edge-identity:last-used-days'
const STS_REGIONS = 'edge-identity:sts-regions'
const SETTINGS = { IdentityPoolName: 'pool', AllowUnauthenticatedIdentities: true }
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

const arnOf = (pool: string) => `arn:aws:cognito-identity:us-east-1:${LOCAL_ACCOUNT}:identitypool/${pool}`
const tag = (pool: string, Tags: object) => call('TagResource', { ResourceArn: arnOf(pool), Tags })

let idp: Providers
beforeAll(async () => {
  idp = await startProviders()
})

describe('A tag that sets how the service treats a pool', () => {
  const badSeconds = `${SECONDS} must be a number of seconds from 900 to 43200.`
  const badPolicy = `${POLICY} must be default, none, the ARN of a managed policy, or the name of an inline policy.`
  const badShards = `${SHARDS} must be a power of two from 1 to 256.`
  const badPlaces = `${PLACES} must be a list of 2 to 9 places, separated by blanks.`
  const known = 'wnam, enam, sam, weur, eeur, apac, apac-ne, apac-se, oc, afr, me'

  it.each<[Record<string, string>, string]>([
    ...['899', '43201', '', '900.5', '1e3', '-900', '900 ', 'hour'].map((value): [Record<string, string>, string] => [
      { [SECONDS]: value },
      badSeconds,
    ]),
    ...[
      '',
      'two words',
      'arn:aws:iam::123:policy/x',
      'arn:aws:s3:::bucket',
      'arn:aws:iam::aws:policy/',
      'x'.repeat(129),
    ].map((value): [Record<string, string>, string] => [{ [POLICY]: value }, badPolicy]),
    ...['', 'yes', 'OFF'].map((value): [Record<string, string>, string] => [
      { 'edge-identity:new-guests': value },
      'edge-identity:new-guests must be on or off.',
    ]),
    ...['guests-per-day', 'guests-per-address-hour', 'guests-per-network-hour'].flatMap((name) =>
      ['', '0', '-1', '01', '1.5', '1e3', '1000000001'].map((value): [Record<string, string>, string] => [
        { [`edge-identity:${name}`]: value },
        `edge-identity:${name} must be a number of guests from 1 to 1000000000.`,
      ]),
    ),
    ...['0', '16385', 'much'].map((value): [Record<string, string>, string] => [
      { 'edge-identity:guest-work': value },
      'edge-identity:guest-work must be a number of tries from 1 to 16384.',
    ]),
    ...['0', '3651', 'off', '1.5'].map((value): [Record<string, string>, string] => [
      { 'edge-identity:guest-ttl-days': value },
      'edge-identity:guest-ttl-days must be a number of days from 1 to 3650.',
    ]),
    [
      { 'edge-identity:guest-ttl-days': '30', 'edge-identity:last-used-days': 'off' },
      'edge-identity:guest-ttl-days needs edge-identity:last-used-days, which must not be off.',
    ],
    [{ 'edge-identity:guest-proof': 'none' }, 'edge-identity:guest-proof must be work or turnstile or either.'],
    [{ 'edge-identity:guest-proof-failure': '' }, 'edge-identity:guest-proof-failure must be refuse or allow.'],
    ...['0', '3', '512', '', '01', '-2', '2.0', 'one'].map((value): [Record<string, string>, string] => [
      { [SHARDS]: value },
      badShards,
    ]),
    ...['', 'weur', 'weur weur', 'weur,enam', 'wnam enam sam weur eeur apac oc afr me apac-ne'].map(
      (value): [Record<string, string>, string] => [{ [SHARDS]: '16', [PLACES]: value }, badPlaces],
    ),
    [{ [SHARDS]: '4', [PLACES]: 'weur mars' }, `${PLACES} has mars, which is none of ${known}.`],
    [{ [SHARDS]: '2', [PLACES]: 'weur enam oc' }, `${SHARDS} must be at least 3, since ${PLACES} has as many places.`],
    [{ [PLACES]: 'weur enam' }, `${SHARDS} must be at least 2, since ${PLACES} has as many places.`],
    ...[
      '',
      '  ',
      'us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1 eu-west-1 eu-west-2 eu-west-3 eu-central-1',
    ].map((value): [Record<string, string>, string] => [
      { [STS_REGIONS]: value },
      `${STS_REGIONS} must be a list of 1 to 9 regions of AWS, separated by blanks.`,
    ]),
    ...['us-east-1,eu-west-1', 'us-east-9', 'EU-WEST-1', 'eu-west-1\u00a0', 'sts.evil.example/'].map(
      (value): [Record<string, string>, string] => [
        { [STS_REGIONS]: `us-east-1 ${value}` },
        `${STS_REGIONS} has ${value}, which is not a region of AWS.`,
      ],
    ),
    [{ [STS_REGIONS]: 'eu-west-1 us-east-1 eu-west-1' }, `${STS_REGIONS} has eu-west-1 twice.`],
    [
      { [STS_REGIONS]: 'us-east-1 cn-north-1' },
      `${STS_REGIONS} has cn-north-1 of the partition aws-cn, and the pool is in the partition aws.`,
    ],
    [
      { [STS_REGIONS]: 'us-east-1 af-south-1' },
      `${STS_REGIONS} has af-south-1, which accounts must opt in to. Only the region of the pool may be such.`,
    ],
    ...['', '0', '31', '07', '7 days', '-1', '1.5', 'OFF', 'never'].map((value): [Record<string, string>, string] => [
      { [LAST_USED]: value },
      `${LAST_USED} must be a number of days from 1 to 30, or off.`,
    ]),
    [{ 'edge-identity:other': '1' }, 'edge-identity:other is not a tag that this service knows.'],
    [{ 'edge-identity:': '' }, 'edge-identity: is not a tag that this service knows.'],
  ])('is refused when a pool is created, updated or tagged: %j', async (bad, message) => {
    const tags = { team: 'blue', ...bad }
    const create = await call('CreateIdentityPool', { ...SETTINGS, IdentityPoolTags: tags })
    expectFault(create, 'InvalidParameterException', message)
    const pool = await createPool({ IdentityPoolTags: { [SECONDS]: '900' } })
    const before = await stateOf(pool)
    const update = { ...SETTINGS, IdentityPoolId: pool, IdentityPoolTags: tags }
    expectFault(await call('UpdateIdentityPool', update), 'InvalidParameterException', message)
    expectFault(await tag(pool, tags), 'InvalidParameterException', message)
    expect(await stateOf(pool)).toEqual(before)
  })

  it.each<[Record<string, string>]>([
    [{ [SECONDS]: '900' }],
    [{ [SECONDS]: '43200' }],
    [{ [POLICY]: 'default' }],
    [{ [POLICY]: 'none' }],
    [{ [POLICY]: READ_ONLY }],
    [{ [POLICY]: 'arn:aws-cn:iam::123456789012:policy/team/guests' }],
    [{ [POLICY]: 'guests-1' }],
    [{ [SHARDS]: '1' }],
    [{ [STS_REGIONS]: 'eu-west-1' }],
    [{ [STS_REGIONS]: ' ap-south-1  us-east-1 ' }],
    [
      {
        [STS_REGIONS]:
          'us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 ap-northeast-1 ap-northeast-2 ap-southeast-1 ap-southeast-2',
      },
    ],
    [{ 'Edge-Identity:other': 'x', 'edge-identity': 'x' }],
  ])('is kept and described as it is: %j', async (IdentityPoolTags) => {
    const pool = await createPool({ IdentityPoolTags })
    succeeded(await tag(pool, IdentityPoolTags))
    expect(await stateOf(pool)).toMatchObject({ pool: { IdentityPoolTags } })
  })
})

describe('Regions of AWS STS that a pool lists', () => {
  const create = (region: string, regions: string) =>
    call('CreateIdentityPool', { ...SETTINGS, IdentityPoolTags: { [STS_REGIONS]: regions } }, { region })

  it.each([
    ['its own region, even if accounts must opt in to it', 'af-south-1', 'af-south-1 eu-west-1'],
    ['regions of its own partition', 'cn-north-1', 'cn-northwest-1 cn-north-1'],
    ['regions of AWS, if it is in none itself', 'local', 'us-east-1'],
  ])('may be %s', async (_, region, regions) => {
    succeeded(await create(region, regions))
  })

  it('are of the partition of the pool', async () => {
    const message = `${STS_REGIONS} has us-east-1 of the partition aws, and the pool is in the partition aws-cn.`
    expectFault(await create('cn-north-1', 'us-east-1'), 'InvalidParameterException', message)
  })
})

describe('How long credentials last', () => {
  const expirationOf = async (serve?: Serve, pool?: string) => {
    const id = await getId(pool ?? (await poolWith({ Roles: { unauthenticated: GUEST } })))
    const answer = await call<VendedAnswer>('GetCredentialsForIdentity', { IdentityId: id }, serve ? { serve } : {})
    return succeeded(answer).Credentials.Expiration
  }
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())

  it('is an hour, or what the pool says from the next call on', async () => {
    const now = Math.floor(Date.now() / 1000)
    expect(await expirationOf()).toBe(now + 3600)
    const pool = await poolWith({ Roles: { unauthenticated: GUEST } }, { IdentityPoolTags: { [SECONDS]: '900' } })
    expect(await expirationOf(undefined, pool)).toBe(now + 900)
    succeeded(await tag(pool, { [SECONDS]: '43200' }))
    expect(await expirationOf(undefined, pool)).toBe(now + 43200)
    succeeded(await call('UntagResource', { ResourceArn: arnOf(pool), TagKeys: [SECONDS] }))
    expect(await expirationOf(undefined, pool)).toBe(now + 3600)
  })

  it.each([
    ['up to', '7200', 200],
    ['and no longer than', '7201', 400],
  ])('is %s what the role allows', async (_, seconds, status) => {
    const RoleName = `lasting-${seconds}`
    const pool = await poolWith(
      { Roles: { unauthenticated: role(RoleName) } },
      { IdentityPoolTags: { [SECONDS]: seconds } },
    )
    const AssumeRolePolicyDocument = trustPolicy(pool)
    await iam('CreateRole', { RoleName, MaxSessionDuration: '7200', AssumeRolePolicyDocument })
    const answer = await getCredentials(await getId(pool))
    expect(answer.status).toBe(status)
    if (status === 400) expectMisconfigured(answer)
    else expect(succeeded(answer).Credentials.Expiration).toBe(Math.floor(Date.now() / 1000) + 7200)
  })
})

describe('The record of a call that sets how long sessions last', () => {
  let log: CapturedLog
  let other: string
  beforeEach(async () => {
    other = await createPool()
    log = captureLog()
  })
  afterEach(() => log.restore())

  const SETTERS: Record<string, (tags: object) => Promise<JsonAnswer<unknown>>> = {
    CreateIdentityPool: (tags) => call('CreateIdentityPool', { ...SETTINGS, IdentityPoolTags: tags }),
    UpdateIdentityPool: (tags) =>
      call('UpdateIdentityPool', { ...SETTINGS, IdentityPoolId: other, IdentityPoolTags: tags }),
    TagResource: (tags) => tag(other, tags),
  }

  it.each(
    Object.keys(SETTERS).flatMap((name) => [
      [name, '3599', 'session_too_short_for_amplify'],
      [name, '3600', undefined],
      [name, undefined, undefined],
    ]),
  )('warns of those that Amplify does not heed: %s, %s', async (name = '', seconds, warning) => {
    const answer = await SETTERS[name]?.(seconds === undefined ? { team: 'blue' } : { [SECONDS]: seconds })
    expect(answer?.status).toBe(200)
    const record = log.records().find(({ eventName }) => eventName === name)
    expect((record?.additionalEventData as { warning?: string } | undefined)?.warning).toBe(warning)
  })
})

describe('What narrows a session at another STS', () => {
  const INLINE = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}'
  const S3_ALONE =
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::*"]}]}'
  const DEFAULT_ARN = 'arn:aws:iam::aws:policy/AmazonCognitoUnAuthedIdentitiesSessionPolicy'

  let sts: RemoteSts
  let log: CapturedLog
  let deployments: Record<'aws' | 'store', Serve>
  beforeAll(async () => {
    sts = new RemoteSts(idp.network)
    deployments = { aws: await deploy({ STS_ENDPOINT: 'aws' }), store: await deploy({ STS_ENDPOINT: STORE }) }
    for (const name of ['app-guest', 'app-user']) {
      const AssumeRolePolicyDocument = trustPolicy('us-east-1:5a1c0e2d-0000-4000-8000-000000000000')
      await iam('CreateRole', { RoleName: name, AssumeRolePolicyDocument })
      await iam('PutRolePolicy', { RoleName: name, PolicyName: 'narrow', PolicyDocument: INLINE })
    }
  })
  beforeEach(() => {
    sts.reset()
    log = captureLog()
  })
  afterEach(() => log.restore())

  const pool = (IdentityPoolTags: object) =>
    poolWith({ Roles: { authenticated: USER, unauthenticated: GUEST } }, { ...ALL_PROVIDERS, IdentityPoolTags })

  async function credentials(at: 'aws' | 'store', id: string, Logins?: object): Promise<JsonAnswer<VendedAnswer>> {
    return call('GetCredentialsForIdentity', { IdentityId: id, Logins }, { serve: deployments[at] })
  }

  /** The session policies of the one request that was sent. */
  function policies() {
    expect(sts.sent).toHaveLength(1)
    const found = [...(sts.sent[0] ?? [])].filter(([name]) => name.startsWith('Policy'))
    return Object.fromEntries(found)
  }
  const ARN_MEMBER = 'PolicyArns.member.1.arn'

  it.each<['aws' | 'store', object, object]>([
    ['aws', {}, { Policy: expect.stringContaining('"dynamodb:*"'), [ARN_MEMBER]: DEFAULT_ARN }],
    ['aws', { [POLICY]: 'default' }, { Policy: expect.stringContaining('"s3:*"'), [ARN_MEMBER]: DEFAULT_ARN }],
    ['aws', { [POLICY]: 'none' }, {}],
    ['aws', { [POLICY]: READ_ONLY }, { [ARN_MEMBER]: READ_ONLY }],
    ['aws', { [POLICY]: 'narrow' }, { Policy: INLINE }],
    ['store', {}, { Policy: S3_ALONE }],
    ['store', { [POLICY]: 'default' }, { Policy: S3_ALONE }],
    ['store', { [POLICY]: 'none' }, {}],
    ['store', { [POLICY]: 'narrow' }, { Policy: INLINE }],
  ])('for guests is what the pool says: %s %j', async (at, tags, expected) => {
    succeeded(await credentials(at, await getId(await pool(tags))))
    expect(policies()).toEqual(expected)
  })

  it.each([
    'arn:aws:iam:::role/app-guest',
    'arn:minio:iam:::role/app-guest',
    'arn:aws:iam::RGW00000000000000001:role/app-guest',
  ])('is an inline policy of the role that is registered here under the same name: %s', async (unauthenticated) => {
    const id = await pool({ [POLICY]: 'narrow' })
    const input = { IdentityPoolId: id, Roles: { unauthenticated } }
    succeeded(await call('SetIdentityPoolRoles', input, { serve: deployments.store }))
    succeeded(await credentials('store', await getId(id)))
    expect(policies()).toEqual({ Policy: INLINE })
    expect(sts.sent[0]?.get('RoleArn')).toBe(unauthenticated)
  })

  it.each<['aws' | 'store', string]>([
    ['aws', 'default'],
    ['aws', READ_ONLY],
    ['aws', 'narrow'],
    ['store', 'default'],
    ['store', 'narrow'],
    ['store', 'not-there'],
  ])('for users is nothing, whatever the pool says of guests: %s %s', async (at, guestPolicy) => {
    const Logins = { [OIDC]: await idp.token(OIDC, 'ann') }
    succeeded(await credentials(at, await getId(await pool({ [POLICY]: guestPolicy }), Logins), Logins))
    expect(policies()).toEqual({})
  })

  it('is not what a store would ignore: then nothing is asked for', async () => {
    expectMisconfigured(await credentials('store', await getId(await pool({ [POLICY]: READ_ONLY }))))
    expect(sts.sent).toEqual([])
    expect(log.records().at(-1)?.additionalEventData).toMatchObject({
      broker: STORE,
      reason: 'session_policy_unusable',
      why: 'managed_policy',
    })
  })

  it.each(['aws', 'store'] as const)(
    'is not a policy that the role does not have: then nothing is asked for: %s',
    async (at) => {
      expectMisconfigured(await credentials(at, await getId(await pool({ [POLICY]: 'not-there' }))))
      expect(sts.sent).toEqual([])
      expect(log.records().at(-1)?.additionalEventData).toMatchObject({
        reason: 'guest_policy_missing',
        guestPolicy: 'not-there',
      })
    },
  )

  it('stands beside the duration that the pool asks for', async () => {
    succeeded(await credentials('aws', await getId(await pool({ [SECONDS]: '1800' }))))
    expect(sts.sent[0]?.get('DurationSeconds')).toBe('1800')
  })
})

describe('A lifetime of guests', () => {
  it('and its opposite are refused one after the other as well, and nothing changes', async () => {
    const pool = await createPool({ IdentityPoolTags: { 'edge-identity:guest-ttl-days': '30' } })
    const message = 'edge-identity:guest-ttl-days needs edge-identity:last-used-days, which must not be off.'
    const before = await stateOf(pool)
    expectFault(await tag(pool, { 'edge-identity:last-used-days': 'off' }), 'InvalidParameterException', message)
    expect(await stateOf(pool)).toEqual(before)
  })
})
