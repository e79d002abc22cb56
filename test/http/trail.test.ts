import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type CapturedLog, captureLog } from '../operations/support/audit.ts'
import { iam, trustPolicy } from '../operations/support/callers.ts'
import { GUEST, getCredentials, poolWith, USER } from '../operations/support/credentials.ts'
import { DEVELOPER, developerToken } from '../operations/support/developers.ts'
import { getId } from '../operations/support/pools.ts'
import { ALL_PROVIDERS, OIDC, type Providers, startProviders } from '../operations/support/providers.ts'
import { OTHER_ACCOUNT_KEY } from '../support/access-keys.ts'
import { call, LOCAL_ACCOUNT, LOCAL_KEY, query } from '../support/client.ts'
import { deploy, type Serve } from '../support/deployment.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS'
const FULL = { limit: async () => ({ success: false }) }
const TEST_USER = {
  type: 'IAMUser',
  principalId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
  arn: `arn:aws:iam::${LOCAL_ACCOUNT}:user/test`,
  accountId: LOCAL_ACCOUNT,
  accessKeyId: 'test',
}

let idp: Providers
let pool: string
let guest: string
let user: string
let login: Record<string, string>
let limited: Serve
let log: CapturedLog
beforeAll(async () => {
  idp = await startProviders()
  const Roles = { authenticated: USER, unauthenticated: GUEST }
  pool = await poolWith({ Roles }, { ...ALL_PROVIDERS, DeveloperProviderName: DEVELOPER })
  login = { [OIDC]: await idp.token(OIDC, 'ann') }
  user = await getId(pool, login)
  guest = await getId(pool)
  limited = await deploy({ RATE_LIMIT: FULL })
})
beforeEach(() => {
  log = captureLog()
})
afterEach(() => log.restore())

type Answer = { status: number; headers: Headers }
const wrongKey = { ...LOCAL_KEY, secretAccessKey: 'wrong' }
const unknownPool = 'us-east-1:00000000-0000-4000-8000-000000000000'

/** What every record of a call has, and what is particular about it. */
const expected = (answer: Answer, what: object) => ({
  eventVersion: '1.11',
  eventTime: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  awsRegion: 'us-east-1',
  sourceIPAddress: expect.stringMatching(/^2001:2:/),
  requestID: answer.headers.get('x-amzn-RequestId'),
  eventID: expect.stringMatching(UUID),
  readOnly: false,
  eventType: 'AwsApiCall',
  recipientAccountId: LOCAL_ACCOUNT,
  ...what,
})

/** The lines that a request is paid for, of Worker and objects. Only local mode has a line for roles that nobody registered. */
const eventsOf = (answer: Answer) =>
  log
    .lines()
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event !== 'unregistered_role_assumed')
    .filter(({ requestID = requestIdOf(answer) }) => requestID === requestIdOf(answer))
    .map(({ event }) => event)
const requestIdOf = ({ headers }: Answer) => headers.get('x-amzn-RequestId')

