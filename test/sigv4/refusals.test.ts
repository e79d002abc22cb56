import { describe, expect, it } from 'vitest'
import { accepted, check, claiming, date, json, key, mismatch, oneKey, refused, signed, withHeaders } from './caller.ts'

const unrecognized = 'The security token included in the request is invalid'

async function base64OfHash(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toBase64()
}

describe('refusals, in the words of AWS', () => {
  it('refuses two ways of signing at once', async () => {
    const request = { ...(await signed()), url: new URL('https://identity.example/?X-Amz-Algorithm=AWS4-HMAC-SHA256') }
    expect(await check(request)).toEqual(
      refused('invalid', "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."),
    )
  })

  it.each([
    ['no signature', '', null],
    ['a presigned address', '?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00', null],
    ['another scheme', '', 'Bearer abc'],
    ['an empty header', '', ''],
  ])('takes %s for a missing token', async (_, query, authorization) => {
    const request = { ...(await signed()), url: new URL(`https://identity.example/${query}`) }
    expect(await check(withHeaders(request, { authorization }))).toEqual(
      refused('missing', 'Missing Authentication Token'),
    )
  })

  const needs = (name: string) => `Authorization header requires '${name}' parameter. `
  const needsDate = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
  it.each([
    ['AWS4-', needs('Credential') + needs('Signature') + needs('SignedHeaders')],
    ['AWS4-HMAC-SHA256 Credential=a', needs('Signature') + needs('SignedHeaders')],
    ['AWS4-HMAC-SHA256 Credential=a, Signature=b', needs('SignedHeaders')],
    ['AWS4-HMAC-SHA256 Credential=, Signature=b, SignedHeaders=c', needs('Credential')],
    ['AWS4-HMAC-SHA256 Signature=b, SignedHeaders=c,', needs('Credential')],
  ])('names what %s lacks', async (authorization, sentences) => {
    const hash = await base64OfHash(authorization)
    const tail = `(Hashed with SHA-256 and encoded with Base64) Authorization=${hash}`
    expect(await check(withHeaders(await signed(), { authorization }))).toEqual(refused('incomplete', sentences + tail))
    expect(await check(withHeaders(await signed(), { authorization, 'x-amz-date': null }))).toEqual(
      refused('incomplete', sentences + needsDate + tail),
    )
  })

  it('names a missing date alone', async () => {
    const request = await signed()
    const hash = await base64OfHash(request.headers.get('authorization') ?? '')
    expect(await check(withHeaders(request, { 'x-amz-date': null }))).toEqual(
      refused('incomplete', `${needsDate}(Hashed with SHA-256 and encoded with Base64) Authorization=${hash}`),
    )
  })

  it('tells the hash of a header with an element without equal-sign, and not the header', async () => {
    const authorization = 'AWS4-HMAC-SHA256 Credential=a, Signature, SignedHeaders=c'
    const hash = await base64OfHash(authorization)
    expect(await check(withHeaders(await signed(), { authorization }))).toEqual(
      refused(
        'incomplete',
        `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hash}'.`,
      ),
    )
  })

  it('refuses an Authorization header of more than 4096 characters', async () => {
    const request = await claiming('SignedHeaders=', `SignedHeaders=${'a;'.repeat(2048)}`)
    expect(await check(request)).toEqual(refused('incomplete', 'Authorization header is longer than 4096 characters.'))
  })

  it.each([
    '2026',
    '2026-11-20T09:30:15Z',
    '20261120T093015',
    '20261131T093015Z',
    '20261120T253015Z',
    '20261120t093015z',
  ])('refuses the date %s', async (text) => {
    expect(await check(withHeaders(await signed(), { 'x-amz-date': text }))).toEqual(
      refused(
        'incomplete',
        `Date must be in ISO-8601 'basic format'. Got '${text}'. See http://en.wikipedia.org/wiki/ISO_8601`,
      ),
    )
  })

  it('refuses a Date header in the format of HTTP', async () => {
    const text = 'Fri, 20 Nov 2026 09:30:15 GMT'
    expect(await check(withHeaders(await signed(), { 'x-amz-date': null, date: text }))).toEqual(
      refused(
        'incomplete',
        `Date must be in ISO-8601 'basic format'. Got '${text}'. See http://en.wikipedia.org/wiki/ISO_8601`,
      ),
    )
  })

  it.each([
    ['20261120T092515Z', 300, undefined],
    [
      '20261120T092514Z',
      300,
      'Signature expired: 20261120T092514Z is now earlier than 20261120T092515Z (20261120T093015Z - 5 min.)',
    ],
    [
      '20261120T091514Z',
      900,
      'Signature expired: 20261120T091514Z is now earlier than 20261120T091515Z (20261120T093015Z - 15 min.)',
    ],
    ['20261120T093515Z', 300, undefined],
    [
      '20261120T093516Z',
      300,
      'Signature not yet current: 20261120T093516Z is still later than 20261120T093515Z (20261120T093015Z + 5 min.)',
    ],
  ])('judges the date %s by a window of %i seconds', async (at, windowSeconds, message) => {
    const request = await signed({ date: at, headers: { ...json, 'x-amz-date': at } })
    expect(await check(request, oneKey, windowSeconds)).toEqual(message ? refused('invalid', message) : accepted)
  })

  it.each([
    ['host;', '', 'Host'],
    [';x-amz-target', '', 'x-amz-target'],
    [';x-amz-date', '', 'x-amz-date'],
  ])('refuses signed headers without %s', async (from, to, name) => {
    expect(await check(await claiming(from, to))).toEqual(
      refused('invalid', `'${name}' must be a 'SignedHeader' in the AWS Authorization.`),
    )
  })

  it('refuses a session token that was slipped in', async () => {
    expect(await check(await signed({ unsigned: { 'x-amz-security-token': 'a token' } }))).toEqual(
      refused('invalid', "'x-amz-security-token' must be a 'SignedHeader' in the AWS Authorization."),
    )
  })

  it.each(['AWS4-HMAC-SHA1', 'AWS4-ECDSA-P256-SHA256', 'AWS4-'])('refuses the algorithm %s', async (algorithm) => {
    expect(await check(await claiming('AWS4-HMAC-SHA256', algorithm))).toEqual(
      refused('incomplete', `Unsupported AWS 'algorithm': '${algorithm}' (only AWS4-HMAC-SHA256 for now). `),
    )
  })

  it.each([
    'test',
    'test/20261120/eu-west-1/cognito-identity',
    'test/20261120/eu-west-1/cognito-identity/aws4_request/',
  ])('refuses the credential %s', async (credential) => {
    const message = 'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term'
    // Who mixes up a key id and its secret, sends the secret: the record has less than the answer.
    expect(await check(await claiming(/Credential=[^,]*/, `Credential=${credential}`))).toEqual({
      ok: false,
      error: { reason: 'incomplete', message: `${message}, got '${credential}'`, recorded: message },
    })
  })

  const badRegion = (region: string) => `Credential should be scoped to a valid region, not '${region}'.`
  const badService = "Credential should be scoped to correct service: 'cognito-identity'."
  const badEnd = (end: string) => `Credential should be scoped with a valid terminator: 'aws4_request', not '${end}'.`
  const badDay = (day: string) =>
    `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${day}' != '20261120', from '${date}'.`
  it.each([
    ['20261120/EU-WEST-1/cognito-identity/aws4_request', badRegion('EU-WEST-1')],
    ['20261120//cognito-identity/aws4_request', badRegion('')],
    ['20261120/nineteen-characters/cognito-identity/aws4_request', badRegion('nineteen-characters')],
    ['20261120/eu-west-1/sts/aws4_request', badService],
    ['20261120/eu-west-1/cognito-identity/aws4', badEnd('aws4')],
    ['20261119/eu-west-1/cognito-identity/aws4_request', badDay('20261119')],
    ['b/c_/d/e', [badRegion('c_'), badService, badEnd('e'), badDay('b')].join(' ')],
  ])('refuses the scope %s', async (scope, message) => {
    expect(await check(await claiming(/Credential=[^,]*/, `Credential=test/${scope}`))).toEqual(
      refused('invalid', message),
    )
  })

  it('accepts a region of 18 characters', async () => {
    const region = 'eighteen-character'
    expect(await check(await signed({ region }))).toEqual({ ok: true, value: { ...accepted.value, region } })
  })

  const withToken = { ...json, 'x-amz-date': date, 'x-amz-security-token': 'a token' }
  it.each([
    ['an unknown access key', { accessKeyId: 'nobody' }, `${unrecognized}.`],
    ['an empty access key', { accessKeyId: '' }, `${unrecognized}.`],
    ['a token that is not the key’s', { headers: withToken }, unrecognized],
    ['an empty token', { headers: { ...withToken, 'x-amz-security-token': '' } }, unrecognized],
  ])('refuses %s', async (_, changes, message) => {
    expect(await check(await signed(changes))).toEqual(refused('unrecognized', message))
  })

  it('refuses a session token of more than 16384 characters without looking it up', async () => {
    const request = await signed({ headers: { ...withToken, 'x-amz-security-token': 'a'.repeat(16_385) } })
    const answer = await check(request, async () => ({ ok: true, value: key }))
    expect(answer).toEqual(refused('unrecognized', unrecognized))
  })

  it('refuses an expired session', async () => {
    const answer = await check(await signed({ headers: withToken }), async () => ({
      ok: false,
      error: { reason: 'expired' },
    }))
    expect(answer).toEqual(refused('expired', 'The security token included in the request is expired'))
  })

  it.each([
    ['a name twice', 'content-type;host', 'content-type;content-type;host'],
    ['an empty name', 'content-type;host', 'content-type;;host'],
    ['names out of order', 'content-type;host', 'host;content-type'],
    ['a name in capitals', 'content-type;host', 'Content-Type;host'],
    ['a name that is no header name', 'content-type;host', 'content type;content-type;host'],
    ['a header that is not there', 'content-type;host', 'content-type;gone;host'],
    ['a signature in capitals', /Signature=.*/, 'Signature=ABCDEF'],
    ['a signature cut short', /.$/, ''],
  ])('takes %s for a mismatch', async (_, from, to) => {
    expect(await check(await claiming(from, to))).toEqual(mismatch)
  })

  it.each([
    'identity.example/x',
    'user@identity.example',
    'identity.example?',
    'identity example',
    'identity.example:x',
  ])('takes the host %s for a mismatch', async (host) => {
    expect(await check(withHeaders(await signed(), { host }))).toEqual(mismatch)
  })

  it('takes a nameless parameter for a mismatch', async () => {
    expect(await check({ ...(await signed()), url: new URL('https://identity.example/?=x') })).toEqual(mismatch)
  })

  it('come in the order of AWS when everything is wrong at once', async () => {
    const request = await signed()
    const claim = { at: '2026', algorithm: 'AWS4-X', credential: 'nobody', signedHeaders: 'content-type' }
    const messages: string[] = []
    for (const mended of [
      {},
      { at: '20261120T080000Z' },
      { at: date },
      { signedHeaders: 'content-type;host' },
      { signedHeaders: 'content-type;host;x-amz-date;x-amz-target' },
      { algorithm: 'AWS4-HMAC-SHA256' },
      { credential: 'nobody/20261120/eu-west-1/sts/aws4_request' },
      { credential: 'nobody/20261120/eu-west-1/cognito-identity/aws4_request' },
      { credential: 'test/20261120/eu-west-1/cognito-identity/aws4_request' },
    ]) {
      const { at, algorithm, credential, signedHeaders } = Object.assign(claim, mended)
      const authorization = `${algorithm} Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=0`
      const answer = await check(withHeaders(request, { authorization, 'x-amz-date': at }))
      messages.push(answer.ok ? 'accepted' : answer.error.message.slice(0, 20))
    }
    expect(messages).toEqual([
      'Date must be in ISO-',
      'Signature expired: 2',
      "'Host' must be a 'Si",
      "'x-amz-date' must be",
      "Unsupported AWS 'alg",
      'Credential must have',
      'Credential should be',
      'The security token i',
      'The request signatur',
    ])
  })
})
