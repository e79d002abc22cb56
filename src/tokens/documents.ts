import { claimsClaim } from './audience-token.ts'
import { POOL_ARN_CLAIM, TAGS_CLAIM } from './mint.ts'
import type { RingView } from './ring-view.ts'
import { AUDIENCE_ALGORITHMS, type PublicJwk, type TokenAlgorithm } from './signing-key.ts'

/**
 * The issuer's discovery document (OpenID Connect Discovery 1.0; IAM User Guide, "Create an OpenID Connect identity
 * provider"). It names exactly the algorithms in use: that of identities first, and those that tokens for other relying parties
 * may have. An authorization endpoint is required, though nothing is served there: tokens come from the API alone.
 */
export function discoveryDocument(issuer: string, algorithm: TokenAlgorithm) {
  return {
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks_uri`,
    authorization_endpoint: `${issuer}/authorize`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    claims_supported: [
      'sub',
      'aud',
      'amr',
      TAGS_CLAIM,
      'iss',
      POOL_ARN_CLAIM,
      'exp',
      'iat',
      'jti',
      claimsClaim(issuer),
    ],
    id_token_signing_alg_values_supported: [...new Set([algorithm, ...AUDIENCE_ALGORITHMS])],
  }
}

/**
 * The public key set (RFC 7517, section 5) of the ring of identities and of others, member by member, so that nothing else can
 * slip out. The key that signs for identities now is the first, because some releases of the Ceph Object Gateway look at no other.
 */
export function publicKeySet(ring: PublishedKeys, others: readonly PublishedKeys[] = []): { keys: PublicJwk[] } {
  return { keys: [ring, ...others].flatMap(inOrder).map(publishedJwk) }
}

function inOrder({ publicKeys, signingKey }: PublishedKeys): PublicJwk[] {
  const signs = ({ kid }: PublicJwk) => kid === signingKey.kid
  return [...publicKeys.filter(signs), ...publicKeys.filter((key) => !signs(key))]
}

interface PublishedKeys extends Pick<RingView, 'publicKeys'> {
  signingKey: { kid: string }
}

function publishedJwk(jwk: PublicJwk): PublicJwk {
  const { alg, use, kid } = jwk
  return jwk.kty === 'RSA'
    ? { kty: jwk.kty, alg, use, kid, n: jwk.n, e: jwk.e }
    : { kty: jwk.kty, alg, use, kid, crv: jwk.crv, x: jwk.x, y: jwk.y }
}
