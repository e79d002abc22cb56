import { exports } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { call, expectXmlFault, query, readXml } from '../../support/client.ts'
import { deploy } from '../../support/deployment.ts'
import { type CapturedLog, captureLog, tokenIdOf } from '../support/audit.ts'
import { callerOf, FOR_AMR, iam, resultOf, trustPolicy } from '../support/callers.ts'
import { createPool, getId, succeeded } from '../support/pools.ts'
import { ALL_PROVIDERS, GOOGLE, OIDC, type Providers, startProviders } from '../support/providers.ts'

const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`
const DENIED = ['AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'] as const

let idp: Providers
let pool: string
let user: string
let login: Record<string, string>
let token: string
beforeAll(async () => {
  idp = await startProviders()
  pool = await createPool(ALL_PROVIDERS)
  login = { [OIDC]: await idp.token(OIDC, 'ann') }
  user = await getId(pool, login)
})
beforeEach(async () => {
  token = await tokenOf(user, login)
})
afterEach(() => {
  vi.useRealTimers()
})

async function tokenOf(IdentityId: string, Logins?: Record<string, string>): Promise<string> {
  return succeeded(await call<{ Token: string }>('GetOpenIdToken', { IdentityId, Logins })).Token
}

const assume = (params: Record<string, string> = {}, options = {}) =>
  query(
    'sts',
    {
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: role('app-user'),
      RoleSessionName: 'web',
      WebIdentityToken: token,
      ...params,
    },
    options,
  )

async function assumed(params: Record<string, string> = {}) {
  const answer = await assume(params)
  expect(answer.status, answer.xml).toBe(200)
  return resultOf(answer, 'AssumeRoleWithWebIdentity')
}

describe('AssumeRoleWithWebIdentity', () => {
  it('answers credentials for an hour, whom they are for, and by whose word', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const hour = new Date((Math.floor(Date.now() / 1000) + 3600) * 1000).toISOString().replace('.000', '')
    expect(await assumed()).toEqual({
      SubjectFromWebIdentityToken: user,
      Audience: pool,
      AssumedRoleUser: {
        Arn: 'arn:aws:sts::000000000000:assumed-role/app-user/web',
        AssumedRoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}:web$/),
      },
      Credentials: {
        SessionToken: expect.stringMatching(/^\S{100,2048}$/),
        SecretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
        Expiration: hour,
        AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
      },
      Provider: 'cognito-identity.amazonaws.com',
      SessionTokenSize: expect.stringMatching(/^\d{3,4}$/),
      SessionTokenUtilization: expect.stringMatching(/^\d{1,2}$/),
    })
  })

  it('makes the session token as long as the client wants it, and says how long it is', async () => {
    const { Credentials, SessionTokenSize, SessionTokenUtilization } = await assumed({
      MinimumSessionTokenSize: '4096',
    })
    expect(Credentials.SessionToken.length).toBe(Number(SessionTokenSize))
    expect(Number(SessionTokenSize)).toBeGreaterThanOrEqual(4096)
    expect(SessionTokenUtilization).toBe('100')
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = Credentials
    expect(await callerOf({ accessKeyId, secretAccessKey, sessionToken })).toMatchObject({ Account: '000000000000' })
  })

  it('vends credentials that their holder can sign with', async () => {
    const { AssumedRoleUser, Credentials } = await assumed({ RoleSessionName: 'a+=,.@-_1' })
    const caller = await callerOf({
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      sessionToken: Credentials.SessionToken,
    })
    expect(caller).toEqual({
      UserId: AssumedRoleUser.AssumedRoleId,
      Account: '000000000000',
      Arn: 'arn:aws:sts::000000000000:assumed-role/app-user/a+=,.@-_1',
    })
  })

  it('takes its parameters from the address, too, and needs no signature', async () => {
    const params = new URLSearchParams({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: role('app-user'),
      RoleSessionName: 'web',
      WebIdentityToken: token,
    })
    const url = `http://localhost/?${params}`
    for (const method of ['GET', 'POST']) {
      const answer = await readXml(
        await exports.default.fetch(new Request(url, { method, headers: { host: 'localhost' } })),
      )
      expect(answer.status, answer.xml).toBe(200)
    }
  })

  it.each([['900'], ['43200']])('vends for %s seconds on request', async (DurationSeconds) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { Credentials } = await assumed({ DurationSeconds })
    const end = Math.floor(Date.now() / 1000) + Number(DurationSeconds)
    expect(Date.parse(Credentials.Expiration)).toBe(end * 1000)
  })

  it('serves guests', async () => {
    const guest = await getId(pool)
    expect((await assumed({ WebIdentityToken: await tokenOf(guest) })).SubjectFromWebIdentityToken).toBe(guest)
  })

  it('serves developer tokens, with their tags, where the trust policy lets tags be set', async () => {
    const developers = await createPool({ DeveloperProviderName: 'login.example.app' })
    const input = { IdentityPoolId: developers, Logins: { 'login.example.app': 'ann' }, PrincipalTags: { a: 'b' } }
    const answer = await call<{ Token: string }>('GetOpenIdTokenForDeveloperIdentity', input)
    const WebIdentityToken = succeeded(answer).Token
    const policy = trustPolicy(developers)
    await iam('CreateRole', { RoleName: 'untagged', AssumeRolePolicyDocument: policy })
    expectXmlFault(await assume({ RoleArn: role('untagged'), WebIdentityToken }), 403, ...DENIED)
    const action = '"sts:AssumeRoleWithWebIdentity"'
    const tagging = policy.replace(action, `[${action},"sts:TagSession"]`)
    await iam('CreateRole', { RoleName: 'tagging', AssumeRolePolicyDocument: tagging })
    await assumed({ RoleArn: role('tagging'), WebIdentityToken })
  })

  it('asks the trust policy of a registered role', async () => {
    const trusts = (name: string, policy: string) =>
      iam('CreateRole', { RoleName: name, AssumeRolePolicyDocument: policy })
    await trusts('for-users', trustPolicy(pool, FOR_AMR('authenticated')))
    await trusts('for-guests', trustPolicy(pool, FOR_AMR('unauthenticated')))
    await trusts('for-sessions', trustPolicy(pool, { StringLike: { 'sts:RoleSessionName': 'web-*' } }))
    await assumed({ RoleArn: role('for-users') })
    expectXmlFault(await assume({ RoleArn: role('for-guests') }), 403, ...DENIED)
    expectXmlFault(await assume({ RoleArn: role('for-sessions') }), 403, ...DENIED)
    await assumed({ RoleArn: role('for-sessions'), RoleSessionName: 'web-1' })
  })

  it("keeps to the role's longest session", async () => {
    const params = { RoleName: 'short', AssumeRolePolicyDocument: trustPolicy(pool), MaxSessionDuration: '7200' }
    await iam('CreateRole', params)
    await assumed({ RoleArn: role('short'), DurationSeconds: '7200' })
    const answer = await assume({ RoleArn: role('short'), DurationSeconds: '7201' })
    const message = 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'
    expectXmlFault(answer, 400, 'ValidationError', message)
  })

  it('takes a token up to five minutes after its end', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const fresh = await tokenOf(user, login)
    const exp = Math.floor(Date.now() / 1000) + 600
    vi.setSystemTime((exp + 299) * 1000)
    await assumed({ WebIdentityToken: fresh })
    vi.setSystemTime((exp + 300) * 1000)
    const message = `Token expired: current date/time ${exp + 300} must be before the expiration date/time ${exp}`
    expectXmlFault(await assume({ WebIdentityToken: fresh }), 400, 'ExpiredTokenException', message)
  })

  const INVALID = 'InvalidIdentityToken'
  it.each([
    [
      'what is no JWT',
      async () => 'none',
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    ],
    [
      'a token of an issuer that is not registered',
      () => idp.token(GOOGLE, 'ann'),
      'No OpenIDConnect provider found in your account for https://accounts.google.com',
    ],
    [
      'a token whose signature is not ours',
      async () => `${token.slice(0, -8)}AAAAAAAA`,
      'The web identity token provided could not be validated',
    ],
    [
      'a token whose claims were altered',
      async () => altered(token),
      'The web identity token provided could not be validated',
    ],
  ])('refuses %s', async (_what, made, message) => {
    expectXmlFault(await assume({ WebIdentityToken: await made() }), 400, INVALID, message)
  })

  it('refuses access tokens of OAuth providers', async () => {
    const message = 'ProviderId is for OAuth access tokens, which are not accepted here.'
    expectXmlFault(await assume({ ProviderId: 'graph.facebook.com' }), 400, INVALID, message)
  })

  const invalid = (finding: string) => `1 validation error detected: ${finding}`
  it.each([
    ['no role ARN', { RoleArn: 'the role app-user of mine' }, 'Request ARN is invalid'],
    ['the ARN of a user', { RoleArn: 'arn:aws:iam::000000000000:user/ann' }, 'Request ARN is invalid'],
    [
      'a short ARN',
      { RoleArn: 'role' },
      invalid(
        "Value 'role' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
      ),
    ],
    [
      'a session name with a blank',
      { RoleSessionName: 'a b' },
      invalid(
        "Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
      ),
    ],
    [
      'a session name of one letter',
      { RoleSessionName: 'a' },
      invalid(
        "Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
      ),
    ],
    [
      'a session of 899 seconds',
      { DurationSeconds: '899' },
      invalid(
        "Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
      ),
    ],
    [
      'a session of 43201 seconds',
      { DurationSeconds: '43201' },
      invalid(
        "Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200",
      ),
    ],
    [
      'a token of 20001 characters',
      { WebIdentityToken: 'x'.repeat(20001) },
      invalid(
        "Value at 'webIdentityToken' failed to satisfy constraint: Member must have length less than or equal to 20000",
      ),
    ],
  ])('refuses %s', async (_what, params, message) => {
    expectXmlFault(await assume(params), 400, 'ValidationError', message)
  })

  it('assumes a role of an account that is unknown here in local mode, where nobody has registered it', async () => {
    const RoleArn = 'arn:aws:iam::123456789012:role/elsewhere'
    expect((await assumed({ RoleArn })).AssumedRoleUser.Arn).toBe(
      'arn:aws:sts::123456789012:assumed-role/elsewhere/web',
    )
  })
})

