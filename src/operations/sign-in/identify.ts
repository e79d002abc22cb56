import { newIdentityId, parseIdentityId } from '../../base/ids.ts'
import type { Pool, ProofUsed, Resolution } from '../../pools/index.ts'
import type { Fault } from '../../protocol/index.ts'
import { noSuchIdentity, resolutionFault } from '../faults.ts'
import type { RequestContext } from '../operation.ts'
import { type AcceptedLogin, presented } from './login.ts'

/** An identity that may act: a guest, or one of whose logins this request has proven. */
export interface Identified {
  pool: Pool
  /** The effective id, which after a merge is not the one that was asked for. */
  identityId: string
  guest: boolean
  logins: readonly AcceptedLogin[]
}

/** What an operation makes of a request's logins, by the pool's settings. */
export interface Accepted<T> {
  logins: readonly AcceptedLogin[]
  /** What else the operation has settled by then. */
  settled: T
  /** The operation will refuse, unless the pool refuses first: nothing may be linked. */
  trial?: boolean
}

/**
 * The identity that a public request speaks for: links those of its logins that are new, and merges what they prove to be
 * one. `accept` judges them, and throws a fault for what it does not accept.
 */
export async function identify<T>(
  operation: string,
  named: string,
  context: RequestContext,
  accept: (pool: Pool) => Promise<Accepted<T>>,
): Promise<Identified & { settled: T }> {
  const id = parseIdentityId(named)
  if (!id) throw noSuchIdentity(named)
  const resolved = await context.pools.withSettings(id, async (pool) => {
    context.learn({ account: pool.account, decision: { pool: pool.id, logins: undefined } })
    const { logins, settled, trial = false } = await accept(pool)
    const fresh = newIdentityId(id, context.world)
    const answer = await context.pools.resolve(pool, {
      identity: id,
      fresh,
      ...presented(logins, operation, context.operationId),
      trial,
    })
    return answer.kind === 'identity' ? { ...answer, pool, logins, settled } : answer
  })
  if (resolved.kind === 'no_pool') throw noSuchIdentity(named)
  if (resolved.kind !== 'identity') throw refusedBy(resolved, named, context)
  const { guest, logins, pool, settled, uuid } = resolved
  const identityId = `${id.region}:${uuid}`
  context.learn({ response: { identityId }, decision: { identity: identityId, guest } })
  return { pool, guest, identityId, logins, settled }
}

/** The fault for what a pool said instead of an identity, whose own word for it goes into the record. */
export function refusedBy(
  refused: Exclude<Resolution, { kind: 'identity' }> | ProofUsed,
  named: string,
  { learn }: RequestContext,
): Fault {
  learn({ decision: { reason: refused.kind } })
  return resolutionFault(refused, named)
}
