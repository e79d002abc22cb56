import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { LIMITED_KEY, LIMITED_USER_ARN, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { type CallOptions, call, expectFault, LOCAL_KEY, newAddress, query } from '../../support/client.ts'
import { deploy } from '../../support/deployment.ts'
import { eventually } from '../../support/eventually.ts'
import { type AuditRecord, type CapturedLog, captureLog } from '../support/audit.ts'
import { getCredentials, poolWith, USER } from '../support/credentials.ts'
import { createPool, getId, succeeded } from '../support/pools.ts'
import { ALL_PROVIDERS, OIDC, type Providers, startProviders } from '../support/providers.ts'

const NOBODYS = '5c8b0a52-0000-4000-8000-000000000000'

let idp: Providers
let pool: string
let log: CapturedLog
beforeAll(async () => {
  idp = await startProviders()
  pool = await createPool(ALL_PROVIDERS)
})
beforeEach(() => {
  log = captureLog()
})
afterEach(() => log.restore())

type Explained = { RequestId: string; Record: AuditRecord }

const explain = (RequestId: string, options: CallOptions = {}) =>
  call<Explained>('ExplainRequest', { RequestId }, { service: 'edge-identity', ...options })

/** The decision behind a request, which is kept a moment after the answer. */
async function explained(RequestId: string, options: CallOptions = {}): Promise<Explained> {
  return eventually(async () => succeeded(await explain(RequestId, options)))
}

const requestIdOf = ({ headers }: { headers: Headers }) => headers.get('x-amzn-RequestId') ?? ''

const refusedLogin = async () =>
  call('GetId', { IdentityPoolId: pool, Logins: { [OIDC]: await idp.token(OIDC, 'ann', { aud: 'another-app' }) } })

const unknown = (id: string) => `No decision of request '${id}' is kept.`

/** KV that keeps what is put, and then does as it is told. */
function fakeCache({ failing = false } = {}) {
  const kept = new Map<string, { value: string; options: unknown }>()
  const fail = () => Promise.reject(new Error('KV is away'))
  return {
    kept,
    CACHE: {
      get: async (key: string, type: string) =>
        failing && key.startsWith('decision:')
          ? fail()
          : type === 'json'
            ? JSON.parse(kept.get(key)?.value ?? 'null')
            : null,
      put: async (key: string, value: string, options: unknown) =>
        failing ? fail() : void kept.set(key, { value, options }),
    },
  }
}

describe('ExplainRequest', () => {
  it('gives the very record of a refused request, whose answer had not told why', async () => {
    const RequestId = requestIdOf(await refusedLogin())
    const answer = await explained(RequestId)
    const [record] = log.records()
    expect(answer).toEqual({ RequestId, Record: JSON.parse(JSON.stringify(record)) })
    expect(answer.Record).toMatchObject({
      eventName: 'GetId',
      additionalEventData: { pool, logins: [{ reason: 'audience', found: 'another-app', expected: ['oidc-client'] }] },
    })
  })

  it('gives the record of issued credentials, in local mode', async () => {
    const withRole = await poolWith({ Roles: { authenticated: USER } })
    const logins = { [OIDC]: await idp.token(OIDC, 'ann') }
    const RequestId = requestIdOf(await getCredentials(await getId(withRole, logins), logins))
    expect((await explained(RequestId)).Record).toMatchObject({
      eventName: 'GetCredentialsForIdentity',
      additionalEventData: { role: USER, roleChosen: { by: 'default', role: 'authenticated' } },
    })
  })

  it('gives the record of a signed call, that of IAM among them', async () => {
    const RequestId = requestIdOf(await query('iam', { Action: 'GetRole', RoleName: 'nobody' }))
    expect((await explained(RequestId)).Record).toMatchObject({ eventName: 'GetRole', errorCode: 'NoSuchEntity' })
  })

  it('gives the last refusal in local mode, of whoever asked for what, without its id', async () => {
    const wrong = { signed: { ...LOCAL_KEY, secretAccessKey: 'wrong' } }
    const RequestId = requestIdOf(await call('ListIdentityPools', { MaxResults: 1 }, wrong))
    const found = await eventually(async () => {
      const answer = succeeded(await explain('last'))
      expect(answer.RequestId).toBe(RequestId)
      return answer
    })
    expect(found.Record).toMatchObject({ eventName: 'ListIdentityPools', errorCode: 'InvalidSignatureException' })
    await getId(pool)
    expectFault(await explain(NOBODYS), 'ResourceNotFoundException', unknown(NOBODYS))
    expect(succeeded(await explain('last')).RequestId).toBe(RequestId)
  })

  it('knows of no last refusal at a deployment', async () => {
    const { CACHE, kept } = fakeCache()
    const secret = 'x'.repeat(32)
    const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
    const key = JSON.stringify({ secret, account: '111122223333', policy })
    const serve = await deploy({
      CACHE,
      LOCAL_MODE: undefined,
      ISSUER: 'https://id.example',
      STS_ENDPOINT: 'embedded',
      KEY_ENCRYPTION_KEY: btoa('k'.repeat(32)),
      ACCESS_KEY_OPERATOR: key,
    })
    const signed = { accessKeyId: 'OPERATOR', secretAccessKey: secret }
    const options = { serve, signed, url: 'https://id.example/' }
    expect((await call('DescribeIdentityPool', { IdentityPoolId: pool }, options)).status).toBe(400)
    expectFault(await explain('last', options), 'ResourceNotFoundException', 'No refusal is kept.')
    expect([...kept.keys()].filter((name) => name.startsWith('decision:'))).not.toContain('decision:last')
  })

  it('knows nothing of a request that nobody made', async () => {
    expectFault(await explain(NOBODYS), 'ResourceNotFoundException', unknown(NOBODYS))
  })

  it("knows nothing of another account's requests, and as little as of none", async () => {
    const RequestId = requestIdOf(await refusedLogin())
    await explained(RequestId)
    const other = { signed: OTHER_ACCOUNT_KEY }
    expectFault(await explain(RequestId, other), 'ResourceNotFoundException', unknown(RequestId))
    const theirs = await call('DescribeIdentityPool', { IdentityPoolId: pool }, other)
    const theirId = requestIdOf(theirs)
    expect((await explained(theirId, other)).Record).toMatchObject({ eventName: 'DescribeIdentityPool' })
    expectFault(await explain(theirId), 'ResourceNotFoundException', unknown(theirId))
  })

  it.each<[string, () => Promise<{ headers: Headers }>]>([
    ['nothing came of', () => call('DescribeIdentityPool', { IdentityPoolId: pool })],
    ['nobody signed', () => call('DescribeIdentityPool', { IdentityPoolId: pool }, { signed: false })],
    [
      'somebody else signed',
      () => call('ListIdentityPools', { MaxResults: 1 }, { signed: { ...LOCAL_KEY, secretAccessKey: 'wrong' } }),
    ],
    ['names no pool', () => call('GetId', { IdentityPoolId: 'us-east-1:00000000-0000-4000-8000-000000000000' })],
    ['nobody can read', () => call('GetId', '{')],
  ])('knows nothing of a request that %s', async (_, act) => {
    const [RequestId, later] = [requestIdOf(await act()), requestIdOf(await refusedLogin())]
    await explained(later)
    expectFault(await explain(RequestId), 'ResourceNotFoundException', unknown(RequestId))
    expect(await env.CACHE.get(`decision:${RequestId}`)).toBeNull()
  })

  it('is for those who may', async () => {
    const RequestId = requestIdOf(await refusedLogin())
    expectFault(
      await explain(RequestId, { signed: LIMITED_KEY }),
      'AccessDeniedException',
      `User: ${LIMITED_USER_ARN} is not authorized to perform: edge-identity:ExplainRequest on resource: * because no identity-based policy allows the edge-identity:ExplainRequest action`,
    )
    const policy = (Action: string) => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
    })
    const key = { accessKeyId: 'EXPLAINER', secretAccessKey: 'secret-of-a-key-that-may-explain-0001' }
    for (const [Action, status] of [
      ['edge-identity:ExplainRequest', 200],
      ['edge-identity:*', 200],
      ['cognito-identity:*', 400],
    ] as const) {
      const setting = { secret: key.secretAccessKey, account: '000000000000', policy: policy(Action) }
      const serve = await deploy({ ACCESS_KEY_EXPLAINER: JSON.stringify(setting) })
      await explained(RequestId)
      expect((await explain(RequestId, { signed: key, serve })).status).toBe(status)
    }
  })

  it.each<[string, string, CallOptions]>([
    ['no signature', 'MissingAuthenticationTokenException', { signed: false }],
    ['another secret', 'InvalidSignatureException', { signed: { ...LOCAL_KEY, secretAccessKey: 'wrong' } }],
  ])('refuses a request with %s', async (_, code, options) => {
    expect((await explain(NOBODYS, options)).body).toMatchObject({ __type: code })
  })

  it('refuses a signature for cognito-identity, and is no operation of that service', async () => {
    const target = { 'x-amz-target': 'EdgeIdentity.ExplainRequest' }
    const answer = await call('ExplainRequest', { RequestId: NOBODYS }, { headers: target })
    expect(answer.body).toMatchObject({ __type: 'InvalidSignatureException' })
    expectFault(await call('ExplainRequest', { RequestId: NOBODYS }), 'UnknownOperationException')
  })

  it.each([
    ['no id', {}],
    ['a short id', { RequestId: NOBODYS.slice(1) }],
    ['an id with other letters', { RequestId: NOBODYS.replace('5c', '../') }],
  ])('refuses %s', async (_, input) => {
    const answer = await call('ExplainRequest', input, { service: 'edge-identity' })
    expect(answer.body).toMatchObject({ __type: 'ValidationException' })
  })

  it('leaves no record when it answers', async () => {
    const RequestId = requestIdOf(await refusedLogin())
    await explained(RequestId)
    expect(log.records().filter(({ eventName, errorCode }) => eventName === 'ExplainRequest' && !errorCode)).toEqual([])
  })
})

