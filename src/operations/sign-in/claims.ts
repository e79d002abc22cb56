import type { WebIdentity } from '../../credentials/index.ts'
import { amrOf, type IdentityClaims, type OwnClaims } from '../../tokens/index.ts'
import { poolArn } from '../pool/index.ts'
import type { Identified } from './identify.ts'

/** What our token says of an identity that this request has proven. */
export function tokenClaims(
  { identityId, logins, pool }: Identified,
  tags: Readonly<Record<string, string>>,
): IdentityClaims {
  const amr = amrOf(logins.map((login) => login.used))
  return { sub: identityId, aud: pool.id, amr, tags, poolArn: poolArn(pool.id, pool.account) }
}

/** The identity behind the claims of a token of ours, as an STS is asked for its role. */
export function webIdentityOf({ amr, aud, sub, tags }: Pick<OwnClaims, 'amr' | 'aud' | 'sub' | 'tags'>): WebIdentity {
  return { subject: sub, audience: aud, amr, ...(tags && { principalTags: tags }) }
}
