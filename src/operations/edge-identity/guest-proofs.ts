import type { Pool } from '../../pools/index.ts'
import { invalidParameter } from '../faults.ts'
import type { RequestContext } from '../operation.ts'
import { type GuestProof, guestProofsOf } from '../pool/index.ts'
import { type poolOfId, withPoolOnRecord } from '../sign-in/index.ts'

/** The pool, if it asks guests for a proof, and takes this one. */
export async function poolWithProofs(
  target: ReturnType<typeof poolOfId>,
  context: RequestContext,
  proof?: GuestProof,
): Promise<Pool> {
  const { pool } = await withPoolOnRecord(target, context, async (found) => {
    const proofs = guestProofsOf(found)
    if (proofs.length === 0) throw invalidParameter('This identity pool asks guests for no proof.')
    if (proof && !proofs.includes(proof))
      throw invalidParameter(`This identity pool takes ${proofs.join(' or ')} alone.`)
    return { kind: 'found', pool: found } as const
  })
  return pool
}
