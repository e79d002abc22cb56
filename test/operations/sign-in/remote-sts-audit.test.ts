import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { errorAnswer } from '../../credentials/answers.ts'
import { call, expectFault } from '../../support/client.ts'
import { deploy, type Serve } from '../../support/deployment.ts'
import { type CapturedLog, captureLog, tokenIdOf } from '../support/audit.ts'
import { expectMisconfigured, GUEST, poolWith, USER, type VendedAnswer } from '../support/credentials.ts'
import { createDeveloperPool, signIn } from '../support/developers.ts'
import { getId, succeeded, succeededEmpty } from '../support/pools.ts'
import { OIDC, type Providers, startProviders } from '../support/providers.ts'
import { AWS_STS, NEXT_AWS_STS, RemoteSts, STORE, xml } from '../support/remote-sts.ts'

const UNANSWERED = 'The security token service did not answer as expected.'

let idp: Providers
let sts: RemoteSts
let log: CapturedLog
let store: Serve
let aws: Serve
let pool: string
let login: Record<string, string>
let user: string
beforeAll(async () => {
  idp = await startProviders()
  sts = new RemoteSts(idp.network)
  ;[store, aws] = await Promise.all([deploy({ STS_ENDPOINT: STORE }), deploy({ STS_ENDPOINT: 'aws' })])
  pool = await poolWith({ Roles: { authenticated: USER, unauthenticated: GUEST } })
  login = { [OIDC]: await idp.token(OIDC, 'ann') }
  user = await getId(pool, login)
})
beforeEach(() => {
  sts.reset()
  log = captureLog()
})
afterEach(() => log.restore())

const credentials = (serve: Serve) =>
  call<VendedAnswer>('GetCredentialsForIdentity', { IdentityId: user, Logins: login }, { serve })

/** The decision in the one record of all calls. */
function decision() {
  const records = log.records()
  expect(records).toHaveLength(1)
  return records[0]?.additionalEventData
}

const decided = async () => ({
  pool,
  logins: [{ provider: OIDC, accepted: true }],
  identity: user,
  guest: false,
  role: USER,
  roleChosen: { by: 'default', role: 'authenticated', custom: false },
  tagKeys: [],
  tokenId: await tokenIdOf(sts.sent.at(-1)?.get('WebIdentityToken') ?? ''),
})

describe('The record of credentials that another STS issued', () => {
  it.each<[string, () => Serve, string, string, string]>([
    ['AWS', () => aws, AWS_STS, '7f0e1a52-0000-4000-8000-000000000000', 'ASIAUPSTREAMUPSTREAM'],
    ['a store', () => store, STORE, '17F0', '6Q0CQPL8MV3TZB1X2Y4W'],
  ])('has the token and the exchange, by their ids: %s', async (_, serve, endpoint, requestId, accessKeyId) => {
    const answer = await credentials(serve())
    const { Credentials } = succeeded(answer)
    expect(decision()).toEqual({
      ...(await decided()),
      broker: endpoint === AWS_STS ? 'aws' : endpoint,
      upstream: { endpoint, requestId },
    })
    expect(log.records()[0]?.responseElements).toEqual({
      identityId: user,
      credentials: { accessKeyId, expiration: '2030-01-02T04:04:05.000Z' },
    })
    for (const secret of [Credentials.SecretKey, Credentials.SessionToken, sts.sent[0]?.get('WebIdentityToken')])
      expect(log.lines().join()).not.toContain(secret)
  })

  it('takes the id of the exchange from its headers first', async () => {
    sts.answer(() => xml('<no/>', 403, { 'x-amz-request-id': 'from-the-header' }))
    expectMisconfigured(await credentials(store))
    expect(decision()).toMatchObject({ upstream: { endpoint: STORE, requestId: 'from-the-header' } })
  })
})

