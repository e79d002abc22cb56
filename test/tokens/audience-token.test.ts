import { base64url, decodeJwt, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { mintAudienceToken } from '../../src/tokens/audience-token.ts'
import { verifyOwnToken } from '../../src/tokens/own-token.ts'
import { HOUR, newPrivateJwk, START, viewWith } from './support.ts'
import { RFC7515_A2_KEY, RFC7515_A2_KID } from './vectors.ts'

const issuer = 'https://id.example.com'
const more = { account: '123456789012' }
const CLAIMS = { sub: 'us-east-1:9f3c2a71-0000-8d1e-b2c4-6a0f5e7d9c10', audiences: ['https://api.example'], more }
const text = (part: string | undefined) => new TextDecoder().decode(base64url.decode(part ?? ''))

async function minted(claims: Partial<typeof CLAIMS> = {}, options = {}) {
  const view = await viewWith(RFC7515_A2_KEY, 'RS256')
  return mintAudienceToken(
    { ...CLAIMS, ...claims },
    { view, issuer, now: START, lifetimeSeconds: 300, jti: 'j', ...options },
  )
}

async function tokenWith(claims: Partial<typeof CLAIMS> = {}): Promise<string> {
  const made = await minted(claims)
  if (!made.ok) throw new Error(made.error.reason)
  return made.value.token
}

describe('mintAudienceToken', () => {
  it('writes header and claims in order, with one audience as a text', async () => {
    const token = await tokenWith()
    expect(text(token.split('.')[0])).toBe(`{"kid":"${RFC7515_A2_KID}","typ":"JWT","alg":"RS256"}`)
    expect(text(token.split('.')[1])).toBe(
      `{"iss":"${issuer}","sub":"${CLAIMS.sub}","aud":"https://api.example","iat":4102444800,"exp":4102445100,` +
        `"jti":"j","edge-identity:use":"audience","${issuer}/claims":{"account":"123456789012"}}`,
    )
  })

  it('writes several audiences as a list', async () => {
    expect(decodeJwt(await tokenWith({ audiences: ['a', 'b'] })).aud).toEqual(['a', 'b'])
  })

  it('signs with ES384', async () => {
    const view = await viewWith(await newPrivateJwk('ES384'), 'ES384')
    const made = await mintAudienceToken(CLAIMS, { view, issuer, now: START, lifetimeSeconds: 60, jti: 'j' })
    if (!made.ok) throw new Error(made.error.reason)
    const key = view.verificationKeys.get(view.signingKey.kid) as CryptoKey
    const verified = await jwtVerify(made.value.token, key, { currentDate: new Date(START), algorithms: ['ES384'] })
    expect(verified.payload.exp).toBe(made.value.exp)
  })

  it('makes no token that this service would take back, not even one for a pool', async () => {
    const view = await viewWith(RFC7515_A2_KEY, 'RS256')
    const token = await tokenWith({ audiences: ['us-east-1:9f3c2a71-5b1d-4c3e-9a70-2f8e6d4c1b0a'] })
    const judged = await verifyOwnToken(token, { view, issuer, now: START, clockToleranceSeconds: 0 })
    expect(judged).toEqual({ ok: false, error: { reason: 'other_use' } })
  })

  it('makes no payload beyond 8 KiB, counted in bytes', async () => {
    const room =
      8192 - new TextEncoder().encode(text((await tokenWith({ more: { account: '' } })).split('.')[1])).length
    expect((await minted({ more: { account: 'x'.repeat(room) } })).ok).toBe(true)
    for (const account of ['x'.repeat(room + 1), 'é'.repeat(room / 2 + 1)])
      expect(await minted({ more: { account } })).toEqual({ ok: false, error: { reason: 'payload_too_large' } })
  })

  it.each([59, 3601, Number.NaN, 60.5])('makes none that lives for %d seconds', async (lifetimeSeconds) => {
    await expect(minted({}, { lifetimeSeconds })).rejects.toThrow()
  })

  it('signs nothing with a key that has had its time', async () => {
    await expect(minted({}, { now: START + HOUR })).rejects.toThrow('had its time')
  })
})
