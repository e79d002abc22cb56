import { newIdentityId, parseIdentityId } from '../../base/ids.ts'
import type { VerifiedLogin } from '../../logins/index.ts'
import type { Pool } from '../../pools/index.ts'
import { noSuchIdentity, resolutionFault } from '../faults.ts'
import type { RequestContext } from '../operation.ts'
import { proven, verifyLogins } from './verify-logins.ts'

/** An identity that may act: a guest, or one of whose logins this request has proven. */
export interface Identified {
  pool: Pool
  /** The effective id, which after a merge is not the one that was asked for. */
  identityId: string
  guest: boolean
  logins: readonly VerifiedLogin[]
}

/**
 * The identity that a public request speaks for: verifies the logins, links the new ones among them, merges what they
 * prove to be one. `check` looks at the pool before any login is judged, and throws what the pool does not permit.
 */
export async function identify(
  named: string,
  logins: ReadonlyMap<string, string>,
  context: RequestContext,
  check: (pool: Pool) => void = () => {},
): Promise<Identified> {
  const id = parseIdentityId(named)
  if (!id) throw noSuchIdentity(named)
  const resolved = await context.pools.withSettings(id, async (pool) => {
    check(pool)
    const verified = await verifyLogins(logins, pool, context)
    const fresh = newIdentityId(id, context.world)
    const answer = await context.pools.resolve(pool, fresh, verified.map(proven), id)
    return answer.kind === 'identity' ? { ...answer, pool, verified } : answer
  })
  if (resolved.kind === 'no_pool') throw noSuchIdentity(named)
  if (resolved.kind !== 'identity') throw resolutionFault(resolved, named)
  const { guest, pool, uuid, verified } = resolved
  return { pool, guest, identityId: `${id.region}:${uuid}`, logins: verified }
}