describe('exactly one record is left of', () => {
  it.each<[string, string, () => Promise<Answer>]>([
    ['a new guest', 'GetId', () => call('GetId', { IdentityPoolId: pool })],
    ['a returning user', 'GetId', () => call('GetId', { IdentityPoolId: pool, Logins: login })],
    ['a token', 'GetOpenIdToken', () => call('GetOpenIdToken', { IdentityId: user, Logins: login })],
    ['credentials', 'GetCredentialsForIdentity', () => getCredentials(user, login)],
    ["a backend's token", 'GetOpenIdTokenForDeveloperIdentity', () => developerToken(pool, 'bob')],
    ['a role at STS', 'AssumeRoleWithWebIdentity', async () => assume(await tokenOf(user, login))],
    ['a new pool', 'CreateIdentityPool', () => call('CreateIdentityPool', SETTINGS)],
    ['new roles of a pool', 'SetIdentityPoolRoles', () => setRoles({ authenticated: USER, unauthenticated: GUEST })],
    ['a new role', 'CreateRole', () => query('iam', newRole('one-record'))],
    ['a login that is taken off', 'UnlinkIdentity', () => unlink()],
  ])('%s', async (_, eventName, act) => {
    const answer = await act()
    expect(answer.status).toBe(200)
    const requestID = answer.headers.get('x-amzn-RequestId')
    const records = log.records().filter((record) => record.requestID === requestID)
    expect(records).toEqual([expect.objectContaining({ eventName })])
    expect(records[0]).not.toHaveProperty('errorCode')
    expect(eventsOf(answer)).toEqual(['audit'])
  })

  it.each<[string, string, string, () => Promise<Answer>]>([
    [
      'a signed call without permission',
      'DeleteIdentityPool',
      'AccessDeniedException',
      async () => call('DeleteIdentityPool', { IdentityPoolId: pool }, { signed: await vended() }),
    ],
    [
      'a bad signature',
      'CreateIdentityPool',
      'InvalidSignatureException',
      () => call('CreateIdentityPool', SETTINGS, { signed: wrongKey }),
    ],
    [
      'a bad signature at IAM',
      'CreateRole',
      'SignatureDoesNotMatch',
      () => query('iam', newRole('never'), { signed: wrongKey }),
    ],
    [
      'no signature',
      'DescribeIdentityPool',
      'MissingAuthenticationTokenException',
      () => call('DescribeIdentityPool', { IdentityPoolId: pool }, { signed: false }),
    ],
    [
      'an unknown key',
      'ListRoles',
      'InvalidClientTokenId',
      () => query('iam', { Action: 'ListRoles' }, { signed: { ...LOCAL_KEY, accessKeyId: 'NOBODY' } }),
    ],
    [
      'a bad token',
      'GetId',
      'NotAuthorizedException',
      async () => call('GetId', { IdentityPoolId: pool, Logins: { [OIDC]: await idp.forged(OIDC, 'ann') } }),
    ],
    ['a flood', 'GetId', 'TooManyRequestsException', () => call('GetId', { IdentityPoolId: pool }, { serve: limited })],
    ['a flood at STS', 'AssumeRoleWithWebIdentity', 'Throttling', () => assume('a.b.c', limited)],
    ['input that breaks a constraint', 'GetId', 'ValidationException', () => call('GetId', { IdentityPoolId: '' })],
    ['input of a wrong type', 'GetId', 'SerializationException', () => call('GetId', { IdentityPoolId: 1 })],
    ['input that is no JSON', 'GetId', 'SerializationException', () => call('GetId', '{')],
    ['input that breaks a constraint at STS', 'AssumeRoleWithWebIdentity', 'ValidationError', () => assume('')],
    [
      'a pool that there is not',
      'GetId',
      'ResourceNotFoundException',
      () => call('GetId', { IdentityPoolId: unknownPool }),
    ],
    [
      'a look at a pool that there is not',
      'DescribeIdentityPool',
      'ResourceNotFoundException',
      () => call('DescribeIdentityPool', { IdentityPoolId: unknownPool }),
    ],
    ['a look at a role that there is not', 'GetRole', 'NoSuchEntity', () => query('iam', lookAt('nobody'))],
    [
      "a look at another account's pool",
      'ListIdentities',
      'ResourceNotFoundException',
      () => call('ListIdentities', { IdentityPoolId: pool, MaxResults: 1 }, { signed: OTHER_ACCOUNT_KEY }),
    ],
  ])('%s, which is refused', async (_, eventName, errorCode, act) => {
    const answer = await act()
    expect(answer.status).toBeGreaterThanOrEqual(400)
    const requestID = answer.headers.get('x-amzn-RequestId')
    const records = log.records().filter((record) => record.requestID === requestID)
    expect(records).toEqual([expect.objectContaining({ eventName, errorCode })])
    expect(eventsOf(answer)).toEqual(['audit'])
  })

  it('a failure of the service itself', async () => {
    const serve = await deploy({ IDENTITY_POOL: { getByName: () => raise('secret text') } })
    const answer = await call('GetId', { IdentityPoolId: pool }, { serve })
    expect(log.records()).toEqual([
      expect.objectContaining({
        errorCode: 'InternalErrorException',
        errorMessage: 'The service failed to answer. The request id tells its operator why.',
        requestID: answer.headers.get('x-amzn-RequestId'),
      }),
    ])
  })
})

describe('no record is left of', () => {
  it.each<[string, () => Promise<Answer>]>([
    ['DescribeIdentityPool', () => call('DescribeIdentityPool', { IdentityPoolId: pool })],
    ['DescribeIdentity', () => call('DescribeIdentity', { IdentityId: user })],
    ['ListIdentities', () => call('ListIdentities', { IdentityPoolId: pool, MaxResults: 1 })],
    ['ListIdentityPools', () => call('ListIdentityPools', { MaxResults: 1 })],
    ['GetIdentityPoolRoles', () => call('GetIdentityPoolRoles', { IdentityPoolId: pool })],
    ['LookupDeveloperIdentity', () => call('LookupDeveloperIdentity', { IdentityPoolId: pool, IdentityId: user })],
    ['ListRoles', () => query('iam', { Action: 'ListRoles' })],
    ['ListOpenIDConnectProviders', () => query('iam', { Action: 'ListOpenIDConnectProviders' })],
    ['GetCallerIdentity', () => query('sts', { Action: 'GetCallerIdentity' })],
    ['SimulateLogin', () => call('SimulateLogin', { IdentityPoolId: pool }, { service: 'edge-identity' })],
  ])('a look that nothing comes of: %s', async (_, look) => {
    expect((await look()).status).toBe(200)
    expect(log.records()).toEqual([])
  })

  it('GetRole', async () => {
    await iam('CreateRole', newRole('looked-at'))
    log.clear()
    expect((await query('iam', lookAt('looked-at'))).status).toBe(200)
    expect(log.records()).toEqual([])
  })

  it.each<[string, () => Promise<Answer>]>([
    ['an operation that there is not', () => call('Nonesuch', {})],
    ['an action that there is not', () => query('iam', { Action: 'Nonesuch' })],
  ])('%s', async (_, act) => {
    expect((await act()).status).toBe(400)
    expect(log.records()).toEqual([])
  })
})

