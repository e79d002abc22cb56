import { exports } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import {
  call,
  expectFault,
  expectXmlFault,
  LOCAL_ACCOUNT,
  LOCAL_URL,
  query,
  REQUEST_ID,
  readXml,
} from '../support/client.ts'
import { deploy } from '../support/deployment.ts'

/** Sends a request as it is, but for the `Host` that every request over HTTP has. */
function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { host: 'localhost', ...init.headers }
  return exports.default.fetch(new Request(`http://localhost${path}`, { ...init, headers }))
}

const JSON_TYPE = 'application/x-amz-json-1.1'
const FORM_TYPE = 'application/x-www-form-urlencoded'
const TARGET = { 'x-amz-target': 'AWSCognitoIdentityService.GetId' }
const WHO_AM_I = 'Action=GetCallerIdentity&Version=2011-06-15'

async function jsonAnswer(response: Response) {
  return { status: response.status, headers: response.headers, text: await response.text() }
}

async function xmlAnswer(response: Response) {
  return readXml(response)
}

describe('the endpoint tells the operation', () => {
  it('answers in AWS JSON by target and type, whatever the parameters of the type', async () => {
    const answer = await call(
      'ListIdentityPools',
      { MaxResults: 1 },
      { headers: { 'content-type': `${JSON_TYPE}; charset=UTF-8` } },
    )
    expect({ status: answer.status, body: answer.body, type: answer.headers.get('content-type') }).toEqual({
      status: 200,
      body: { IdentityPools: [] },
      type: JSON_TYPE,
    })
  })

  it('answers in AWS query by form type, action and version', async () => {
    const answer = await query('sts', { Action: 'GetCallerIdentity' })
    const requestId = answer.headers.get('x-amzn-RequestId')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/xml')
    expect(answer.xml).toBe(
      `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><UserId>${answer.parsed.GetCallerIdentityResponse.GetCallerIdentityResult.UserId}</UserId><Account>${LOCAL_ACCOUNT}</Account><Arn>arn:aws:iam::${LOCAL_ACCOUNT}:user/test</Arn></GetCallerIdentityResult><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></GetCallerIdentityResponse>\n`,
    )
  })

  it.each([
    ['no target', {}],
    ['an unknown operation', { 'x-amz-target': 'AWSCognitoIdentityService.DropTables' }],
    ['an operation of another service', { 'x-amz-target': 'AWSCognitoIdentityService.GetCallerIdentity' }],
    ['a property that every object has', { 'x-amz-target': 'AWSCognitoIdentityService.constructor' }],
    ['a target in another case', { 'x-amz-target': 'AWSCognitoIdentityService.getId' }],
    ['a prefix in another case', { 'x-amz-target': 'awscognitoidentityservice.GetId' }],
    ['another service', { 'x-amz-target': 'AWSCognitoIdentityProviderService.GetId' }],
    ['the name alone', { 'x-amz-target': 'GetId' }],
    ['the prefix alone', { 'x-amz-target': 'AWSCognitoIdentityService.' }],
  ])('knows no operation in %s', async (_, headers) => {
    const response = await send('/', { method: 'POST', headers: { 'content-type': JSON_TYPE, ...headers }, body: '{}' })
    expectFault(await jsonAnswer(response), 'UnknownOperationException')
  })

  it('refuses a request that is AWS JSON and AWS query at once', async () => {
    const both = await send(`/?${WHO_AM_I}`, {
      method: 'POST',
      headers: { 'content-type': JSON_TYPE, ...TARGET },
      body: '{}',
    })
    expectFault(await jsonAnswer(both), 'UnknownOperationException')
    const alsoBoth = await send('/', {
      method: 'POST',
      headers: { 'content-type': FORM_TYPE, ...TARGET },
      body: WHO_AM_I,
    })
    await expectUnrecognised(alsoBoth)
  })

  it.each([
    ['no content type', { method: 'POST', headers: TARGET, body: new TextEncoder().encode('{}') }],
    [
      'version 1.0 of the protocol',
      { method: 'POST', headers: { ...TARGET, 'content-type': 'application/x-amz-json-1.0' }, body: '{}' },
    ],
    ['plain JSON', { method: 'POST', headers: { ...TARGET, 'content-type': 'application/json' }, body: '{}' }],
    ['plain text', { method: 'POST', headers: { ...TARGET, 'content-type': 'text/plain' }, body: '{}' }],
    ['an upload', { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: WHO_AM_I }],
    ['no body at all', { method: 'POST' }],
    [
      'a method that no protocol uses',
      { method: 'PUT', headers: { ...TARGET, 'content-type': JSON_TYPE }, body: '{}' },
    ],
    ['a DELETE', { method: 'DELETE' }],
  ])('does not recognise %s', async (_, init) => {
    await expectUnrecognised(await send('/', init))
  })

  it.each(['/index.html', '//', '/GetId', '/.well-known/', '/.well-known/openid-configuration/', '/%00'])(
    'serves nothing at %s',
    async (path) => {
      await expectUnrecognised(await send(path))
      await expectUnrecognised(
        await send(path, { method: 'POST', headers: { ...TARGET, 'content-type': JSON_TYPE }, body: '{}' }),
      )
    },
  )
})

