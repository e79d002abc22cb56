import { type Pool, type Restricted, type Restriction, restrictIdentity } from '../../pools/index.ts'
import { noSuchIdentity, noSuchPool } from '../faults.ts'
import type { SignedContext } from '../operation.ts'
import { addressed, identityIn, ownPool } from '../pool/index.ts'

/** The identity of a request, restricted by an operator: under the id that it has today, with its pool. */
export async function restrictedIdentity(
  { IdentityId, IdentityPoolId }: { IdentityId: string; IdentityPoolId: string },
  restriction: Restriction,
  context: SignedContext,
): Promise<Restricted & { identityId: string; pool: Pool }> {
  const { caller, note, pools } = context
  const pool = await ownPool(IdentityPoolId, context)
  const id = addressed(IdentityPoolId, caller)
  const restricted = await restrictIdentity(pools, id, caller.account, identityIn(id, IdentityId), restriction)
  if (restricted.kind === 'no_pool') throw noSuchPool(IdentityPoolId)
  if (restricted.kind === 'no_identity') throw noSuchIdentity(IdentityId)
  const identityId = `${id.region}:${restricted.uuid}`
  note({ decision: { pool: id.text, identity: identityId } })
  return { ...restricted, identityId, pool }
}
