import { exports } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'

const GREETING = 'Edge Identity: identity pools at the edge. Point an AWS SDK at this address.'

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  exports.default.fetch(new Request(`http://localhost${path}`, { method, headers: { host: 'localhost', ...headers } }))

describe('GET / without an action', () => {
  it.each([
    ['a browser', { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }],
    ['a health check', {}],
    ['a browser behind CloudFront', { 'x-amz-cf-id': 'x' }],
  ])('says what this is to %s', async (_, headers) => {
    const response = await get('/', headers)
    expect({ status: response.status, text: await response.text() }).toEqual({ status: 200, text: `${GREETING}\n` })
    const head = await get('/', headers, 'HEAD')
    expect({ status: head.status, text: await head.text() }).toEqual({ status: 200, text: '' })
  })

  it.each<[string, string, Record<string, string>]>([
    ['a signed ListBuckets of S3', '/', { authorization: 'AWS4-HMAC-SHA256 Credential=x', 'x-amz-date': 'x' }],
    ['a ListBuckets that names itself', '/?x-id=ListBuckets', {}],
    ['an unsigned call of an SDK', '/', { 'amz-sdk-invocation-id': 'x' }],
    ['an unsigned call of an older SDK in a browser', '/', { 'x-amz-user-agent': 'aws-sdk-js/2' }],
    ['a query without an action', '/?Version=2011-06-15', {}],
  ])('says it as an error to %s, in the form of S3', async (_, path, headers) => {
    const response = await get(path, headers)
    const requestId = response.headers.get('x-amzn-RequestId')
    const { headers: answered, status } = response
    expect({ status, type: answered.get('content-type'), error: answered.get('x-amzn-ErrorType') }).toEqual({
      status: 404,
      type: 'application/xml',
      error: 'UnknownOperationException:',
    })
    expect(await response.text()).toBe(
      `<Error><Code>UnknownOperationException</Code><Message>${GREETING} It serves Amazon Cognito identity pools, and what they need of AWS STS and IAM, but not this operation.</Message><RequestId>${requestId}</RequestId></Error>\n`,
    )
  })
})
