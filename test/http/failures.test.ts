import { afterEach, describe, expect, it, vi } from 'vitest'
import { call, expectFault, expectXmlFault, query } from '../support/client.ts'
import { deploy } from '../support/deployment.ts'

const BLAND = 'The service failed to answer. The request id tells its operator why.'
const SECRET = 'AKIASECRET at /srv/secret.ts:1'
const id = 'us-east-1:9f3c2a71-0000-4d1e-b2c4-6a0f5e7d9c10'

/** A binding that fails as the platform's do. */
const failing = (error: unknown) => ({
  getByName: () => {
    throw error
  },
})

afterEach(() => vi.restoreAllMocks())

describe('what nobody foresaw', () => {
  it.each([
    ['an error', new Error(SECRET)],
    ['an error of the runtime', new TypeError(SECRET)],
    ['what is no error', SECRET],
  ])('leaves as one bland fault, and its operator is told: %s', async (_, thrown) => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    const serve = await deploy({ IDENTITY_POOL: failing(thrown) })
    const answer = await call('GetId', { IdentityPoolId: id }, { serve })
    expectFault(answer, 'InternalErrorException', BLAND)
    expect(JSON.stringify([...answer.headers])).not.toContain('SECRET')
    expect(logged.mock.calls.map(([record]) => JSON.parse(record))).toEqual([
      expect.objectContaining({
        level: 'error',
        event: 'unhandled',
        requestId: answer.headers.get('x-amzn-RequestId'),
        message: SECRET,
      }),
    ])
  })

  it('leaves in XML to who asked in AWS query', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const serve = await deploy({ ACCOUNT: failing(new Error(SECRET)) })
    const answer = await query('iam', { Action: 'ListRoles' }, { serve })
    expectXmlFault(answer, 500, 'InternalFailure', BLAND)
  })

  it('leaves as the same fault where a document should be', async () => {
    for (const method of ['warn', 'error'] as const) vi.spyOn(console, method).mockImplementation(() => {})
    const serve = await deploy({ KEY_RING: failing(new Error(SECRET)), CACHE: { get: async () => null } })
    const response = await serve(
      new Request('http://localhost/.well-known/jwks_uri', { headers: { host: 'localhost' } }),
    )
    const text = await response.text()
    expect(response.status).toBe(500)
    expect(text).not.toContain('SECRET')
    expect(JSON.parse(text)).toEqual({ __type: 'InternalErrorException', message: 'The signing keys are unavailable.' })
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('cache-control')).toBeNull()
  })

  it('is nothing that an SDK tries again when an object is full, and is told to the operator', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    const serve = await deploy({ IDENTITY_POOL: failing(new Error('database or disk is full: SQLITE_FULL')) })
    const answer = await call('GetId', { IdentityPoolId: id }, { serve })
    expectFault(
      answer,
      'InvalidIdentityPoolConfigurationException',
      'There is no room left for new identities. The request id tells the operator where.',
    )
    expect(logged.mock.calls.map(([record]) => JSON.parse(record))).toEqual([
      {
        level: 'error',
        event: 'storage_full',
        requestId: answer.headers.get('x-amzn-RequestId'),
        message: 'database or disk is full: SQLITE_FULL',
      },
    ])
  })

  it('is throttling when an object has more work than it can take', async () => {
    const serve = await deploy({ IDENTITY_POOL: failing(Object.assign(new Error(SECRET), { overloaded: true })) })
    const answer = await call('GetId', { IdentityPoolId: id }, { serve })
    expectFault(answer, 'TooManyRequestsException', 'Rate exceeded')
  })
})

describe('a deployment whose settings cannot stand', () => {
  const settings = {
    LOCAL_MODE: undefined,
    ISSUER: 'https://id.example',
    STS_ENDPOINT: 'aws',
    KEY_ENCRYPTION_KEY: btoa('k'.repeat(32)),
  }

  it.each([
    [
      { ISSUER: undefined },
      'Edge Identity is not configured: ISSUER is required: the https URL under which this Worker is reached.',
    ],
    [
      { KEY_ENCRYPTION_KEY: undefined },
      'Edge Identity is not configured: KEY_ENCRYPTION_KEY is required: 32 random bytes in base64.',
    ],
    [
      { KEY_ENCRYPTION_KEY: 'c2hvcnQ=' },
      'Edge Identity is not configured: KEY_ENCRYPTION_KEY is not 32 bytes in base64.',
    ],
    [
      { KEY_ENCRYPTION_KEY_PREVIOUS: 'c2hvcnQ=' },
      'Edge Identity is not configured: KEY_ENCRYPTION_KEY_PREVIOUS is not 32 bytes in base64.',
    ],
  ])('serves nothing but the sentence that says so: %o', async (change, sentence) => {
    const serve = await deploy({ ...settings, ...change })
    for (const [method, path] of [
      ['GET', '/'],
      ['POST', '/'],
      ['OPTIONS', '/'],
      ['GET', '/.well-known/jwks_uri'],
    ] as const) {
      const response = await serve(new Request(`https://id.example${path}`, { method }))
      expect([method, path, response.status, await response.text()]).toEqual([method, path, 500, `${sentence}\n`])
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
    }
  })

  it('names the access key whose policy cannot be read, and not its secret', async () => {
    const secret = 'a-secret-that-nobody-may-read-anywhere'
    const key = { secret, account: '111122223333', policy: { Version: '2012-10-17', Statement: [{ Effect: 'Maybe' }] } }
    const serve = await deploy({ ...settings, ACCESS_KEY_AKIAEXAMPLE: JSON.stringify(key) })
    const response = await serve(new Request('https://id.example/'))
    const text = await response.text()
    expect(response.status).toBe(500)
    expect(text).toMatch(
      /^Edge Identity is not configured: ACCESS_KEY_AKIAEXAMPLE has a "policy" that cannot be read: /,
    )
    expect(text).not.toContain(secret)
  })
})