describe('the whole record', () => {
  it('of a new guest says which', async () => {
    const answer = await call<{ IdentityId: string }>(
      'GetId',
      { IdentityPoolId: pool, AccountId: '123' },
      { headers: { 'user-agent': 'aws-sdk-js/3' } },
    )
    const identityId = answer.body.IdentityId
    expect(log.records()).toEqual([
      expected(answer, {
        userIdentity: { type: 'Unknown' },
        eventSource: 'cognito-identity.amazonaws.com',
        eventName: 'GetId',
        userAgent: 'aws-sdk-js/3',
        requestParameters: { identityPoolId: pool, accountId: '123' },
        responseElements: { identityId },
        additionalEventData: { pool, logins: [], identity: identityId, guest: true },
        managementEvent: false,
        eventCategory: 'Data',
      }),
    ])
  })

  it('of a refused login says which, and why', async () => {
    const token = await idp.token(OIDC, 'ann', { aud: 'another-app' })
    const answer = await call('GetId', { IdentityPoolId: pool, Logins: { [OIDC]: token } })
    expect(log.records()).toEqual([
      expected(answer, {
        userIdentity: { type: 'Unknown' },
        eventSource: 'cognito-identity.amazonaws.com',
        eventName: 'GetId',
        errorCode: 'NotAuthorizedException',
        errorMessage: 'Invalid login token. Incorrect token audience.',
        requestParameters: { identityPoolId: pool, logins: { [OIDC]: HIDDEN } },
        additionalEventData: {
          pool,
          logins: [
            {
              provider: OIDC,
              accepted: false,
              reason: 'audience',
              found: 'another-app',
              kind: 'oidc',
              expected: ['oidc-client'],
            },
          ],
        },
        managementEvent: false,
        eventCategory: 'Data',
      }),
    ])
  })

  it('of a new pool says by whom', async () => {
    const answer = await call<{ IdentityPoolId: string }>('CreateIdentityPool', {
      ...SETTINGS,
      SupportedLoginProviders: { 'api.twitter.com': 'consumer-key;consumer-secret' },
      IdentityPoolTags: { team: 'blue' },
    })
    expect(log.records()).toEqual([
      expected(answer, {
        userIdentity: TEST_USER,
        eventSource: 'cognito-identity.amazonaws.com',
        eventName: 'CreateIdentityPool',
        requestParameters: {
          identityPoolName: 'pool',
          allowUnauthenticatedIdentities: true,
          supportedLoginProviders: { 'api.twitter.com': HIDDEN },
          identityPoolTags: { team: 'blue' },
        },
        responseElements: { identityPoolId: answer.body.IdentityPoolId },
        managementEvent: true,
        eventCategory: 'Management',
      }),
    ])
  })

  it('of a signed call without permission says whose it was', async () => {
    const signed = await vended()
    const Arn = `arn:aws:sts::${LOCAL_ACCOUNT}:assumed-role/app-guest/CognitoIdentityCredentials`
    const answer = await call('DeleteIdentityPool', { IdentityPoolId: pool }, { signed })
    const arn = `arn:aws:cognito-identity:us-east-1:${LOCAL_ACCOUNT}:identitypool/${pool}`
    const action = 'cognito-identity:DeleteIdentityPool'
    expect(log.records().slice(-1)).toEqual([
      expected(answer, {
        userIdentity: {
          type: 'AssumedRole',
          principalId: expect.stringMatching(/^AROA\w+:CognitoIdentityCredentials$/),
          arn: Arn,
          accountId: LOCAL_ACCOUNT,
          accessKeyId: signed.accessKeyId,
        },
        eventSource: 'cognito-identity.amazonaws.com',
        eventName: 'DeleteIdentityPool',
        errorCode: 'AccessDeniedException',
        errorMessage: `User: ${Arn} is not authorized to perform: ${action} on resource: ${arn} because no identity-based policy allows the ${action} action`,
        requestParameters: { identityPoolId: pool },
        managementEvent: true,
        eventCategory: 'Management',
      }),
    ])
  })

  it('of a bad signature names nobody', async () => {
    const answer = await call('CreateIdentityPool', SETTINGS, { signed: wrongKey })
    const { awsRegion, recipientAccountId, ...rest } = expected(answer, {
      userIdentity: { type: 'Unknown' },
      eventSource: 'cognito-identity.amazonaws.com',
      eventName: 'CreateIdentityPool',
      errorCode: 'InvalidSignatureException',
      errorMessage: expect.stringMatching(/^The request signature we calculated does not match/),
      managementEvent: true,
      eventCategory: 'Management',
    }) as Record<string, unknown>
    expect([awsRegion, recipientAccountId]).toEqual(['us-east-1', LOCAL_ACCOUNT])
    expect(log.records()).toEqual([rest])
  })

  it('cuts a user agent', async () => {
    await call('GetId', { IdentityPoolId: pool }, { headers: { 'user-agent': 'x'.repeat(600) } })
    expect(log.records()).toEqual([expect.objectContaining({ userAgent: 'x'.repeat(512) })])
  })
})

