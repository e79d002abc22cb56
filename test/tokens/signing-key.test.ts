import { CompactSign, compactVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { generateSigningKey, importKey, isTokenAlgorithm, toPublicJwk } from '../../src/tokens/signing-key.ts'
import { RFC7515_A2_KEY, RFC7515_A2_KID, RFC7638_KEY, RFC7638_THUMBPRINT } from './vectors.ts'

describe('toPublicJwk', () => {
  it('names a key by the thumbprint that RFC 7638 gives for its example', async () => {
    expect(await toPublicJwk(RFC7638_KEY, 'RS256')).toEqual({
      kty: 'RSA',
      alg: 'RS256',
      use: 'sig',
      kid: RFC7638_THUMBPRINT,
      n: RFC7638_KEY.n,
      e: 'AQAB',
    })
  })

  it('leaves every private member behind', async () => {
    expect(Object.entries(await toPublicJwk(RFC7515_A2_KEY, 'RS512'))).toEqual([
      ['kty', 'RSA'],
      ['alg', 'RS512'],
      ['use', 'sig'],
      ['kid', RFC7515_A2_KID],
      ['n', RFC7515_A2_KEY.n],
      ['e', 'AQAB'],
    ])
  })

  it('refuses a key that signs nothing', async () => {
    await expect(toPublicJwk({ kty: 'oct', k: 'AAAA' }, 'RS256')).rejects.toThrow(TypeError)
  })
})

describe('generateSigningKey', () => {
  it.each(['RS256', 'ES256', 'RS512', 'ES384'] as const)(
    'makes a pair that signs and verifies with %s',
    async (alg) => {
      const { kid, publicJwk, privateJwk } = await generateSigningKey(alg)
      expect(publicJwk).toEqual(await toPublicJwk(privateJwk, alg))
      expect(publicJwk.kid).toBe(kid)
      const signed = await new CompactSign(new Uint8Array([1]))
        .setProtectedHeader({ alg })
        .sign(await importKey(privateJwk, alg))
      expect((await compactVerify(signed, await importKey(publicJwk, alg))).payload).toEqual(new Uint8Array([1]))
    },
  )

  it('gives private keys that cannot be taken out again once imported', async () => {
    const { privateJwk } = await generateSigningKey('ES256')
    expect((await importKey(privateJwk, 'ES256')).extractable).toBe(false)
  })
})

it.each([
  ['RS256', true],
  ['ES256', true],
  ['RS512', true],
  ['ES384', true],
  ['none', false],
  ['HS256', false],
  ['constructor', false],
  [undefined, false],
])('knows whether %s is an algorithm for tokens', (name, known) => {
  expect(isTokenAlgorithm(name)).toBe(known)
})
