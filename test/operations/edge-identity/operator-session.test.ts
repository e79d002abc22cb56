import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { call, expectFault, LOCAL_ACCOUNT, query } from '../../support/client.ts'
import { deploy, type Serve } from '../../support/deployment.ts'
import { type CapturedLog, captureLog } from '../support/audit.ts'
import { callerOf, signingKeyOf, type Vended } from '../support/callers.ts'
import { createPool, getId, succeeded } from '../support/pools.ts'
import { ALL_PROVIDERS, CLIENT, OIDC, OIDC_ARN, type Providers, startProviders } from '../support/providers.ts'

interface OperatorSession {
  RoleName: string
  Account: string
  Arn: string
  Credentials: Vended
}

const NONCE = 'a-nonce-of-32-characters-or-some'
const TEAM = 'team.cloudflareaccess.example'
const allow = (Action: string | string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
})
const role = (match: object, policy: object = allow('cognito-identity:*'), account = LOCAL_ACCOUNT) =>
  JSON.stringify({ match, account, policy })
const OPERATORS = {
  OPERATOR_OIDC: JSON.stringify({ issuer: `https://${OIDC}`, clientId: 'console' }),
  OPERATOR_ROLE_admin: role({ groups: ['platform', 'security'] }),
  OPERATOR_ROLE_mail: role({ email: 'ann@example.com' }, allow('cognito-identity:ListIdentityPools')),
  OPERATOR_ROLE_reader: role({ groups: 'support', mfa: 'true' }, allow('cognito-identity:Describe*'), '111122223333'),
}
const NO_ROLE = 'No role of operators matches the claims of this token.'

let idp: Providers
let serve: Serve
let log: CapturedLog
beforeAll(async () => {
  idp = await startProviders()
  serve = await deploy(OPERATORS)
})
beforeEach(() => {
  log = captureLog()
  return () => log.restore()
})

const recordOf = (name: string) => log.records().findLast(({ eventName }) => eventName === name)
const tokenOf = (subject: string, claims: object) =>
  idp.token(OIDC, subject, { aud: 'console', nonce: NONCE, ...claims })
const signIn = async (input: object, options: object = {}) =>
  call<OperatorSession>('GetOperatorSession', input, { service: 'edge-identity', signed: false, serve, ...options })
const signedIn = async (subject: string, claims: object, more: object = {}) =>
  succeeded(await signIn({ IdToken: await tokenOf(subject, claims), Nonce: NONCE, ...more }))

afterEach(() => {
  vi.useRealTimers()
})