describe('what was mixed up', () => {
  const SECRET = '12345-Token;Secret-of-a-user'
  const swapped = { [SECRET]: 'api.twitter.com' }
  const user = 'ann.smith'

  it.each<[string, string, () => Promise<Answer>]>([
    ['a login', SECRET, () => call('GetId', { IdentityPoolId: pool, Logins: swapped })],
    ['a login of an identity', SECRET, () => getCredentials(guest, swapped)],
    ['too many logins', SECRET, () => call('GetId', { IdentityPoolId: pool, Logins: many(swapped) })],
    ['a login that is empty', SECRET, () => call('GetId', { IdentityPoolId: pool, Logins: { [SECRET]: '' } })],
    [
      'logins to remove',
      SECRET,
      () => call('UnlinkIdentity', { IdentityId: guest, Logins: {}, LoginsToRemove: [SECRET] }),
    ],
    ['settings', SECRET, () => call('CreateIdentityPool', { ...SETTINGS, SupportedLoginProviders: swapped })],
    ['the provider of an access token', SECRET, () => assume('graph.facebook.com', undefined, SECRET)],
    ['a user of a backend', user, () => developerCall({ Logins: { [user]: DEVELOPER } })],
    [
      'an attribute',
      'Secret attribute',
      () => developerCall({ Logins: { [DEVELOPER]: 'bob' }, PrincipalTags: { 'Secret attribute': 'team' } }),
    ],
    [
      'a user and the provider',
      user,
      () =>
        call('UnlinkDeveloperIdentity', {
          IdentityPoolId: pool,
          IdentityId: guest,
          DeveloperProviderName: user,
          DeveloperUserIdentifier: DEVELOPER,
        }),
    ],
    [
      'the secret of an access key and its id',
      'Secret/of/a/key',
      () => call('ListIdentityPools', {}, { signed: { accessKeyId: 'Secret/of/a/key', secretAccessKey: 'AKIA' } }),
    ],
  ])('is in no line of the log: %s', async (_, secret, act) => {
    await act()
    expect(log.records()).toHaveLength(1)
    expect(log.lines().join('\n')).not.toContain(secret)
  })

  const many = (more: Record<string, string>) => ({
    ...Object.fromEntries([...'abcdefghij'].map((key) => [key, key])),
    ...more,
  })

  const developerCall = (input: object) =>
    call('GetOpenIdTokenForDeveloperIdentity', { IdentityPoolId: pool, ...input })
})

const SETTINGS = { IdentityPoolName: 'pool', AllowUnauthenticatedIdentities: true }

const raise = (message: string): never => {
  throw new Error(message)
}

const setRoles = (Roles: object) => call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles })

const newRole = (RoleName: string) => ({
  Action: 'CreateRole',
  RoleName,
  AssumeRolePolicyDocument: trustPolicy(pool),
})

const lookAt = (RoleName: string) => ({ Action: 'GetRole', RoleName })

async function tokenOf(IdentityId: string, Logins?: Record<string, string>): Promise<string> {
  return (await call<{ Token: string }>('GetOpenIdToken', { IdentityId, Logins })).body.Token
}

const assume = (WebIdentityToken: string, serve?: Serve, ProviderId?: string) =>
  query(
    'sts',
    {
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: USER,
      RoleSessionName: 'web',
      WebIdentityToken,
      ...(ProviderId && { ProviderId }),
    },
    serve ? { serve } : {},
  )

async function unlink(): Promise<Answer> {
  const Logins = { [OIDC]: await idp.token(OIDC, 'to be unlinked') }
  const IdentityId = await getId(pool, Logins)
  return call('UnlinkIdentity', { IdentityId, Logins, LoginsToRemove: [OIDC] })
}

/** Credentials that the service issued. */
async function vended() {
  const { Credentials } = (await getCredentials(guest)).body
  return {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretKey,
    sessionToken: Credentials.SessionToken,
  }
}
