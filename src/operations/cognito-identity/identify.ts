import { newIdentityId, parseIdentityId } from '../../base/ids.ts'
import type { Pool } from '../../pools/index.ts'
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

/**
 * How an operation judges the logins of a request: throws a fault for what it does not accept. A `refusal` comes after what
 * the pool itself may refuse; with one, nothing is linked.
 */
export type AcceptLogins = (pool: Pool) => Promise<{ logins: AcceptedLogin[]; refusal?: Fault | undefined }>

/**
 * The identity that a public request speaks for: links those of its logins that are new, and merges what they prove to be
 * one. `accept` judges them by the pool's settings.
 */
export async function identify(
  operation: string,
  named: string,
  context: RequestContext,
  accept: AcceptLogins,
): Promise<Identified> {
  const id = parseIdentityId(named)
  if (!id) throw noSuchIdentity(named)
  const resolved = await context.pools.withSettings(id, async (pool) => {
    const { logins, refusal } = await accept(pool)
    const fresh = newIdentityId(id, context.world)
    const answer = await context.pools.resolve(pool, {
      identity: id,
      fresh,
      ...presented(logins, operation, context.operationId),
      trial: refusal !== undefined,
    })
    return answer.kind === 'identity' ? { ...answer, pool, logins, refusal } : answer
  })
  if (resolved.kind === 'no_pool') throw noSuchIdentity(named)
  if (resolved.kind !== 'identity') throw resolutionFault(resolved, named)
  const { guest, logins, pool, refusal, uuid } = resolved
  if (refusal) throw refusal
  return { pool, guest, identityId: `${id.region}:${uuid}`, logins }
}
