import { base64url, exportJWK, type JWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { err, ok } from '../../src/base/result.ts'
import { keySet, signingKeys } from '../../src/logins/key-set.ts'
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

describe('the key for a token', () => {
  const pick = async (published: object[], header: { alg: string; kid?: string }) => {
    const keys = signingKeys({ keys: published })
    return keys.ok ? keySet(keys.value, 0, 0).pick({ ...header, hasCritical: false }) : undefined
  }
  let other: JWK
  let otherEc: JWK

  beforeAll(async () => {
    other = (await issuerKey('rsa')).jwk
    otherEc = (await issuerKey('ec', 'ES256')).jwk
  })

  const withoutKid = (key: JWK) => ({ ...key, kid: undefined })
  const cases: [string, () => object[], { alg: string; kid?: string }][] = [
    ['is published twice under one kid', () => [rsa, rsa], { alg: 'RS256', kid: 'rsa' }],
    [
      'is published once with and once without alg',
      () => [rsa, { ...rsa, alg: undefined }],
      { alg: 'RS256', kid: 'rsa' },
    ],
    [
      'is published with and without certificates',
      () => [rsa, { ...rsa, x5c: ['MIIB'] }],
      { alg: 'RS256', kid: 'rsa' },
    ],
    ['is published for several algorithms', () => [{ ...rsa, alg: 'RS512' }, rsa], { alg: 'RS256', kid: 'rsa' }],
    ['shares its kid with one of another type', () => [{ ...ec, kid: 'rsa' }, rsa], { alg: 'RS256', kid: 'rsa' }],
    ['has an empty kid, as the token has', () => [{ ...rsa, kid: '' }], { alg: 'RS256', kid: '' }],
    ['has an empty kid, and the token has none', () => [{ ...rsa, kid: '' }], { alg: 'RS256' }],
    ['has a name and an empty kid, and the token has none', () => [rsa, { ...rsa, kid: '' }], { alg: 'RS256' }],
    ['has no kid, and the token has none', () => [withoutKid(rsa)], { alg: 'RS256' }],
    ['has no kid, and the token has an empty one', () => [withoutKid(rsa)], { alg: 'RS256', kid: '' }],
    ['has two kids, and the token has none', () => [rsa, { ...rsa, kid: 'again' }], { alg: 'RS256' }],
    ['has no kid among keys of other types', () => [withoutKid(rsa), withoutKid(ec)], { alg: 'RS256' }],
    ['has an odd kid', () => [{ ...rsa, kid: 'a b/+=ü"\n' }, other], { alg: 'RS256', kid: 'a b/+=ü"\n' }],
  ]
  it.each(cases)('is found where it %s', async (_, published, header) => {
    const found = await pick(published(), header)
    expect(found && (await exportJWK(found))).toMatchObject({ n: rsa.n })
  })

  const doubtful: [string, () => object[], { alg: string; kid?: string }][] = [
    ['another one has its kid', () => [rsa, other], { alg: 'RS256', kid: 'rsa' }],
    ['another one has its kid and no alg', () => [rsa, { ...other, alg: undefined }], { alg: 'RS256', kid: 'rsa' }],
    ['two are on one curve', () => [ec, otherEc], { alg: 'ES256', kid: 'ec' }],
    ['the token has no kid and two fit', () => [rsa, { ...other, kid: 'b' }], { alg: 'RS256' }],
    ['only keys without kid are there', () => [withoutKid(rsa)], { alg: 'RS256', kid: 'rsa' }],
    ['only its case differs', () => [rsa], { alg: 'RS256', kid: 'RSA' }],
    ['the algorithm is another one', () => [rsa], { alg: 'RS512', kid: 'rsa' }],
    ['the curve is another one', () => [{ ...ec, alg: undefined }], { alg: 'ES384', kid: 'ec' }],
  ]
  it.each(doubtful)('is not found where %s', async (_, published, header) => {
    expect(await pick(published(), header)).toBeUndefined()
  })
})

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
    ['whose kid is a number', { kid: 7 }],
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

  it.each<[string, object]>([
    ['without kid', { kid: undefined }],
    ['with a kid of null', { kid: null }],
  ])('takes a key %s', (_, changes) => {
    const { kty, alg, n, e } = rsa
    expect(signingKeys({ keys: [{ ...rsa, ...changes }] })).toEqual(ok([{ alg, kty, n, e }]))
  })

  it('may have 100 keys of each type; of a type with more, none counts', () => {
    const of = (count: number, key: JWK) => Array(count).fill(key)
    const counted = (keys: JWK[]) => {
      const found = signingKeys({ keys })
      return found.ok ? found.value.map((one) => one.kty) : found.error
    }
    expect(counted([...of(100, rsa), ...of(100, ec)])).toHaveLength(200)
    expect(counted([...of(101, rsa), ...of(2, ec)])).toEqual(['EC', 'EC'])
    expect(counted([...of(2, rsa), ...of(101, ec)])).toEqual(['RSA', 'RSA'])
    expect(counted(of(101, rsa))).toBe('too_many_keys')
    // What is of another type, or of no use, is counted as its type.
    expect(counted([...of(500, { kty: 'OKP', crv: 'Ed25519', x: 'AA' }), rsa])).toEqual(['RSA'])
    expect(counted([...of(100, { kty: 'RSA', use: 'enc' }), rsa])).toBe('too_many_keys')
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
