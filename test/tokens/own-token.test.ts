import fc from 'fast-check'
import { base64url, type JWTPayload, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { mintToken } from '../../src/tokens/mint.ts'
import { verifyOwnToken } from '../../src/tokens/own-token.ts'
import type { RingView } from '../../src/tokens/ring-view.ts'
import { newPrivateJwk, START, viewWith } from './support.ts'

const issuer = 'https://id.example.com'
const CLAIMS = { sub: 'us-east-1:i', aud: 'us-east-1:p', amr: ['authenticated', 'a', 'a:b'], poolArn: 'arn:aws:x' }
const iat = START / 1000
const PAYLOAD = {
  sub: 'us-east-1:i',
  aud: 'us-east-1:p',
  amr: ['unauthenticated'],
  iss: issuer,
  'https://cognito-identity.amazonaws.com/identity-pool-arn': 'arn:aws:x',
  exp: iat + 600,
  iat,
}

let view: RingView
let token: string

beforeAll(async () => {
  view = await viewWith(await newPrivateJwk('ES256'), 'ES256')
  token = await mintToken(CLAIMS, 600, { view, issuer, now: START })
})

const verify = (text: string, change: { view?: RingView; now?: number; clockToleranceSeconds?: number } = {}) =>
  verifyOwnToken(text, { view, issuer, now: START, clockToleranceSeconds: 0, ...change })

/** Signed by our own key, whatever it says. */
const sign = (payload: JWTPayload, header: object = {}, key = view.signingKey.key) =>
  new SignJWT(payload).setProtectedHeader({ kid: view.signingKey.kid, typ: 'JWT', alg: 'ES256', ...header }).sign(key)

const encoded = (value: unknown) => base64url.encode(JSON.stringify(value))

describe('verifyOwnToken', () => {
  it('gives the claims of a token that we signed', async () => {
    expect(await verify(token)).toEqual({ ok: true, value: { ...CLAIMS, exp: iat + 600, iat } })
  })

  it('takes back no token that was for an STS alone', async () => {
    const sent = await mintToken(CLAIMS, 600, { view, issuer, now: START, forSts: true })
    expect(await verify(sent)).toEqual({ ok: false, error: { reason: 'other_use' } })
  })

  it('gives its tags', async () => {
    const tags = { team: 'red', size: '' }
    const tagged = await mintToken({ ...CLAIMS, tags }, 900, { view, issuer, now: START })
    expect(await verify(tagged)).toEqual({ ok: true, value: { ...CLAIMS, tags, exp: iat + 900, iat } })
  })

  it.each([
    [599, 0, true],
    [600, 0, false],
    [659, 60, true],
    [660, 60, false],
  ])('%d seconds after its issue, with a tolerance of %d, the token lives: %s', async (age, tolerance, alive) => {
    const verdict = await verify(token, { now: START + age * 1000, clockToleranceSeconds: tolerance })
    expect(verdict).toEqual(
      alive
        ? { ok: true, value: { ...CLAIMS, exp: iat + 600, iat } }
        : { ok: false, error: { reason: 'expired', exp: iat + 600 } },
    )
  })

  it('does not call a forged token expired', async () => {
    const forged = await sign(PAYLOAD, {}, (await viewWith(await newPrivateJwk('ES256'), 'ES256')).signingKey.key)
    expect(await verify(forged, { now: START + 601_000 })).toEqual({ ok: false, error: { reason: 'signature' } })
  })

  it('tells apart a key it does not know and a key that was revoked', async () => {
    const other = await viewWith(await newPrivateJwk('ES256'), 'ES256')
    const theirs = await mintToken(CLAIMS, 600, { view: other, issuer, now: START })
    expect(await verify(theirs)).toEqual({ ok: false, error: { reason: 'unknown_key' } })
    const revoked = { ...view, revokedKids: [other.signingKey.kid] }
    expect(await verify(theirs, { view: revoked })).toEqual({ ok: false, error: { reason: 'revoked_key' } })
  })

  it('refuses a revoked key even if it were published', async () => {
    const revoked = { ...view, revokedKids: [view.signingKey.kid] }
    expect(await verify(token, { view: revoked })).toEqual({ ok: false, error: { reason: 'revoked_key' } })
  })

  it.each([
    ['no JWT at all', () => 'token', 'malformed'],
    ['an empty text', () => '', 'malformed'],
    ['a text longer than any token', () => `${token}${'A'.repeat(50_000)}`, 'malformed'],
    ['another issuer', () => sign({ ...PAYLOAD, iss: 'https://id.example.org' }), 'not_ours'],
    ['an issuer with a slash more', () => sign({ ...PAYLOAD, iss: `${issuer}/` }), 'not_ours'],
    ['a list of issuers', () => sign({ ...PAYLOAD, iss: [issuer] as never }), 'not_ours'],
    ['no kid', () => sign(PAYLOAD, { kid: undefined }), 'unknown_key'],
    ['another typ', () => sign(PAYLOAD, { typ: 'at+jwt' }), 'malformed'],
    ['no typ', () => sign(PAYLOAD, { typ: undefined }), 'malformed'],
    ['no exp', () => sign({ ...PAYLOAD, exp: undefined as never }), 'malformed'],
    ['a list of audiences', () => sign({ ...PAYLOAD, aud: ['us-east-1:p'] }), 'malformed'],
    ['no subject', () => sign({ ...PAYLOAD, sub: undefined as never }), 'malformed'],
    ['an amr that is no list', () => sign({ ...PAYLOAD, amr: 'authenticated' }), 'malformed'],
    ['tags that are no tags', () => sign({ ...PAYLOAD, 'https://aws.amazon.com/tags': 'red' }), 'malformed'],
    [
      'a tag with two values',
      () => sign({ ...PAYLOAD, 'https://aws.amazon.com/tags': { principal_tags: { a: ['b', 'c'] } } }),
      'malformed',
    ],
    [
      'the algorithm none',
      () => `${encoded({ kid: view.signingKey.kid, typ: 'JWT', alg: 'none' })}.${encoded(PAYLOAD)}.`,
      'signature',
    ],
    [
      'an algorithm that is not in use',
      () => `${encoded({ kid: view.signingKey.kid, typ: 'JWT', alg: 'HS256' })}.${encoded(PAYLOAD)}.AAAA`,
      'signature',
    ],
    [
      'a payload that was changed',
      () => token.replace(/\.[^.]+\./, `.${encoded({ ...PAYLOAD, sub: 'us-east-1:other' })}.`),
      'signature',
    ],
    ['no signature', () => token.replace(/[^.]+$/, ''), 'signature'],
  ])('refuses %s', async (_, make, reason) => {
    expect(await verify(await make())).toEqual({ ok: false, error: { reason } })
  })

  it('accepts no token with a character of header or claims changed, and never throws', async () => {
    const signed = token.lastIndexOf('.')
    const change = fc.tuple(fc.nat(signed - 1), fc.constantFrom(...'AZaz09-_.{"=\u0000\u00e9'))
    await fc.assert(
      fc.asyncProperty(change, async ([at, char]) => {
        fc.pre(token[at] !== char)
        expect((await verify(token.slice(0, at) + char + token.slice(at + 1))).ok).toBe(false)
      }),
      { numRuns: 200 },
    )
  })
})
