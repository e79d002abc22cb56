import { exports } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { captureLog } from '../operations/support/audit.ts'

const scope = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=test/20261126/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`

async function send(path: string, headers: Record<string, string>, method = 'POST', body: string | null = null) {
  const init = { method, headers: { host: 'localhost', ...headers }, body }
  const response = await exports.default.fetch(new Request(`http://localhost${path}`, init))
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}

const message = (service: string, variable: string) =>
  `Edge Identity does not serve ${service}: it serves Amazon Cognito identity pools, and what they need of AWS STS and IAM. In place of AWS_ENDPOINT_URL, which is for all services, set AWS_ENDPOINT_URL_COGNITO_IDENTITY, AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL_IAM to this address. Where ${service} is not at AWS, ${variable} has its address.`
const S3 = message('s3', 'AWS_ENDPOINT_URL_S3')
const xmlError = (text: string) =>
  expect.stringMatching(
    new RegExp(
      `^<Error><Code>NotImplemented</Code><Message>${text}</Message><RequestId>[0-9a-f-]{36}</RequestId></Error>$`,
    ),
  )

describe('a request for a service of AWS that is not here is told which variables to set', () => {
  it.each<[string, string, Record<string, string>, string]>([
    ['a list of buckets', '/', {}, 'GET'],
    ['a list of buckets by name', '/?x-id=ListBuckets', {}, 'GET'],
    ['a new bucket', '/photos', {}, 'PUT'],
    ['an object', '/photos/a.txt', {}, 'GET'],
    ['an upload', '/photos/a.txt', { 'content-type': 'text/plain' }, 'PUT'],
    ['an upload in parts', '/photos/a.txt?uploads', {}, 'POST'],
    ['the end of an object', '/photos/a.txt', {}, 'DELETE'],
  ])('in the form of S3: %s', async (_, path, headers, method) => {
    const answer = await send(path, { authorization: scope('s3'), ...headers }, method)
    expect(answer).toEqual({ status: 501, type: 'application/xml', text: xmlError(S3) })
  })

  it('in the form of S3: a link that was signed before, and an object that anybody may read', async () => {
    const link =
      '/photos/a.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2F20261126%2Fus-east-1%2Fs3%2Faws4_request'
    expect(await send(link, {}, 'GET')).toMatchObject({ status: 501, text: xmlError(S3) })
    expect(await send('/photos/a.txt', { 'amz-sdk-invocation-id': 'x' }, 'GET')).toMatchObject({
      status: 501,
      text: xmlError(S3),
    })
  })

  it('without a body for HEAD', async () => {
    const answer = await send('/photos/a.txt', { authorization: scope('s3') }, 'HEAD')
    expect([answer.status, answer.text]).toEqual([501, ''])
  })

  it.each(['application/x-amz-json-1.0', 'application/x-amz-json-1.1'])('in %s', async (type) => {
    const headers = {
      authorization: scope('dynamodb'),
      'content-type': type,
      'x-amz-target': 'DynamoDB_20120810.ListTables',
    }
    expect(await send('/', headers, 'POST', '{}')).toEqual({
      status: 501,
      type,
      text: JSON.stringify({ __type: 'NotImplemented', message: message('dynamodb', 'AWS_ENDPOINT_URL_DYNAMODB') }),
    })
  })

  it('in JSON over REST', async () => {
    const answer = await send('/2015-03-31/functions', { authorization: scope('lambda') }, 'GET')
    expect(answer).toMatchObject({ status: 501, type: 'application/json' })
    expect(JSON.parse(answer.text)).toEqual({
      __type: 'NotImplemented',
      message: message('lambda', 'AWS_ENDPOINT_URL_LAMBDA'),
    })
  })

  it.each([
    ['sns', /^<ErrorResponse><Error><Code>NotImplemented<.*<\/Error><RequestId>.{36}<\/RequestId><\/ErrorResponse>$/],
    ['ec2', /^<Response><Errors><Error><Code>NotImplemented<.*<\/Errors><RequestID>.{36}<\/RequestID><\/Response>$/],
  ])('in AWS query: %s', async (service, pattern) => {
    const headers = { authorization: scope(service), 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await send('/', headers, 'POST', 'Action=ListTopics&Version=2010-03-31')
    expect(answer).toEqual({ status: 501, type: 'text/xml', text: expect.stringMatching(pattern) })
  })

  it('and the log of local mode has a line of it', async () => {
    const log = captureLog()
    await send('/photos', { authorization: scope('s3') }, 'PUT')
    expect(log.lines().map((line) => JSON.parse(line))).toContainEqual({
      level: 'info',
      event: 'refused',
      requestId: expect.any(String),
      operation: 's3',
      code: 'NotImplemented',
      message: 'Not served here.',
    })
    log.restore()
  })
})

describe('nothing else is told so', () => {
  it.each<[string, string, Record<string, string>, string, number]>([
    [
      'an unknown operation of ours',
      '/',
      {
        'content-type': 'application/x-amz-json-1.1',
        authorization: scope('cognito-identity'),
        'x-amz-target': 'AWSCognitoIdentityService.X',
      },
      'POST',
      400,
    ],
    [
      'an operation of ours that is signed for another service',
      '/',
      {
        'content-type': 'application/x-amz-json-1.1',
        authorization: scope('s3'),
        'x-amz-target': 'AWSCognitoIdentityService.ListIdentityPools',
      },
      'POST',
      400,
    ],
    ['a page', '/index.html', {}, 'GET', 404],
    ['a scope that no service has', '/x', { authorization: scope('a'.repeat(41)) }, 'GET', 404],
  ])('%s', async (_, path, headers, method, status) => {
    const answer = await send(path, headers, method, method === 'POST' ? '{}' : null)
    expect(answer.status).toBe(status)
    expect(answer.text).not.toContain('NotImplemented')
  })
})
