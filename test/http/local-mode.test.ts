import { describe, expect, it } from 'vitest'
import { call, expectFault, expectXmlFault, query } from '../support/client.ts'
import { deploy } from '../support/deployment.ts'

const LOOPBACK_ONLY = 'Local mode serves loopback hosts only. Set LOCAL_HOSTS to name others.'
const PAGES_ON_LOOPBACK_ONLY = 'Local mode takes signed calls from pages on loopback hosts only.'

/** A public call, which a pool that cannot exist answers once the guard has let it pass. */
const askAPool = (headers: Record<string, string>) => call('GetId', { IdentityPoolId: 'a:b' }, { headers })
const passes = (answer: Awaited<ReturnType<typeof askAPool>>) =>
  expectFault(answer, 'ResourceNotFoundException', "IdentityPool 'a:b' not found.")

describe('local mode', () => {
  it.each([
    'localhost',
    'localhost:8787',
    'LOCALHOST',
    'localhost.',
    'api.localhost',
    '127.0.0.1:80',
    '127.1.2.3',
    '[::1]:8787',
  ])('serves %s', async (host) => {
    passes(await askAPool({ host }))
  })

  it.each([
    'evil.example',
    'localhost.evil.example',
    'notlocalhost',
    'localhost@evil.example',
    'evil.example:8787',
    '0.0.0.0',
    '10.0.0.1',
    '192.168.1.10:8787',
    '[::2]',
    '169.254.169.254',
    'edge-identity.workers.dev',
    ' ',
    ':',
  ])('refuses to serve "%s"', async (host) => {
    expectFault(await askAPool({ host }), 'AccessDeniedException', LOOPBACK_ONLY)
  })

  it('refuses in XML who asks in AWS query', async () => {
    const answer = await query('sts', { Action: 'GetCallerIdentity' }, { url: 'http://evil.example/' })
    expectXmlFault(answer, 403, 'AccessDenied', LOOPBACK_ONLY)
  })

  it('serves no document to a host it does not know', async () => {
    const serve = await deploy()
    const request = new Request('http://evil.example/.well-known/jwks_uri', { headers: { host: 'evil.example' } })
    expect((await serve(request)).status).toBe(400)
  })

  it('serves the hosts that LOCAL_HOSTS names, and not their relatives', async () => {
    const serve = await deploy({ LOCAL_HOSTS: 'edge-identity, host.docker.internal' })
    const status = async (host: string) => (await serve(new Request('http://localhost/', { headers: { host } }))).status
    expect(await status('edge-identity:8787')).toBe(200)
    expect(await status('host.docker.internal')).toBe(200)
    expect(await status('localhost')).toBe(200)
    expect(await status('docker.internal')).toBe(400)
    expect(await status('x.edge-identity')).toBe(400)
  })

  it.each([
    'https://evil.example',
    'null',
    'http://localhost.evil.example',
    'http://192.168.1.10:3000',
    'chrome-extension://abcdefghijklmnop',
    'file://',
  ])('refuses a signed call from a page of "%s"', async (origin) => {
    const answer = await call('ListIdentityPools', { MaxResults: 1 }, { headers: { origin } })
    expectFault(answer, 'AccessDeniedException', PAGES_ON_LOOPBACK_ONLY)
    const xml = await query('sts', { Action: 'GetCallerIdentity' }, { headers: { origin } })
    expectXmlFault(xml, 403, 'AccessDenied', PAGES_ON_LOOPBACK_ONLY)
  })

  it.each(['http://localhost:3000', 'https://app.localhost', 'http://127.0.0.1:5173', 'http://[::1]:3000'])(
    'takes a signed call from a page of %s',
    async (origin) => {
      const answer = await call('ListIdentityPools', { MaxResults: 1 }, { headers: { origin } })
      expect([answer.status, answer.body]).toEqual([200, { IdentityPools: [] }])
    },
  )

  it.each(['https://app.example', 'null'])('takes a public call from a page of %s', async (origin) => {
    passes(await askAPool({ origin }))
  })
})

describe('an access key of local mode', () => {
  const account = '123456789012'
  const key = (accessKeyId: string, secretAccessKey = 'test') => ({ signed: { accessKeyId, secretAccessKey } })

  it('is for every account the number of the account, with the secret test', async () => {
    const answer = await query('sts', { Action: 'GetCallerIdentity' }, key(account))
    expect(answer.parsed.GetCallerIdentityResponse.GetCallerIdentityResult).toMatchObject({
      Account: account,
      Arn: `arn:aws:iam::${account}:user/test`,
    })
  })

  it('sees nothing of other accounts', async () => {
    const made = await call<{ IdentityPoolId: string }>('CreateIdentityPool', POOL, key(account))
    const asked = await call('DescribeIdentityPool', { IdentityPoolId: made.body.IdentityPoolId }, key('210987654321'))
    expectFault(asked, 'ResourceNotFoundException', `IdentityPool '${made.body.IdentityPoolId}' not found.`)
  })

  it('needs its secret', async () => {
    const answer = await call('ListIdentityPools', { MaxResults: 1 }, key(account, 'guess'))
    expect([answer.status, answer.body.__type]).toEqual([400, 'InvalidSignatureException'])
  })

  it.each(['12345678901', '1234567890123', '12345678901a'])('is not %s', async (id) => {
    const answer = await call('ListIdentityPools', { MaxResults: 1 }, key(id))
    expectFault(answer, 'UnrecognizedClientException', 'The security token included in the request is invalid.')
  })

  const POOL = { IdentityPoolName: 'pool', AllowUnauthenticatedIdentities: true }
})

describe('a deployment', () => {
  const settings = {
    LOCAL_MODE: undefined,
    ISSUER: 'https://id.example',
    STS_ENDPOINT: 'aws',
    KEY_ENCRYPTION_KEY: btoa('k'.repeat(32)),
  }

  it('serves any host, and pages of any origin', async () => {
    const serve = await deploy(settings)
    const request = new Request('https://id.example/', {
      method: 'POST',
      headers: {
        host: 'id.example',
        origin: 'https://app.example',
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AWSCognitoIdentityService.GetId',
      },
      body: '{"IdentityPoolId":"a:b"}',
    })
    const response = await serve(request)
    passes({ status: response.status, headers: response.headers, text: await response.text(), body: {} })
  })

  it.each(['test', '000000000000', '123456789012'])('does not know the key %s of local mode', async (accessKeyId) => {
    const signed = { accessKeyId, secretAccessKey: 'test' }
    const serve = await deploy(settings)
    const answer = await call('ListIdentityPools', { MaxResults: 1 }, { serve, signed, url: 'https://id.example/' })
    expectFault(answer, 'UnrecognizedClientException', 'The security token included in the request is invalid.')
  })
})
