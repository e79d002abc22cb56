import { base64url, decodeJwt, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { mintToken } from '../../src/tokens/mint.ts'
import { HOUR, newPrivateJwk, START, viewWith } from './support.ts'
import { RFC7515_A2_KEY, RFC7515_A2_KID, SIGNED_RS256, SIGNED_RS512 } from './vectors.ts'

const POOL = 'us-east-1:9f3c2a71-5b1d-4c3e-9a70-2f8e6d4c1b0a'
const CLAIMS = {
  sub: 'us-east-1:9f3c2a71-0000-8d1e-b2c4-6a0f5e7d9c10',
  aud: POOL,
  amr: ['authenticated', 'login.example', `login.example:${POOL}:ann`],
  tags: { team: 'red' },
  poolArn: `arn:aws:cognito-identity:us-east-1:123456789012:identitypool/${POOL}`,
}
const issuer = 'https://id.example.com'
const text = (part: string | undefined) => new TextDecoder().decode(base64url.decode(part ?? ''))

describe('mintToken', () => {
  it.each([
    ['RS256', SIGNED_RS256],
    ['RS512', SIGNED_RS512],
  ] as const)('signs with %s byte for byte as another implementation does', async (algorithm, expected) => {
    const view = await viewWith(RFC7515_A2_KEY, algorithm)
    expect(await mintToken(CLAIMS, 600, { view, issuer, now: START + 999 })).toBe(expected)
  })

  it('signs with ES256', async () => {
    const view = await viewWith(await newPrivateJwk('ES256'), 'ES256')
    const { kid } = view.signingKey
    const token = await mintToken(CLAIMS, 600, { view, issuer, now: START })
    expect(text(token.split('.')[0])).toBe(`{"kid":"${kid}","typ":"JWT","alg":"ES256"}`)
    const key = view.verificationKeys.get(kid) as CryptoKey
    expect((await jwtVerify(token, key, { currentDate: new Date(START) })).payload).toEqual(decodeJwt(SIGNED_RS256))
  })

  it.each([
    ['none', undefined],
    ['an empty set', {}],
  ])('writes header and claims in order, and no tags claim for %s', async (_, tags) => {
    const view = await viewWith(RFC7515_A2_KEY, 'RS256')
    const token = await mintToken({ ...CLAIMS, amr: ['unauthenticated'], tags }, 86_400, { view, issuer, now: START })
    expect(text(token.split('.')[0])).toBe(`{"kid":"${RFC7515_A2_KID}","typ":"JWT","alg":"RS256"}`)
    expect(text(token.split('.')[1])).toBe(
      `{"sub":"${CLAIMS.sub}","aud":"${POOL}","amr":["unauthenticated"],"iss":"${issuer}",` +
        `"https://cognito-identity.amazonaws.com/identity-pool-arn":"${CLAIMS.poolArn}","exp":4102531200,"iat":4102444800}`,
    )
  })

  it('keeps a tag whose name means something to JavaScript', async () => {
    const view = await viewWith(RFC7515_A2_KEY, 'RS256')
    const tags = Object.fromEntries([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
    const token = await mintToken({ ...CLAIMS, tags }, 600, { view, issuer, now: START })
    expect(text(token.split('.')[1])).toContain('"principal_tags":{"__proto__":["a"],"constructor":["b"]}')
  })

  it('writes tags as an object of their own where that is asked for', async () => {
    const view = await viewWith(RFC7515_A2_KEY, 'RS256')
    const tags = Object.fromEntries([
      ['team', 'red'],
      ['__proto__', 'a'],
    ])
    const token = await mintToken({ ...CLAIMS, tags }, 600, { view, issuer, now: START, tags: 'object' })
    expect(text(token.split('.')[1])).toBe(
      `{"sub":"${CLAIMS.sub}","aud":"${POOL}","amr":["authenticated","login.example","login.example:${POOL}:ann"],` +
        `"https://aws.amazon.com/tags/principal_tags":{"team":"red","__proto__":"a"},"iss":"${issuer}",` +
        `"https://cognito-identity.amazonaws.com/identity-pool-arn":"${CLAIMS.poolArn}","exp":4102445400,"iat":4102444800}`,
    )
  })

  it('marks a token that is for an STS alone', async () => {
    const view = await viewWith(RFC7515_A2_KEY, 'RS256')
    const token = await mintToken(CLAIMS, 600, { view, issuer, now: START, forSts: true })
    expect(decodeJwt(token)).toMatchObject({ sub: CLAIMS.sub, aud: POOL, 'edge-identity:use': 'sts' })
  })

  it('writes no claim for an empty set of tags in that form either', async () => {
    const view = await viewWith(RFC7515_A2_KEY, 'RS256')
    const token = await mintToken({ ...CLAIMS, tags: {} }, 600, { view, issuer, now: START, tags: 'object' })
    expect(text(token.split('.')[1])).not.toContain('aws.amazon.com/tags')
  })

  it.each([0, -1, 1.5, 86_401, Number.NaN])('refuses to let a token live %d seconds', async (lifetime) => {
    const view = await viewWith(RFC7515_A2_KEY, 'RS256')
    await expect(mintToken(CLAIMS, lifetime, { view, issuer, now: START })).rejects.toThrow(RangeError)
  })

  it('never signs once the signing key has had its time', async () => {
    const view = await viewWith(RFC7515_A2_KEY, 'RS256')
    await expect(mintToken(CLAIMS, 600, { view, issuer, now: START + HOUR - 1 })).resolves.toBeTypeOf('string')
    await expect(mintToken(CLAIMS, 600, { view, issuer, now: START + HOUR })).rejects.toThrow('had its time')
  })
})
