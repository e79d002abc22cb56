import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { RSA_BITS } from './limits.ts'

/**
 * What tokens can be signed with (RFC 7518, section 3.1), each by a ring of its own. RS256 is the one that every relying party
 * accepts.
 */
export const TOKEN_ALGORITHMS = ['RS256', 'ES256', 'RS512', 'ES384'] as const
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number]

export function isTokenAlgorithm(text: string | undefined): text is TokenAlgorithm {
  return TOKEN_ALGORITHMS.some((algorithm) => algorithm === text)
}

/** What a client may have a token for another relying party signed with (API reference of STS, GetWebIdentityToken). */
export const AUDIENCE_ALGORITHMS = ['RS256', 'ES384'] as const
export type AudienceAlgorithm = (typeof AUDIENCE_ALGORITHMS)[number]

interface PublicJwkCommon {
  alg: TokenAlgorithm
  use: 'sig'
  kid: string
}

/** A key as it is published: these members in this order, and nothing else. */
export type PublicJwk =
  | ({ kty: 'RSA' } & PublicJwkCommon & { n: string; e: string })
  | ({ kty: 'EC' } & PublicJwkCommon & { crv: string; x: string; y: string })

export interface SigningKey {
  kid: string
  publicJwk: PublicJwk
  privateJwk: JWK
}

/** A new key pair. Slow for RSA (0.1 to 0.3 s), so it is made before anything is decided about it. */
export async function generateSigningKey(algorithm: TokenAlgorithm): Promise<SigningKey> {
  const pair = await generateKeyPair(algorithm, { extractable: true, modulusLength: RSA_BITS })
  const privateJwk = await exportJWK(pair.privateKey)
  const publicJwk = await toPublicJwk(privateJwk, algorithm)
  return { kid: publicJwk.kid, publicJwk, privateJwk }
}

/** The public half, under its RFC 7638 thumbprint. */
export async function toPublicJwk(jwk: JWK, alg: TokenAlgorithm): Promise<PublicJwk> {
  const kid = await calculateJwkThumbprint(jwk, 'sha256')
  const { kty, n, e, crv, x, y } = jwk
  if (kty === 'RSA' && n && e) return { kty: 'RSA', alg, use: 'sig', kid, n, e }
  if (kty === 'EC' && crv && x && y) return { kty: 'EC', alg, use: 'sig', kid, crv, x, y }
  throw new TypeError('not a key that signs tokens')
}

/** The usable form of a key, which cannot be stored or sent. Private keys come out not extractable. */
export async function importKey(jwk: JWK | PublicJwk, algorithm: TokenAlgorithm): Promise<CryptoKey> {
  return (await importJWK(jwk, algorithm)) as CryptoKey
}