describe('the query services tell the operation', () => {
  const form = (body: string, path = '/') =>
    send(path, { method: 'POST', headers: { 'content-type': FORM_TYPE }, body }).then(xmlAnswer)

  it.each([
    ['no action', 'Version=2011-06-15', 'MalformedQueryString', 'The request must contain the parameter Action.'],
    ['no parameters', '', 'MalformedQueryString', 'The request must contain the parameter Action.'],
    [
      'a parameter given twice',
      `${WHO_AM_I}&Action=AssumeRole`,
      'MalformedQueryString',
      'The parameter Action is given twice.',
    ],
    [
      'a thousand parameters and one',
      `${WHO_AM_I}&${Array.from({ length: 999 }, (_, i) => `p${i}=`).join('&')}`,
      'MalformedQueryString',
      'The request has too many parameters.',
    ],
    [
      'no version',
      'Action=GetCallerIdentity',
      'InvalidAction',
      'Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED',
    ],
    [
      'an unknown version',
      'Action=GetCallerIdentity&Version=2014-06-30',
      'InvalidAction',
      'Could not find operation GetCallerIdentity for version 2014-06-30',
    ],
    [
      'an operation of the other service',
      'Action=GetCallerIdentity&Version=2010-05-08',
      'InvalidAction',
      'Could not find operation GetCallerIdentity for version 2010-05-08',
    ],
    [
      'an operation in another case',
      'Action=getCallerIdentity&Version=2011-06-15',
      'InvalidAction',
      'Could not find operation getCallerIdentity for version 2011-06-15',
    ],
    [
      'an operation that is markup',
      'Action=%3Cb%3E%26&Version=2011-06-15',
      'InvalidAction',
      'Could not find operation <b>& for version 2011-06-15',
    ],
  ])('refuses %s, in XML', async (_, body, code, message) => {
    expectXmlFault(await form(body), 400, code, message)
  })

  it('refuses an action in the address and again in the body', async () => {
    expectXmlFault(
      await form(WHO_AM_I, `/?${WHO_AM_I}`),
      400,
      'MalformedQueryString',
      'The parameter Action is given twice.',
    )
  })

  it('reads the parameters from the address when the action is there', async () => {
    expectXmlFault(await form('', `/?${WHO_AM_I}`), 403, 'MissingAuthenticationToken', 'Missing Authentication Token')
  })
})

describe('bodies', () => {
  const LIMIT = 1024 * 1024
  const TOO_LARGE = 'Request bodies are limited to 1048576 bytes.'

  const padded = (length: number) => `{"IdentityPoolId":"x"${' '.repeat(length - 22)}}`

  it('takes a body of a mebibyte', async () => {
    const answer = await call('GetId', padded(LIMIT))
    expect(answer.text).toContain('ValidationException')
  })

  it('refuses one byte more', async () => {
    expectFault(await call('GetId', padded(LIMIT + 1)), 'RequestEntityTooLargeException', TOO_LARGE)
  })

  it('refuses a long form in XML', async () => {
    const answer = await query('iam', { Action: 'ListRoles', Marker: 'x'.repeat(LIMIT) })
    expectXmlFault(answer, 413, 'RequestEntityTooLarge', TOO_LARGE)
  })

  it('counts what comes in chunks', async () => {
    const chunks = Array.from({ length: 17 }, () => new Uint8Array(64 * 1024).fill(32))
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk)
        controller.close()
      },
    })
    const headers = { host: 'localhost', 'content-type': JSON_TYPE, ...TARGET }
    const serve = await deploy()
    const response = await serve(new Request(LOCAL_URL, { method: 'POST', headers, body }))
    expectFault(await jsonAnswer(response), 'RequestEntityTooLargeException', TOO_LARGE)
  })
})

describe('every answer', () => {
  it.each([
    ['a success', () => call('ListIdentityPools', { MaxResults: 1 })],
    ['a fault', () => call('GetId', {})],
    ['an answer in XML', () => query('sts', { Action: 'GetCallerIdentity' })],
    ['a fault in XML', () => query('sts', {})],
    ['a greeting', () => send('/')],
    ['a document', () => send('/.well-known/openid-configuration')],
    ['what is not there', () => send('/nothing')],
    ['a preflight', () => send('/', { method: 'OPTIONS' })],
  ])('has a request id of its own and the date: %s', async (_, request) => {
    const [first, second] = [(await request()).headers, (await request()).headers]
    expect(first.get('x-amzn-RequestId')).toMatch(REQUEST_ID)
    expect(second.get('x-amzn-RequestId')).toMatch(REQUEST_ID)
    expect(second.get('x-amzn-RequestId')).not.toBe(first.get('x-amzn-RequestId'))
    expect(first.get('date')).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/)
    expect(Math.abs(Date.parse(first.get('date') ?? '') - Date.now())).toBeLessThan(60_000)
  })
})

async function expectUnrecognised(response: Response): Promise<void> {
  expect({
    status: response.status,
    type: response.headers.get('content-type'),
    text: await response.text(),
  }).toEqual({ status: 404, type: 'application/xml', text: '<UnknownOperationException/>\n' })
}
