import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DECISION_READ_MS } from '../../src/audit/limits.ts'
import { KV_READ_MS } from '../../src/base/deadline.ts'
import { OBJECT_READ_MS, OBJECT_WRITE_MS } from '../../src/base/objects.ts'
import { OTHER_RINGS_MS, RING_WAIT_MS } from '../../src/tokens/limits.ts'
import { createPool, getId, succeeded } from '../operations/support/pools.ts'
import { call, expectFault, expectXmlFault, query } from '../support/client.ts'
import { deploy, type Serve } from '../support/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { shortenTimeLimits } from '../support/time-limits.ts'

const LATE = 'The service did not answer in time. The request may have been carried out.'
const never = () => new Promise<never>(() => {})

/** A namespace whose objects take every call and answer none. */
const HANGING_OBJECTS = { getByName: (_name: string): object => new Proxy({}, { get: () => never }) }
const HANGING_KV = { get: never, put: never }

let errors: () => string[]

beforeEach(() => {
  const spy = vi.spyOn(console, 'error').mockImplementation(() => {})
  errors = () => spy.mock.calls.map(([record]) => String(record))
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => vi.restoreAllMocks())

/** The only limit that ends is this one. */
const onlyEnds = (limit: number) => shortenTimeLimits((milliseconds) => milliseconds === limit)

const keyDocument = (serve: Serve) =>
  serve(new Request('http://localhost/.well-known/jwks_uri', { headers: { host: 'localhost' } }))

describe('while the objects of accounts hang', () => {
  it.each([
    ['read', OBJECT_READ_MS, { Action: 'ListRoles' }],
    [
      'written',
      OBJECT_WRITE_MS,
      { Action: 'CreateOpenIDConnectProvider', Url: 'https://idp.example.com', 'ClientIDList.member.1': 'a' },
    ],
  ])('an operation for which one is %s fails in time, as SDKs try again', async (_, limit, params) => {
    onlyEnds(limit)
    const serve = await deploy({ ACCOUNT: HANGING_OBJECTS })
    expectXmlFault(await query('iam', params, { serve }), 500, 'InternalFailure', LATE)
    expect(errors().map((record) => JSON.parse(record))).toEqual([
      {
        level: 'error',
        event: 'unanswered',
        requestId: expect.any(String),
        message: `Account did not answer within ${limit} ms`,
      },
    ])
  })

  it('logins by providers of the account fail in time, and guests are served', async () => {
    const provider = 'arn:aws:iam::000000000000:oidc-provider/idp.example.com'
    const pool = await createPool({ OpenIdConnectProviderARNs: [provider] })
    onlyEnds(OBJECT_READ_MS)
    const serve = await deploy({ ACCOUNT: HANGING_OBJECTS })
    const login = { IdentityPoolId: pool, Logins: { 'idp.example.com': 'a.b.c' } }
    expectFault(await call('GetId', login, { serve }), 'InternalErrorException', LATE)
    succeeded(await call('GetId', { IdentityPoolId: pool }, { serve }))
  })
})

describe('while the objects of pools hang', () => {
  it('their users are answered in time', async () => {
    const pool = await createPool()
    onlyEnds(OBJECT_READ_MS)
    const serve = await deploy({ IDENTITY_POOL: HANGING_OBJECTS })
    expectFault(await call('GetId', { IdentityPoolId: pool }, { serve }), 'InternalErrorException', LATE)
  })
})

describe('while KV hangs', () => {
  it('tokens and key documents wait a few hundred milliseconds for it', async () => {
    const IdentityId = await getId(await createPool())
    const limits = onlyEnds(KV_READ_MS)
    const serve = await deploy({ CACHE: HANGING_KV })
    succeeded(await call('GetOpenIdToken', { IdentityId }, { serve }))
    expect((await keyDocument(serve)).status).toBe(200)
    // Once for each of two rings: that of identities, and the other one whose keys are published.
    expect(limits.mock.calls.filter(([limit]) => limit === KV_READ_MS)).toHaveLength(2)
  })

  it('who asks for a decision is told that there was no answer, rather than that none is kept', async () => {
    onlyEnds(DECISION_READ_MS)
    const serve = await deploy({ CACHE: HANGING_KV })
    const asked = { RequestId: crypto.randomUUID() }
    const answer = await call('ExplainRequest', asked, { serve, service: 'edge-identity' })
    expectFault(answer, 'InternalErrorException', LATE)
  })
})

describe('while the object of the key ring hangs', () => {
  it('the copy in KV serves tokens and key documents', async () => {
    const published = await (await keyDocument(await deploy())).json()
    const IdentityId = await getId(await createPool())
    for (const ring of ['keyring:RS256', 'keyring:ES384'])
      await eventually(async () => expect(await env.CACHE.get(ring)).not.toBeNull())
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
    onlyEnds(RING_WAIT_MS)
    const serve = await deploy({ KEY_RING: HANGING_OBJECTS })
    expect(await (await keyDocument(serve)).json()).toEqual(published)
    succeeded(await call('GetOpenIdToken', { IdentityId }, { serve }))
    vi.useRealTimers()
  })

  it('if it is that of keys for other relying parties alone, keys of identities are published, for a minute', async () => {
    onlyEnds(OTHER_RINGS_MS)
    const getByName = (name: string) => (name === 'ES384' ? HANGING_OBJECTS : env.KEY_RING).getByName(name)
    const serve = await deploy({ KEY_RING: { getByName }, CACHE: { get: async () => null, put: async () => {} } })
    const answer = await keyDocument(serve)
    const { keys } = await answer.json<{ keys: { alg: string }[] }>()
    expect(answer.headers.get('cache-control')).toBe('public, max-age=60')
    expect(keys.map(({ alg }) => alg)).toEqual(['RS256'])
  })
})
