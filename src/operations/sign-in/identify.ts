import { newIdentityId } from '../../base/ids.ts'
import type { GuestRefused, Pool } from '../../pools/index.ts'
import { refusalReason, resolutionFault } from '../faults.ts'
import type { RequestContext } from '../operation.ts'
import { guestProofsOf } from '../pool/index.ts'
import type { GuestPlea } from './guest.ts'
import { type AcceptedLogin, presented } from './login.ts'
import { type Target, withPoolOnRecord } from './with-pool.ts'

/** An identity that may act: a guest, or one of whose logins this request has proven. */
export interface Identified {
  pool: Pool
  /** The effective id, which after a merge is not the one that was asked for. */
  identityId: string
  guest: boolean
  logins: readonly AcceptedLogin[]
}

/** What an operation makes of a request's logins, by the pool's settings. */
interface Judged<T> {
  logins: readonly AcceptedLogin[]
  /** What else the operation has decided by then. */
  decided: T
  /** The operation will refuse, unless the pool refuses first: nothing may be linked. */
  dryRun?: boolean
  /** Of a request for a new guest: what it brings, where the pool asks something of guests. */
  guest?: GuestPlea | undefined
  /** Asks for what the operation will need besides the identity, beside the question to the pool. */
  ahead?: (() => Promise<unknown>) | undefined
}

/**
 * The identity that a public request speaks for: links those of its logins that are new, and merges what they prove to be
 * one. `judge` judges them, and throws a fault for what it does not accept.
 */
export async function identify<T>(
  operation: string,
  target: Target,
  context: RequestContext,
  judge: (pool: Pool) => Promise<Judged<T>>,
): Promise<Identified & { decided: T }> {
  const identified = await resolveLogins(operation, target, context, judge)
  context.note({ decision: { guest: identified.guest } })
  return identified
}

/** The same for a signed request, on whose word there is no guest. */
export async function resolveLogins<T>(
  operation: string,
  target: Target,
  context: RequestContext,
  judge: (pool: Pool) => Promise<Judged<T>>,
): Promise<Identified & { decided: T }> {
  const { id, identity } = target
  const resolved = await withPoolOnRecord(target, context, async (pool) => {
    const { ahead, decided, dryRun = false, guest, logins } = await judge(pool)
    const needed = ahead?.()
    // If the pool refuses, nobody wants it.
    needed?.catch(() => {})
    const fresh = newIdentityId(id, context.world, guest?.slot)
    const call = {
      identity,
      fresh,
      ...presented(logins, operation, context.operationId),
      from: context.position,
      dryRun,
      guest: guest?.asked,
    }
    const answer = await context.pools.resolve(pool, call)
    if (answer.kind === 'guest_refused') return { ...answer, proofs: guestProofsOf(pool) }
    return answer.kind === 'identity' ? { ...answer, pool, logins, decided, needed } : answer
  })
  if (resolved.kind !== 'identity') {
    context.note({ decision: reasonOf(resolved) })
    throw resolutionFault(resolved, identity?.text ?? '')
  }
  const { decided, guest, logins, pool, uuid } = resolved
  const identityId = `${id.region}:${uuid}`
  context.note({ response: { identityId }, decision: { identity: identityId } })
  await resolved.needed
  return { pool, guest, identityId, logins, decided }
}

/** Why there is no identity, for the record. */
function reasonOf(refused: { kind: string } | GuestRefused) {
  if (!('reason' in refused)) return { reason: refusalReason(refused) }
  return { reason: refused.reason, ...('which' in refused && { which: refused.which }) }
}