describe('GetOperatorSession', () => {
  it('gives an operator an hour in the first role that the claims match', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const session = await signedIn('ann', { groups: ['support', 'security'], mfa: true })
    expect(session).toEqual({
      RoleName: 'admin',
      Account: LOCAL_ACCOUNT,
      Arn: expect.stringMatching(/^arn:aws:sts::000000000000:assumed-role\/operator-admin\/[0-9a-f]{32}$/),
      Credentials: {
        AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
        SecretKey: expect.stringMatching(/^.{40}$/),
        SessionToken: expect.any(String),
        Expiration: Math.floor(Date.now() / 1000) + 3600,
      },
    })
  })

  it('gives the role that is asked for, if the claims match it', async () => {
    const claims = { groups: ['support', 'security'], mfa: true }
    expect(await signedIn('ann', claims, { RoleName: 'reader' })).toMatchObject({
      RoleName: 'reader',
      Account: '111122223333',
    })
    const IdToken = await tokenOf('ann', { groups: ['security'] })
    expectFault(await signIn({ IdToken, Nonce: NONCE, RoleName: 'reader' }), 'NotAuthorizedException', NO_ROLE)
  })

  it('makes a key that may do what the role may, and says who it is', async () => {
    const { Arn, Credentials } = await signedIn('ann', { groups: 'platform' })
    const signed = signingKeyOf(Credentials)
    const pool = succeeded(
      await call<{ IdentityPoolId: string }>(
        'CreateIdentityPool',
        { IdentityPoolName: 'of-an-operator', AllowUnauthenticatedIdentities: false },
        { signed, serve },
      ),
    )
    expect(pool.IdentityPoolId).toMatch(/^us-east-1:/)
    expect(recordOf('CreateIdentityPool')).toMatchObject({ userIdentity: { type: 'AssumedRole', arn: Arn } })
    const denied = await call(
      'FindIdentity',
      { IdentityPoolId: pool.IdentityPoolId, Provider: OIDC, Subject: 'x' },
      { service: 'edge-identity', signed, serve },
    )
    expect(denied).toMatchObject({ status: 400, body: { __type: 'AccessDeniedException' } })
    const asked = await query('sts', { Action: 'GetCallerIdentity' }, { signed, serve })
    expect(asked.parsed.GetCallerIdentityResponse.GetCallerIdentityResult.Arn).toBe(Arn)
  })

  it('records who signed in, and neither token nor claims', async () => {
    const IdToken = await tokenOf('ann', { groups: 'platform', email: 'ann@example.com' })
    const { Arn, Credentials } = succeeded(await signIn({ IdToken, Nonce: NONCE }))
    expect(recordOf('GetOperatorSession')).toMatchObject({
      recipientAccountId: LOCAL_ACCOUNT,
      responseElements: { accessKeyId: Credentials.AccessKeyId },
      additionalEventData: { operator: Arn.slice(-32), role: Arn },
    })
    for (const secret of [
      IdToken,
      NONCE,
      Credentials.SecretKey,
      Credentials.SessionToken,
      'ann@example.com',
      'platform',
    ])
      expect(log.lines().join('\n')).not.toContain(secret)
  })

  it('takes an address of mail only if the provider has verified it', async () => {
    const email = 'ann@example.com'
    expect(await signedIn('ann', { email, email_verified: true })).toMatchObject({ RoleName: 'mail' })
    for (const claims of [{ email }, { email, email_verified: 'true' }, { email, email_verified: false }])
      expectFault(
        await signIn({ IdToken: await tokenOf('ann', claims), Nonce: NONCE }),
        'NotAuthorizedException',
        NO_ROLE,
      )
  })

  it.each<[string, object]>([
    ['no claim', {}],
    ['another group', { groups: ['platforms'] }],
    ['one claim of two', { groups: 'support' }],
    ['a claim of another type', { groups: 'support', mfa: 1 }],
    ['a claim of JavaScript', { groups: { 0: 'platform', length: 1 } }],
  ])('gives no role for %s', async (_, claims) => {
    expectFault(
      await signIn({ IdToken: await tokenOf('ann', claims), Nonce: NONCE }),
      'NotAuthorizedException',
      NO_ROLE,
    )
    expect(recordOf('GetOperatorSession')?.additionalEventData).toMatchObject({ reason: 'operator_role' })
  })

  it.each<[string, () => Promise<string>, string, RegExp]>([
    [
      'for another client',
      () => tokenOf('ann', { aud: CLIENT[OIDC], groups: 'platform' }),
      NONCE,
      /Incorrect token audience/,
    ],
    [
      'of another provider',
      () => idp.token('accounts.google.com', 'ann', { groups: 'platform', nonce: NONCE }),
      NONCE,
      /./,
    ],
    ['that is forged', () => idp.forged(OIDC, 'ann'), NONCE, /./],
    [
      'with another nonce',
      () => tokenOf('ann', { groups: 'platform' }),
      'another-nonce-of-32-characters-or',
      /nonce of the token/,
    ],
    ['without a nonce', () => tokenOf('ann', { groups: 'platform', nonce: undefined }), NONCE, /nonce of the token/],
    [
      'of six minutes ago',
      () => tokenOf('ann', { groups: 'platform', iat: Math.floor(Date.now() / 1000) - 360 }),
      NONCE,
      /too old/,
    ],
    [
      'that has expired',
      () => tokenOf('ann', { groups: 'platform', exp: Math.floor(Date.now() / 1000) - 3600 }),
      NONCE,
      /expired/,
    ],
    ['that is no token', async () => 'eyJ', NONCE, /./],
  ])('refuses a token %s', async (_, token, Nonce, message) => {
    const answer = await signIn({ IdToken: await token(), Nonce })
    expect(answer).toMatchObject({
      status: 400,
      body: { __type: 'NotAuthorizedException', message: expect.stringMatching(message) },
    })
  })

  it('needs a token and a nonce', async () => {
    const message = 'Give IdToken and Nonce.'
    expectFault(await signIn({}), 'InvalidParameterException', message)
    expectFault(
      await signIn({ IdToken: await tokenOf('ann', { groups: 'platform' }) }),
      'InvalidParameterException',
      message,
    )
  })

  it('refuses everybody where OPERATOR_OIDC is not set', async () => {
    const answer = await signIn({ IdToken: 'x', Nonce: NONCE }, { serve: await deploy() })
    expectFault(answer, 'NotAuthorizedException', 'Operators do not sign in here: OPERATOR_OIDC is not set.')
  })
})

