import * as fc from 'fast-check'
import { base64url } from 'jose'
import { beforeAll, expect, it } from 'vitest'
import { type IssuerKey, issuerKey, json } from './fake-issuer.ts'
import { claimsOf, oidcProvider, testBed, tokenBy } from './support.ts'

let rsa: IssuerKey
let ec: IssuerKey

beforeAll(async () => {
  rsa = await issuerKey('rsa')
  ec = await issuerKey('ec', 'ES256')
})

const replacePart = (token: string, part: number, text: string) => token.split('.').with(part, text).join('.')

/** Ways to make another token of a genuine one. */
const mutation: fc.Arbitrary<(token: string) => string> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat({ max: 6 })).map(([at, bit]) => (token: string) => {
    const i = at % token.length
    return token.slice(0, i) + String.fromCharCode(token.charCodeAt(i) ^ (1 << bit)) + token.slice(i + 1)
  }),
  fc.tuple(fc.nat({ max: 2 }), fc.nat(), fc.nat({ max: 7 })).map(([part, at, bit]) => (token: string) => {
    const bytes = base64url.decode(token.split('.')[part] ?? '')
    const i = at % bytes.length
    bytes[i] = (bytes[i] ?? 0) ^ (1 << bit)
    return replacePart(token, part, base64url.encode(bytes))
  }),
  fc.nat().map((at) => (token: string) => token.slice(0, at % token.length)),
  fc.tuple(fc.nat(), fc.string({ minLength: 1, maxLength: 5 })).map(([at, text]) => (token: string) => {
    const i = at % (token.length + 1)
    return token.slice(0, i) + text + token.slice(i)
  }),
  fc.tuple(fc.nat({ max: 2 }), fc.jsonValue()).map(
    ([part, value]) =>
      (token: string) =>
        replacePart(token, part, json(value)),
  ),
  fc
    .record(
      {
        alg: fc.oneof(fc.constantFrom('none', 'HS256', 'RS256', 'RS512', 'ES256', 'PS256'), fc.jsonValue()),
        kid: fc.oneof(fc.constantFrom('rsa', 'ec'), fc.jsonValue()),
        typ: fc.jsonValue(),
        crit: fc.jsonValue(),
        b64: fc.jsonValue(),
        jwk: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    .map((header) => (token: string) => replacePart(token, 0, json(header))),
  fc
    .dictionary(fc.constantFrom('sub', 'aud', 'azp', 'exp', 'iat', 'nbf', 'extra'), fc.jsonValue())
    .map((changes) => (token: string) => {
      const claims = JSON.parse(new TextDecoder().decode(base64url.decode(token.split('.')[1] ?? '')))
      return replacePart(token, 1, json({ ...claims, ...changes }))
    }),
  fc.oneof(fc.string(), fc.string({ unit: 'binary' })).map((text) => () => text),
)

it('no token made by changing a genuine one is accepted, and none makes the verifier throw', async () => {
  const { network, verifier } = testBed()
  const provider = oidcProvider(network, [rsa, ec])
  const genuine = await Promise.all([rsa, ec].map((key) => tokenBy(key, claimsOf(provider.issuer))))
  const reasonOf = async (token: string) => {
    const answer = await verifier.verify({ provider: provider.name, token }, [provider.trusted])
    return answer.ok ? 'accepted' : answer.error.reason
  }
  const reasons = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...genuine), mutation, async (token, mutate) => {
      const forged = mutate(token)
      fc.pre(forged !== token)
      const reason = await reasonOf(forged)
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
      return reason !== 'accepted'
    }),
    { numRuns: 10_000 },
  )
  // The mutations reach every line of defence, and the genuine tokens still pass.
  expect([...reasons.keys()]).toEqual(
    expect.arrayContaining(['not_a_jwt', 'issuer_mismatch', 'missing_claim', 'algorithm', 'unknown_key', 'signature']),
  )
  expect(await Promise.all(genuine.map(reasonOf))).toEqual(['accepted', 'accepted'])
})
