import { describe, expect, it } from 'vitest'
import { authenticate, type SignedRequest } from '../../src/sigv4/index.ts'
import { encodedOnce, type Vector, vectorDate, vectorHost, vectorKey, vectorScope, vectors } from './vectors.ts'

const now = Date.UTC(2015, 7, 30, 12, 36)
const accepted = {
  ok: true,
  value: { key: { secret: vectorKey.secret }, accessKeyId: vectorKey.accessKeyId, region: vectorScope.region },
}
const mismatch = {
  ok: false,
  error: {
    reason: 'invalid',
    message:
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  },
}

function requestOf({ method, target, headers, body, signedHeaders, signature }: Vector): SignedRequest {
  const scope = `${vectorDate.slice(0, 8)}/${vectorScope.region}/${vectorScope.service}/aws4_request`
  return {
    method,
    url: new URL(`https://${vectorHost}${target}`),
    headers: new Headers([
      ['host', vectorHost],
      ['x-amz-date', vectorDate],
      ...headers.map(([name, value]): [string, string] => [name, value]),
      [
        'authorization',
        `AWS4-HMAC-SHA256 Credential=${vectorKey.accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
      ],
    ]),
    body: new TextEncoder().encode(body) as Uint8Array<ArrayBuffer>,
  }
}

function check(request: SignedRequest, secret = vectorKey.secret) {
  const findKey = async () => ({ ok: true, value: { secret } }) as const
  return authenticate(request, { service: vectorScope.service, windowSeconds: 300, now, findKey })
}

function withHeader(request: SignedRequest, name: string, value: string): SignedRequest {
  const headers = new Headers(request.headers)
  headers.set(name, value)
  return { ...request, headers }
}

describe.each(vectors)('the published vector $name', (vector) => {
  const request = requestOf(vector)
  const { url, body, headers } = request

  it('is accepted', async () => {
    expect(await check(request)).toEqual(accepted)
  })

  it.each<readonly [string, SignedRequest]>([
    ['another method', { ...request, method: 'PUT' }],
    ['another path', { ...request, url: new URL(`${url.pathname.replace(/\/+$/, '')}/x${url.search}`, url) }],
    ['another query', { ...request, url: new URL(`${url.href}${url.search ? '&' : '?'}x=1`) }],
    ['another host', withHeader(request, 'host', `${vectorHost}.x`)],
    ['another body', { ...request, body: Uint8Array.of(...body, 0) }],
    ...vector.headers.map(([name]) => [`another ${name}`, withHeader(request, name, `${headers.get(name)}x`)] as const),
  ])('is refused with %s', async (_, changed) => {
    expect(await check(changed)).toEqual(mismatch)
  })

  it('is refused with a second more on its date', async () => {
    expect(await check(withHeader(request, 'x-amz-date', '20150830T123601Z'))).toEqual(mismatch)
  })

  it('is refused under another secret', async () => {
    expect(await check(request, `${vectorKey.secret}x`)).toEqual(mismatch)
  })

  it('is refused with one digit of its signature changed', async () => {
    const changed = vector.signature.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))
    expect(await check(requestOf({ ...vector, signature: changed }))).toEqual(mismatch)
  })
})

describe.each(encodedOnce)('the published vector $name, whose path is encoded once as for S3', (vector) => {
  it('is refused', async () => {
    expect(await check(requestOf(vector))).toEqual(mismatch)
  })
})
