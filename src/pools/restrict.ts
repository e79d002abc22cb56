import type { IdentityId, PoolId } from '../base/ids.ts'
import type { NoPool } from './calls.ts'
import { type Pools, uuidOf } from './pools.ts'
import type { Restricted, Restriction } from './restrictions.ts'

/** Restricts who signs in as an identity, for a signed caller; one that lost a merge stands for the survivor. */
export function restrictIdentity(
  pools: Pools,
  id: PoolId,
  account: string,
  identity: IdentityId,
  restriction: Restriction,
): Promise<Restricted | { kind: 'no_identity' } | NoPool> {
  const uuid = uuidOf(identity)
  return pools.writeEither<Restricted | { kind: 'no_identity' } | NoPool>(id, account, {
    alone: (object) => object.restrict({ id: id.text, account, knowsSpread: true }, uuid, restriction),
    spread: (pool) => pool.restrict(uuid, restriction),
  })
}