describe('The record of AssumeRoleWithWebIdentity', () => {
  let log: CapturedLog
  beforeEach(() => {
    log = captureLog()
  })
  afterEach(() => log.restore())

  it('has whose token it was, by its id, and no token or secret', async () => {
    const answer = await assume()
    const { Credentials } = resultOf(answer, 'AssumeRoleWithWebIdentity')
    expect(log.records()).toEqual([
      {
        eventVersion: '1.11',
        userIdentity: {
          type: 'WebIdentityUser',
          principalId: `http://localhost:${user}`,
          userName: user,
          identityProvider: 'http://localhost',
        },
        eventTime: expect.stringMatching(/Z$/),
        eventSource: 'sts.amazonaws.com',
        eventName: 'AssumeRoleWithWebIdentity',
        awsRegion: 'us-east-1',
        sourceIPAddress: expect.stringMatching(/^2001:2:/),
        requestParameters: {
          roleArn: role('app-user'),
          roleSessionName: 'web',
          webIdentityToken: 'HIDDEN_DUE_TO_SECURITY_REASONS',
        },
        responseElements: {
          credentials: {
            accessKeyId: Credentials.AccessKeyId,
            expiration: Credentials.Expiration.replace('Z', '.000Z'),
          },
        },
        additionalEventData: {
          tokenId: await tokenIdOf(token),
          pool,
          identity: user,
          role: role('app-user'),
          broker: 'embedded',
        },
        requestID: answer.headers.get('x-amzn-RequestId'),
        eventID: expect.any(String),
        readOnly: false,
        eventType: 'AwsApiCall',
        managementEvent: false,
        recipientAccountId: '000000000000',
        eventCategory: 'Data',
      },
    ])
    for (const secret of [...token.split('.'), Credentials.SecretAccessKey, Credentials.SessionToken])
      expect(log.lines().join()).not.toContain(secret)
  })

  it.each<[string, () => Record<string, string>, string, object]>([
    [
      'an ARN that is no role',
      () => ({ RoleArn: 'arn:aws:iam::000000000000:user/ann' }),
      'ValidationError',
      { broker: 'embedded', reason: 'invalid_role_arn', role: 'arn:aws:iam::000000000000:user/ann' },
    ],
    [
      'a session policy that cannot be read, and no credentials',
      () => ({ Policy: '{' }),
      'MalformedPolicyDocument',
      { broker: 'embedded', reason: 'malformed_policy', detail: 'This policy contains invalid Json' },
    ],
    [
      'session policies that are too large together, and no credentials',
      () => ({
        Policy: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }),
        'PolicyArns.member.1.arn': `arn:aws:iam::aws:policy/${'x'.repeat(2000)}`,
      }),
      'PackedPolicyTooLarge',
      { broker: 'embedded', reason: 'session_policies_too_large' },
    ],
  ])('has why it was refused: %s', async (_, params, errorCode, why) => {
    expect((await assume(params())).status).toBe(400)
    const [record] = log.records()
    expect(record).toMatchObject({ errorCode, userIdentity: { userName: user } })
    expect(record).toMatchObject({
      additionalEventData: { tokenId: await tokenIdOf(token), pool, identity: user, ...why },
    })
    expect(record?.responseElements).toBeUndefined()
  })

  it.each<[string, () => string, object]>([
    ['not one of ours', () => 'no token', { reason: 'malformed' }],
    ['altered', () => altered(token), { reason: 'signature' }],
  ])('has the id of a token that is %s, and believes none of it', async (_, bad, why) => {
    expect((await assume({ WebIdentityToken: bad() })).status).toBe(400)
    expect(log.records()).toEqual([
      expect.objectContaining({
        userIdentity: { type: 'Unknown' },
        errorCode: 'InvalidIdentityToken',
        additionalEventData: { tokenId: await tokenIdOf(bad()), ...why },
      }),
    ])
  })

  it.each([
    ['a token', {}],
    ['an access token', { ProviderId: 'graph.facebook.com' }],
  ])('has nothing of %s that came where another STS gives the role', async (_, params) => {
    const serve = await deploy({ STS_ENDPOINT: 'https://sts.example.com' })
    const message = 'This deployment does not serve STS. Call the STS that it is configured with.'
    expectXmlFault(await assume(params, { serve }), 403, 'AccessDenied', message)
    const [record] = log.records()
    expect(record).toMatchObject({ errorCode: 'AccessDenied', userIdentity: { type: 'Unknown' } })
    expect(record).not.toHaveProperty('additionalEventData')
  })
})

/** The same token about somebody else, under the old signature. */
function altered(token: string): string {
  const [header, claims = '', signature] = token.split('.')
  const changed = atob(claims.replaceAll('-', '+').replaceAll('_', '/')).replace('us-east-1:', 'us-west-1:')
  const encoded = btoa(changed).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  return [header, encoded, signature].join('.')
}
