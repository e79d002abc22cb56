import type { VerifiedLogin } from '../../logins/index.ts'
import { amrOf, type IdentityClaims, type LoginUsed } from '../../tokens/index.ts'
import type { Identified } from './identify.ts'
import { poolArn } from './pool-address.ts'

/** What our token says of an identity that this request has proven. */
export function claimsOf({ identityId, logins, pool }: Identified): IdentityClaims {
  return { sub: identityId, aud: pool.id, amr: amrOf(logins.map(loginUsed)), poolArn: poolArn(pool.id, pool.account) }
}

function loginUsed({ arn, clientId, kind, provider, subject }: VerifiedLogin): LoginUsed {
  if (arn !== undefined) return { kind: 'oidc', provider, providerArn: arn, subject }
  return kind === 'user_pool' ? { kind, provider, subject } : { kind: 'social', provider, clientId, subject }
}

/** Under which key a pool's role mappings name the provider of a login. */
export function mappingKey({ arn, clientId, kind, provider }: VerifiedLogin): string {
  return kind === 'user_pool' ? `${provider}:${clientId}` : (arn ?? provider)
}
