import { amrOf, type IdentityClaims } from '../../tokens/index.ts'
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
