import { describe, expect, it } from 'vitest'
import { accepted, body, check, claiming, date, json, key, mismatch, signed, withHeaders } from './caller.ts'

describe('requests as clients send them', () => {
  const uuid = '5f0c2c3e-7f5b-4a1e-9a55-0d4f4f1b7d10'
  const retry = { 'amz-sdk-invocation-id': uuid, 'amz-sdk-request': 'attempt=1; max=3' }
  const agent = 'aws-sdk-js/3.1164.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#22.23.3 api/cognito-identity#3.1164.0 m/E,N'
  const bodyHash = '6dbef2ad8ecb6ab9c6a5c7a5b5ddb5b3a5b6ad5b1c5c0ad3c5a8c33e2e0d7a9b'

  it('accepts the JavaScript SDK, which signs nearly all it sends', async () => {
    const { body: bytes } = await signed()
    const hash = [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
    const headers = {
      ...json,
      ...retry,
      'content-length': String(bytes.byteLength),
      'x-amz-user-agent': agent,
      'x-amz-date': date,
      'x-amz-content-sha256': hash.map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    }
    expect(await check(await signed({ headers, unsigned: { 'user-agent': agent, accept: '*/*' } }))).toEqual(accepted)
  })

  it('accepts botocore, which signs little and leaves its retry headers unsigned', async () => {
    const unsigned = { ...retry, 'user-agent': 'Boto3/1.43 md/Botocore#1.43', 'accept-encoding': 'identity' }
    expect(await check(await signed({ unsigned }))).toEqual(accepted)
  })

  it('accepts a client that signed a Content-Length which did not arrive', async () => {
    const request = await signed({ headers: { ...json, 'x-amz-date': date, 'content-length': String(body.length) } })
    expect(await check(withHeaders(request, { 'content-length': null }))).toEqual(accepted)
    expect(await check(withHeaders(request, { 'content-length': '18' }))).toEqual(mismatch)
  })

  it('accepts a date in a Date header of the basic format', async () => {
    expect(await check(await signed({ headers: { ...json, date } }))).toEqual(accepted)
  })

  it('prefers X-Amz-Date to Date', async () => {
    expect(await check(await signed({ unsigned: { date: 'Fri, 20 Nov 2026 09:30:15 GMT' } }))).toEqual(accepted)
  })

  it.each([
    'identity.example',
    'localhost:8787',
    '127.0.0.1:80',
    '[::1]:8787',
    'identity.example:443',
    'Identity.Example',
  ])('accepts the host %s, whatever address the request arrived at', async (host) => {
    const request = await signed({ host: host.toLowerCase() })
    const arrived = { ...request, url: new URL('https://edge-identity.example.workers.dev/') }
    expect(await check(withHeaders(arrived, { host }))).toEqual(accepted)
  })

  it('takes the host from the address when there is no Host header', async () => {
    expect(await check(withHeaders(await signed(), { host: null }))).toEqual(accepted)
  })

  it('accepts a query with a name that others begin with, whatever comes after it there', async () => {
    expect(await check(await signed({ target: '/?a%07=1&a-b=2&a=4&a=3' }))).toMatchObject({ ok: true })
  })

  it('accepts a query with plus signs, blanks and repeated names', async () => {
    const target = '/?b=1%202&a=%2B&b=%C3%BC&A=x~*'
    expect(await check(await signed({ target }))).toEqual(accepted)
    const plain = { ...(await signed({ target: '/?a=%2B' })), url: new URL('https://identity.example/?a=+') }
    expect(await check(plain)).toEqual(accepted)
  })

  it('accepts a path that needs encoding when it is encoded twice', async () => {
    expect(await check(await signed({ target: '/a%20b/%E1%88%B4' }))).toEqual(accepted)
  })

  it('accepts blanks or none behind the commas of the Authorization header', async () => {
    expect(await check(await claiming(/, /g, ','))).toEqual(accepted)
  })

  it('accepts an unsigned header that CloudFront adds', async () => {
    expect(await check(await signed({ unsigned: { 'x-amz-cf-id': 'x', 'x-amzn-trace-id': 'Root=1' } }))).toEqual(
      accepted,
    )
  })

  it('refuses a body hash that is not the body’s, though it was signed', async () => {
    for (const hash of [bodyHash, 'UNSIGNED-PAYLOAD'])
      expect(
        await check(await signed({ headers: { ...json, 'x-amz-date': date, 'x-amz-content-sha256': hash } })),
      ).toEqual(mismatch)
  })

  it('hands the session token to whoever knows the keys', async () => {
    const asked: unknown[] = []
    const request = await signed({ headers: { ...json, 'x-amz-date': date, 'x-amz-security-token': 'a token' } })
    const answer = await check(request, async (...question) => {
      asked.push(question)
      return { ok: true, value: key }
    })
    expect({ asked, answer }).toEqual({ asked: [['test', 'a token']], answer: accepted })
  })

  it('stays right when more regions are in use than signing keys are kept', async () => {
    for (let n = 0; n < 300; n++) {
      const region = `region-${n % 290}`
      expect(await check(await signed({ region }))).toEqual({ ok: true, value: { ...accepted.value, region } })
    }
  })
})
