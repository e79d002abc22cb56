import { exports } from 'cloudflare:workers'
import { AwsV4Signer } from 'aws4fetch'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { expectXmlFault, LOCAL_ACCOUNT, LOCAL_KEY, newAddress, readXml } from '../support/client.ts'

const WHO_AM_I = 'Action=GetCallerIdentity&Version=2011-06-15'
const FORM_TYPE = 'application/x-www-form-urlencoded'
const JSON_ACCEPTED = { accept: 'application/json' }

interface Sent {
  method?: string
  query?: string
  body?: string
  headers?: Record<string, string>
  service?: 'sts' | 'iam'
}

function send({ body, headers, method = 'GET', query = '' }: Sent): Promise<Response> {
  const url = `http://localhost/${query && `?${query}`}`
  const all = { host: 'localhost', 'cf-connecting-ip': newAddress(), ...headers }
  return exports.default.fetch(new Request(url, { method, headers: all, ...(body !== undefined && { body }) }))
}

async function sendSigned(sent: Sent): Promise<Response> {
  const { method = 'GET', query = '', service = 'sts' } = sent
  const url = `http://localhost/?${query}`
  const given = { method, url, headers: sent.headers ?? {}, service, region: 'us-east-1', ...LOCAL_KEY }
  const { headers } = await new AwsV4Signer({ ...given, ...(sent.body !== undefined && { body: sent.body }) }).sign()
  return send({ ...sent, headers: Object.fromEntries(headers) })
}

async function asJson(response: Response) {
  const { headers, status } = response
  const [type, cache] = [headers.get('content-type'), headers.get('cache-control')]
  return { status, type, cache, requestId: headers.get('x-amzn-RequestId'), body: await response.json() }
}

afterEach(() => vi.restoreAllMocks())

describe('STS and IAM are called', () => {
  const form = { 'content-type': FORM_TYPE }
  it.each<[string, Sent]>([
    ['by GET', { query: WHO_AM_I }],
    ['by POST with a query and nothing else', { method: 'POST', query: WHO_AM_I }],
    ['by POST with a query and an empty form', { method: 'POST', query: WHO_AM_I, body: '', headers: form }],
    ['by POST with one part in the query, the other in the form', partly(WHO_AM_I, form)],
  ])('%s', async (_, sent) => {
    const answer = await readXml(await sendSigned(sent))
    expect(answer.parsed.GetCallerIdentityResponse?.GetCallerIdentityResult, answer.xml).toMatchObject({
      Account: LOCAL_ACCOUNT,
    })
    expect(answer.headers.get('content-type')).toBe('text/xml')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expectXmlFault(await readXml(await send(sent)), 403, 'MissingAuthenticationToken', 'Missing Authentication Token')
  })

  it('by GET with parameters that are signed as they are read', async () => {
    const query = 'Action=GetRole&Version=2010-05-08&RoleName=a%2Bb%40c'
    const answer = await readXml(await sendSigned({ query, service: 'iam' }))
    expectXmlFault(answer, 404, 'NoSuchEntity', 'The role with name a+b@c cannot be found.')
    const signed = await signedHeaders(query)
    const plain = await send({ query: query.replace('%2B', '+'), headers: signed })
    expectXmlFault(await readXml(plain), 404, 'NoSuchEntity', 'The role with name a+b@c cannot be found.')
    const blank = await send({ query: query.replace('%2B', '%20'), headers: signed })
    expect((await readXml(blank)).parsed.ErrorResponse.Error.Code).toBe('SignatureDoesNotMatch')
  })

  it('not by HEAD, nor with a body that is no form', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    expect((await send({ method: 'HEAD', query: assuming('x.y.z') })).status).toBe(404)
    const body = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }
    expect((await send({ query: assuming('x.y.z'), ...body })).status).toBe(404)
    expect(log).not.toHaveBeenCalled()
  })

  it('by GET, and no token in the address reaches the log', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const token = 'secret.token.value'
    for (const query of [
      assuming(token),
      assuming(token).replace('RoleSessionName=app', 'RoleSessionName=!'),
      `${assuming(token)}&WebIdentityToken=${token}`,
      `${assuming(token)}&${token}=&${token}=`,
      assuming(token).replace('2011-06-15', '2010-05-08'),
      assuming(token).replace('Action=', 'Action=X'),
      `${assuming(token)}&DurationSeconds=many`,
    ])
      expect((await send({ query })).status, query).toBe(400)
    const logged = JSON.stringify([...log.mock.calls, ...error.mock.calls])
    expect(logged).toContain('AssumeRoleWithWebIdentity')
    expect(logged).not.toContain('secret')
  })
})