describe('The decisions of a deployment', () => {
  it.each([
    ['all', [true, true]],
    ['refusals', [false, true]],
    ['off', [false, false]],
    [undefined, [true, true]],
  ])('are kept as DECISIONS says, in local mode all: %s', async (DECISIONS, expected) => {
    const { CACHE, kept } = fakeCache()
    const serve = await deploy({ CACHE, DECISIONS })
    const [issued, refused] = [
      await call('GetId', { IdentityPoolId: pool }, { serve }),
      await call('GetOpenIdToken', { IdentityId: await getId(pool), Logins: { 'unlisted.example': 'x' } }, { serve }),
    ]
    expect([issued.status, refused.status]).toEqual([200, 400])
    const keys = [issued, refused].map((answer) => `decision:${requestIdOf(answer)}`)
    expect(keys.map((key) => kept.has(key))).toEqual(expected)
  })

  it('are kept for seven days', async () => {
    const { CACHE, kept } = fakeCache()
    const answer = await call('GetId', { IdentityPoolId: pool }, { serve: await deploy({ CACHE }) })
    expect(kept.get(`decision:${requestIdOf(answer)}`)).toEqual({
      value: JSON.stringify(log.records()[0]),
      options: { expirationTtl: 604_800 },
    })
  })

  it('are a bounded number in a minute', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const { CACHE, kept } = fakeCache()
      const serve = await deploy({ CACHE })
      const signed = { signed: false, serve, headers: { 'cf-connecting-ip': newAddress() } } as const
      const refuse = () => call('GetOpenIdToken', { IdentityId: guest, Logins: { 'unlisted.example': 'x' } }, signed)
      const guest = await getId(pool)
      for (let n = 0; n < 130; n++) expect((await refuse()).status).toBe(400)
      expect([...kept.keys()].filter((key) => /^decision:.{36}$/.test(key))).toHaveLength(120)
      expect(log.records().filter(({ eventName }) => eventName === 'GetOpenIdToken')).toHaveLength(130)
    } finally {
      vi.useRealTimers()
    }
  })

  it('are lost without harm while KV fails, and then cannot be asked about', async () => {
    const { CACHE } = fakeCache({ failing: true })
    const serve = await deploy({ CACHE })
    const answer = await call('GetId', { IdentityPoolId: pool }, { serve })
    succeeded(answer)
    await eventually(() => expect(log.lines().join()).toContain('decision_not_kept'))
    expect(log.records()).toHaveLength(1)
    expectFault(
      await explain(requestIdOf(answer), { serve }),
      'InternalErrorException',
      'The service failed to answer. The request id tells its operator why.',
    )
  })
})
