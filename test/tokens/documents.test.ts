import { expect, it } from 'vitest'
import { discoveryDocument, publicKeySet } from '../../src/tokens/documents.ts'
import { type PublicJwk, type TokenAlgorithm, toPublicJwk } from '../../src/tokens/signing-key.ts'
import { newPrivateJwk } from './support.ts'
import { RFC7515_A2_KEY } from './vectors.ts'

it.each([
  ['RS256', ['RS256', 'ES384']],
  ['ES256', ['ES256', 'RS256', 'ES384']],
  ['RS512', ['RS512', 'RS256', 'ES384']],
] as const)(
  'describes an issuer that signs with %s, and for other relying parties with what STS does',
  (algorithm, algorithms) => {
    expect(discoveryDocument('https://id.example.com', algorithm)).toEqual({
      issuer: 'https://id.example.com',
      jwks_uri: 'https://id.example.com/.well-known/jwks_uri',
      authorization_endpoint: 'https://id.example.com/authorize',
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      claims_supported: [
        'sub',
        'aud',
        'amr',
        'https://aws.amazon.com/tags',
        'iss',
        'https://cognito-identity.amazonaws.com/identity-pool-arn',
        'exp',
        'iat',
        'jti',
        'https://id.example.com/claims',
      ],
      id_token_signing_alg_values_supported: algorithms,
    })
  },
)

it.each([
  ['RS256', ['kty', 'alg', 'use', 'kid', 'n', 'e']],
  ['RS512', ['kty', 'alg', 'use', 'kid', 'n', 'e']],
  ['ES256', ['kty', 'alg', 'use', 'kid', 'crv', 'x', 'y']],
] as [TokenAlgorithm, string[]][])('publishes of a key for %s only what is public', async (algorithm, members) => {
  const privateJwk = algorithm === 'ES256' ? await newPrivateJwk('ES256') : RFC7515_A2_KEY
  const publicJwk = await toPublicJwk(privateJwk, algorithm)
  const { keys } = publicKeySet({ publicKeys: [{ ...privateJwk, ...publicJwk } as PublicJwk], signingKey: publicJwk })
  expect(keys).toEqual([publicJwk])
  expect(Object.keys(keys[0] ?? {})).toEqual(members)
  for (const value of Object.values(keys[0] ?? {})) expect(value).toMatch(/^[\w-]+$/)
})

it.each([
  ['next', ['a', 'b', 'c'], 'b', ['b', 'a', 'c']],
  ['retired and next', ['a', 'b'], 'a', ['a', 'b']],
  ['no other', ['a'], 'a', ['a']],
])('publishes the key that signs first, before %s', (_, kids, kid, expected) => {
  const publicKeys = kids.map((name) => ({ kid: name }) as PublicJwk)
  expect(publicKeySet({ publicKeys, signingKey: { kid } }).keys.map((key) => key.kid)).toEqual(expected)
})

it('publishes the keys of other rings behind all of its own', () => {
  const ring = (...kids: string[]) => ({
    publicKeys: kids.map((kid) => ({ kid }) as PublicJwk),
    signingKey: { kid: kids.at(-1) ?? '' },
  })
  const { keys } = publicKeySet(ring('a', 'b'), [ring('c', 'd'), ring('e')])
  expect(keys.map(({ kid }) => kid)).toEqual(['b', 'a', 'd', 'c', 'e'])
})

it('publishes an empty set as a set', () => {
  expect(publicKeySet({ publicKeys: [], signingKey: { kid: 'a' } })).toEqual({ keys: [] })
})