describe('Who accepts JSON', () => {
  it('gets an answer in the JSON form of the query protocol', async () => {
    const answer = await asJson(await sendSigned({ query: WHO_AM_I, headers: JSON_ACCEPTED }))
    const Arn = `arn:aws:iam::${LOCAL_ACCOUNT}:user/test`
    expect(answer).toEqual({
      status: 200,
      type: 'application/json',
      cache: 'no-store',
      requestId: answer.requestId,
      body: {
        GetCallerIdentityResponse: {
          GetCallerIdentityResult: { UserId: expect.any(String), Account: LOCAL_ACCOUNT, Arn },
          ResponseMetadata: { RequestId: answer.requestId },
        },
      },
    })
  })

  it('gets lists as arrays, and no result where there is none', async () => {
    const iam = (query: string) =>
      sendSigned({ query: `Version=2010-05-08&${query}`, service: 'iam', headers: JSON_ACCEPTED }).then(asJson)
    expect((await iam('Action=ListRoles&PathPrefix=/none/')).body).toMatchObject({
      ListRolesResponse: { ListRolesResult: { Roles: [], IsTruncated: false } },
    })
    const arn = `arn:aws:iam::${LOCAL_ACCOUNT}:oidc-provider/none.example`
    const deleted = await iam(`Action=DeleteOpenIDConnectProvider&OpenIDConnectProviderArn=${arn}`)
    expect(deleted.body).toEqual({
      DeleteOpenIDConnectProviderResponse: { ResponseMetadata: { RequestId: deleted.requestId } },
    })
  })

  it.each<[string, Sent, number, object]>([
    ['an operation', { query: WHO_AM_I }, 403, refused('MissingAuthenticationToken', 'Missing Authentication Token')],
    [
      'no known operation',
      { query: `${WHO_AM_I}x` },
      400,
      refused('InvalidAction', 'Could not find operation GetCallerIdentity for version 2011-06-15x'),
    ],
    [
      'a form that nobody reads',
      { method: 'POST', headers: { 'content-type': FORM_TYPE }, body: 'a=1&a=2' },
      400,
      refused('MalformedQueryString', 'The parameter a is given twice.'),
    ],
  ])('gets a fault of %s in JSON too', async (_, sent, status, fault) => {
    const answer = await asJson(await send({ ...sent, headers: { ...sent.headers, ...JSON_ACCEPTED } }))
    expect(answer).toEqual({
      status,
      type: 'application/json',
      cache: 'no-store',
      requestId: answer.requestId,
      body: { Error: fault, RequestId: answer.requestId },
    })
  })
})

const refused = (Code: string, Message: string) => ({ Type: 'Sender', Code, Message })

function partly(parameters: string, headers: Record<string, string>): Sent {
  const [query = '', body = ''] = parameters.split('&')
  return { method: 'POST', query, body, headers }
}

const assuming = (token: string) =>
  `Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=app&RoleArn=arn:aws:iam::${LOCAL_ACCOUNT}:role/app&WebIdentityToken=${token}`

async function signedHeaders(query: string): Promise<Record<string, string>> {
  const url = `http://localhost/?${query}`
  const signer = new AwsV4Signer({ method: 'GET', url, service: 'iam', region: 'us-east-1', ...LOCAL_KEY })
  return Object.fromEntries((await signer.sign()).headers)
}