describe('The record of credentials that another STS did not issue', () => {
  it.each<[string, () => Response | Promise<Response>, object]>([
    ['refuses', () => xml(errorAnswer('AccessDenied'), 403), { reason: 'sts_refused', code: 'AccessDenied' }],
    ['finds the session too long', () => xml(errorAnswer('ValidationError'), 400), { code: 'ValidationError' }],
  ])('has the exchange and the code where it %s, and not its message', async (_, answered, why) => {
    sts.answer(answered)
    expectMisconfigured(await credentials(store))
    expect(decision()).toEqual({
      ...(await decided()),
      broker: STORE,
      reason: 'sts_refused',
      ...why,
      upstream: { endpoint: STORE, requestId: 'r-1' },
    })
    expect(log.lines().join()).not.toContain('upstream text')
  })

  it('has the exchange where it throttles', async () => {
    sts.answer(() => xml(errorAnswer('Throttling'), 400))
    expectFault(await credentials(store), 'TooManyRequestsException', 'Rate exceeded')
    expect(decision()).toEqual({
      ...(await decided()),
      broker: STORE,
      reason: 'sts_throttled',
      upstream: { endpoint: STORE, requestId: 'r-1', code: 'Throttling' },
    })
  })

  it.each<[string, () => Response | Promise<Response>, object]>([
    [
      'it is not there',
      () => Promise.reject(new TypeError('refused')),
      { reason: 'sts_unreachable', why: 'network', upstream: { endpoint: STORE } },
    ],
    [
      'it fails',
      () => xml(errorAnswer('InternalFailure'), 500),
      {
        reason: 'sts_unreachable',
        why: 'server_error',
        upstream: { endpoint: STORE, requestId: 'r-1', code: 'InternalFailure' },
      },
    ],
    [
      'its answer has no credentials',
      () => xml('<AssumeRoleWithWebIdentityResponse/>'),
      { reason: 'sts_bad_answer', why: 'no_credentials', upstream: { endpoint: STORE } },
    ],
    [
      'its answer is a page',
      () => new Response('<html><p>upstream text'),
      { reason: 'sts_bad_answer', why: 'not_xml', upstream: { endpoint: STORE } },
    ],
  ])('has the endpoint where %s', async (_, answered, why) => {
    sts.answer(answered)
    expectFault(await credentials(store), 'ExternalServiceException', UNANSWERED)
    expect(decision()).toEqual({ ...(await decided()), broker: STORE, ...why })
    expect(log.records()[0]).not.toHaveProperty('responseElements')
    for (const text of ['upstream text', sts.sent[0]?.get('WebIdentityToken')])
      expect(log.lines().join()).not.toContain(text)
  })

  it('is one record where AWS is down in both regions, and nothing of it is kept for the next call', async () => {
    const down = () => xml(errorAnswer('ServiceUnavailable'), 503)
    sts.answer(down, AWS_STS)
    sts.answer(down, NEXT_AWS_STS)
    expectFault(await credentials(aws), 'ExternalServiceException', UNANSWERED)
    expect(decision()).toEqual({
      ...(await decided()),
      broker: 'aws',
      reason: 'sts_unreachable',
      why: 'server_error',
      upstream: { endpoint: NEXT_AWS_STS, requestId: 'r-1', code: 'ServiceUnavailable' },
    })
    sts.reset()
    succeeded(await credentials(aws))
    expect(sts.sent).toHaveLength(1)
  })

  it('has no token where none was sent, because the role cannot be of AWS', async () => {
    const foreign = 'arn:minio:iam:::role/app'
    succeeded(await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: { authenticated: foreign } }))
    log.clear()
    expectMisconfigured(await credentials(aws))
    const { tokenId: _, ...rest } = await decided()
    expect(decision()).toEqual({ ...rest, role: foreign, broker: 'aws', reason: 'invalid_role_arn' })
    expect(sts.sent).toEqual([])
    succeeded(await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: { authenticated: USER } }))
  })
})

describe('The token that another STS gets', () => {
  it('of a developer login is no token to hand back here, so that the STS cannot act as the user', async () => {
    const backed = await createDeveloperPool()
    succeededEmpty(await call('SetIdentityPoolRoles', { IdentityPoolId: backed, Roles: { authenticated: USER } }))
    const { IdentityId, Token } = await signIn(backed, 'ann')
    const handBack = (token: string) => ({ IdentityId, Logins: { 'cognito-identity.amazonaws.com': token } })
    succeeded(await call('GetCredentialsForIdentity', handBack(Token), { serve: store }))
    const sent = sts.sent[0]?.get('WebIdentityToken') ?? ''
    const refused = await call('GetCredentialsForIdentity', handBack(sent), { serve: store })
    expectFault(refused, 'NotAuthorizedException', 'Invalid login token. Not a Cognito token.')
    expect(log.records().at(-1)?.additionalEventData).toMatchObject({
      logins: [{ provider: 'cognito-identity.amazonaws.com', accepted: false, reason: 'other_use' }],
    })
  })
})

describe('AssumeRoleWithWebIdentity where another STS is in use', () => {
  it('is refused, with a record', async () => {
    const body = 'Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=web&WebIdentityToken=a.b.c'
    const headers = { 'content-type': 'application/x-www-form-urlencoded', host: 'localhost' }
    const url = 'http://localhost/'
    const request = new Request(url, { method: 'POST', headers, body: `${body}&RoleArn=${encodeURIComponent(USER)}` })
    expect((await store(request)).status).toBe(403)
    expect(log.records()).toEqual([
      expect.objectContaining({ eventName: 'AssumeRoleWithWebIdentity', errorCode: 'AccessDenied' }),
    ])
  })
})
