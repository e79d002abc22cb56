import { exports } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { call, query, REQUEST_ID } from '../support/client.ts'

const EXPOSED = 'x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date'

function preflight(path: string, headers: Record<string, string>): Promise<Response> {
  const request = new Request(`http://localhost${path}`, {
    method: 'OPTIONS',
    headers: { host: 'localhost', ...headers },
  })
  return exports.default.fetch(request)
}

const corsHeaders = (headers: Headers) => [...headers].filter(([name]) => name.startsWith('access-control-'))

describe('a preflight', () => {
  const asked = 'x-amz-user-agent,X-Amz-Target, amz-sdk-request,content-type,x-not-yet-invented'

  it('grants any origin what it asks for, in its own case and order, and has no body', async () => {
    const response = await preflight('/', {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': asked,
    })
    expect({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      text: await response.text(),
    }).toEqual({
      status: 200,
      headers: {
        'access-control-allow-headers': asked,
        'access-control-allow-methods': 'POST',
        'access-control-allow-origin': '*',
        'access-control-expose-headers': EXPOSED,
        'access-control-max-age': '172800',
        'content-length': '0',
        date: expect.any(String),
        'x-amzn-requestid': expect.stringMatching(REQUEST_ID),
      },
      text: '',
    })
  })

  it('grants no headers when it asks for none', async () => {
    const response = await preflight('/', { origin: 'null', 'access-control-request-method': 'POST' })
    expect(corsHeaders(response.headers)).toEqual([
      ['access-control-allow-methods', 'POST'],
      ['access-control-allow-origin', '*'],
      ['access-control-expose-headers', EXPOSED],
      ['access-control-max-age', '172800'],
    ])
  })

  it('is answered for the documents as well', async () => {
    const response = await preflight('/.well-known/jwks.json', { 'access-control-request-method': 'GET' })
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-methods')).toBe('GET')
  })

  it('echoes no more than a kilobyte', async () => {
    const response = await preflight('/', { 'access-control-request-headers': 'x'.repeat(5000) })
    expect(response.headers.get('access-control-allow-headers')).toBe('x'.repeat(1024))
  })

  it('is refused to a host that local mode does not serve', async () => {
    const response = await preflight('/', { host: 'evil.example', 'access-control-request-method': 'POST' })
    expect(response.status).toBe(400)
    expect(response.headers.get('access-control-allow-methods')).toBeNull()
  })
})

describe('an answer to another origin', () => {
  const headers = { origin: 'https://app.example' }
  const get = (path: string) =>
    exports.default.fetch(new Request(`http://localhost${path}`, { headers: { host: 'localhost', ...headers } }))

  it.each([
    ['a success', 200, () => call('ListIdentityPools', { MaxResults: 1 }, { headers: { origin: 'http://localhost' } })],
    ['a fault', 400, () => call('GetId', {}, { headers })],
    ['a signed call that is not signed', 400, () => call('ListIdentityPools', {}, { signed: false })],
    ['a fault in XML', 403, () => query('sts', { Action: 'GetCallerIdentity' }, { signed: false })],
    ['a body that is too large', 413, () => call('GetId', 'x'.repeat(2 ** 20 + 1), { headers })],
    ['a document', 200, () => get('/.well-known/jwks_uri')],
    ['what is not there', 404, () => get('/nothing')],
  ])('may be read by its scripts, but not with credentials: %s', async (_, status, request) => {
    const answer = await request()
    expect({ status: answer.status, headers: corsHeaders(answer.headers) }).toEqual({
      status,
      headers: [
        ['access-control-allow-origin', '*'],
        ['access-control-expose-headers', EXPOSED],
      ],
    })
  })
})