describe('the session of an operator', () => {
  it('ends when its role is taken out of the settings, and follows its policy', async () => {
    const { Credentials } = await signedIn('ann', { groups: 'platform' })
    const signed = signingKeyOf(Credentials)
    const list = (settings: object) => async () =>
      call('ListIdentityPools', { MaxResults: 1 }, { signed, serve: await deploy({ ...OPERATORS, ...settings }) })
    expect((await list({})()).status).toBe(200)
    const narrowed = await list({ OPERATOR_ROLE_admin: role({ groups: 'platform' }, allow('iam:ListRoles')) })()
    expect(narrowed.body).toMatchObject({ __type: 'AccessDeniedException' })
    const gone = await list({ OPERATOR_ROLE_admin: undefined })()
    expect(gone.body).toMatchObject({ __type: 'UnrecognizedClientException' })
  })

  it('is no good with another key id or a secret of its own', async () => {
    const { Credentials } = await signedIn('ann', { groups: 'platform' })
    const signed = signingKeyOf(Credentials)
    const other = signingKeyOf((await signedIn('ben', { groups: 'platform' })).Credentials)
    for (const key of [
      { ...signed, accessKeyId: other.accessKeyId },
      { ...signed, sessionToken: other.sessionToken ?? '' },
    ])
      expect((await call('ListIdentityPools', { MaxResults: 1 }, { signed: key, serve })).body).toMatchObject({
        __type: 'UnrecognizedClientException',
      })
    const forged = await call(
      'ListIdentityPools',
      { MaxResults: 1 },
      { signed: { ...signed, secretAccessKey: other.secretAccessKey }, serve },
    )
    expect(forged.body).toMatchObject({ __type: 'InvalidSignatureException' })
  })

  it('is never had by what an identity of a pool has, nor the other way round', async () => {
    const pool = await createPool({ AllowUnauthenticatedIdentities: true })
    succeeded(
      await call('SetIdentityPoolRoles', {
        IdentityPoolId: pool,
        Roles: { unauthenticated: `arn:aws:iam::${LOCAL_ACCOUNT}:role/operator-admin` },
      }),
    )
    const guest = await getId(pool)
    const { Credentials } = succeeded(
      await call<{ Credentials: Vended }>('GetCredentialsForIdentity', { IdentityId: guest }, { serve }),
    )
    const refused = await call('ListIdentityPools', { MaxResults: 1 }, { signed: signingKeyOf(Credentials), serve })
    expect(refused.body).toMatchObject({ __type: 'AccessDeniedException' })
    expect((await callerOf(signingKeyOf(Credentials))).Arn).toContain('CognitoIdentityCredentials')
  })

  it('is not opened by a token for operators that is handed to a pool, even if the pool lists that client', async () => {
    const listed = await query('iam', {
      Action: 'AddClientIDToOpenIDConnectProvider',
      OpenIDConnectProviderArn: OIDC_ARN,
      ClientID: 'console',
    })
    expect(listed.status).toBe(200)
    const pool = await createPool(ALL_PROVIDERS)
    const Logins = { [OIDC]: await tokenOf('ann', { groups: 'platform' }) }
    const refused = await call('GetId', { IdentityPoolId: pool, Logins }, { serve })
    expect(refused.body).toMatchObject({ __type: 'NotAuthorizedException' })
    // Where nobody signs in as an operator, the client is one like others.
    expect((await call('GetId', { IdentityPoolId: pool, Logins })).status).toBe(200)
  })
})

describe('GetOperatorSession behind Cloudflare Access', () => {
  const settings = {
    OPERATOR_OIDC: JSON.stringify({ issuer: `https://${TEAM}`, clientId: 'tag-of-the-application', access: true }),
    OPERATOR_ROLE_admin: role({ email: 'ann@example.com' }),
  }
  const assertion = (claims: object = {}) =>
    idp.token(TEAM, 'ann-in-access', {
      aud: ['tag-of-the-application'],
      email: 'ann@example.com',
      type: 'app',
      ...claims,
    })
  beforeAll(() => idp.network.serve(`https://${TEAM}/cdn-cgi/access/certs`, idp.keys))

  it('takes the assertion that comes with the request', async () => {
    const headers = { 'cf-access-jwt-assertion': await assertion() }
    expect(succeeded(await signIn({}, { headers, serve: await deploy(settings) }))).toMatchObject({ RoleName: 'admin' })
  })

  it('refuses a request without one, one for another application, and a token in the input', async () => {
    const own = await deploy(settings)
    expectFault(
      await signIn({}, { serve: own }),
      'NotAuthorizedException',
      'The request did not come through Cloudflare Access.',
    )
    const headers = { 'cf-access-jwt-assertion': await assertion({ aud: ['another'] }) }
    expect((await signIn({}, { headers, serve: own })).body).toMatchObject({ __type: 'NotAuthorizedException' })
    const given = await signIn({ IdToken: await assertion(), Nonce: NONCE }, { serve: own })
    expectFault(given, 'InvalidParameterException', 'Operators sign in by Cloudflare Access. Leave IdToken out.')
  })
})
