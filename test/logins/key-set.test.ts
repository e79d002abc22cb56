import { base64url, type JWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { err, ok } from '../../src/base/result.ts'
import { signingKeys } from '../../src/logins/key-set.ts'
import { issuerKey } from './fake-issuer.ts'

let rsa: JWK
let ec: JWK

beforeAll(async () => {
  rsa = (await issuerKey('rsa')).jwk
  ec = (await issuerKey('ec', 'ES256')).jwk
})

/** A modulus with exactly this many bits. */
const modulus = (bits: number) => {
  const bytes = new Uint8Array(Math.ceil(bits / 8)).fill(0xff)
  bytes[0] = 0xff >> (bytes.length * 8 - bits)
  return base64url.encode(bytes)
}

describe('a key set', () => {
  it('keeps of each key only what verifying takes', () => {
    const { kty, kid, alg, n, e } = rsa
    const { crv, x, y } = ec
    const keys = [
      { ...rsa, x5c: ['MIIB'], x5t: 'abc', custom: {} },
      { ...ec, key_ops: ['verify'] },
    ]
    expect(signingKeys({ keys, extra: true })).toEqual(
      ok([
        { kid, alg, kty, n, e },
        { kid: 'ec', alg: 'ES256', kty: 'EC', crv, x, y },
      ]),
    )
  })

  it.each<[string, object]>([
    ['without kid', { kid: undefined }],
    ['with an empty kid', { kid: '' }],
    ['with a kid of 1401 characters', { kid: 'k'.repeat(1401) }],
    ['without kty', { kty: undefined }],
    ['with kty oct', { kty: 'oct', k: 'c2VjcmV0' }],
    ['for encryption', { use: 'enc' }],
    ['with an unknown use', { use: 'other' }],
    ['whose operations lack verify', { key_ops: ['encrypt'] }],
    ['whose operations are a text', { key_ops: 'verify' }],
    ['for RSA-OAEP', { alg: 'RSA-OAEP' }],
    ['for PS256', { alg: 'PS256' }],
    ['for another key type’s algorithm', { alg: 'ES256' }],
    ['whose alg is no text', { alg: ['RS256'] }],
    ['that is private', { d: 'AQAB' }],
    ['of 2047 bits', { n: modulus(2047) }],
    ['of 2047 bits behind zeros', { n: base64url.encode(new Uint8Array([0, 0, ...base64url.decode(modulus(2047))])) }],
    ['of 8193 bits', { n: modulus(8193) }],
    ['whose modulus is no base64url', { n: '!' }],
    ['whose modulus is zero', { n: 'AAAA' }],
    ['without exponent', { e: undefined }],
  ])('leaves out an RSA key %s', (_, changes) => {
    expect(signingKeys({ keys: [{ ...rsa, ...changes }, ec] })).toMatchObject(ok([{ kid: 'ec' }]))
  })

  it.each<[string, object]>([
    ['on another curve', { crv: 'secp256k1', alg: undefined }],
    ['for another curve’s algorithm', { alg: 'ES384' }],
    ['without y', { y: undefined }],
    ['without a curve', { crv: undefined }],
  ])('leaves out an EC key %s', (_, changes) => {
    expect(signingKeys({ keys: [{ ...ec, ...changes }, rsa] })).toMatchObject(ok([{ kid: 'rsa' }]))
  })

  it.each([2048, 4096, 8192])('takes an RSA key of %i bits', (bits) => {
    const key = { kty: 'RSA', kid: 'k', n: modulus(bits), e: 'AQAB' }
    expect(signingKeys({ keys: [key] })).toEqual(ok([key]))
  })

  it('may have 100 keys and not one more', () => {
    expect(signingKeys({ keys: Array(100).fill(rsa) })).toMatchObject({ ok: true })
    expect(signingKeys({ keys: Array(101).fill(rsa) })).toEqual(err('too_many_keys'))
  })

  it.each([null, 7, [], {}, { keys: {} }, { keys: 'none' }])('is not %j', (json) => {
    expect(signingKeys(json)).toEqual(err('bad_key_set'))
  })

  it.each([[[]], [[null]], [['text']], [[{ kty: 'OKP', crv: 'Ed25519', kid: 'k', x: 'AA' }]]])(
    'with keys %j has none of use',
    (keys) => {
      expect(signingKeys({ keys })).toEqual(err('no_usable_key'))
    },
  )
})
