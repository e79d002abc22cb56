import type { IdentityId, PoolId } from '../base/ids.ts'
import type { IdentitiesMerged, Linked, LoginUnlinked } from './by-operator.ts'
import type { NoPool, Tried } from './calls.ts'
import type { ProvenLogin } from './identities.ts'
import { type Pools, uuidOf } from './pools.ts'

/** What operators change of the identities of a pool, for signed callers. */

interface ByOperator extends Tried {
  id: PoolId
  account: string
}

/** `aliases`: the same login under the other names that its provider may be kept under. */
export function linkLogin(
  pools: Pools,
  { account, dryRun, id }: ByOperator,
  identity: IdentityId,
  login: ProvenLogin,
  aliases: readonly ProvenLogin[],
): Promise<Linked | NoPool> {
  const request = { identity: uuidOf(identity), login, aliases, dryRun }
  return pools.writeEither<Linked | NoPool>(id, account, {
    alone: (object) => object.linkLogin({ id: id.text, account, knowsSpread: true }, request),
    spread: (pool) => pool.linkLogin(request),
  })
}

/** Takes the first of these logins that anybody has off the identity. `operation` names the call. */
export function unlinkLogin(
  pools: Pools,
  { account, dryRun, id }: ByOperator,
  identity: IdentityId,
  logins: readonly ProvenLogin[],
  operation: string,
): Promise<LoginUnlinked | NoPool> {
  const request = { identity: uuidOf(identity), logins, operation, dryRun }
  return pools.writeEither<LoginUnlinked | NoPool>(id, account, {
    alone: (object) => object.unlinkLogin({ id: id.text, account, knowsSpread: true }, request),
    spread: (pool) => pool.unlinkLogin(request),
  })
}

/** Merges the source into the destination. */
export function mergeIdentities(
  pools: Pools,
  { account, dryRun, id }: ByOperator,
  source: IdentityId,
  destination: IdentityId,
): Promise<IdentitiesMerged | NoPool> {
  const request = { source: uuidOf(source), destination: uuidOf(destination), dryRun }
  return pools.writeEither<IdentitiesMerged | NoPool>(id, account, {
    alone: (object) => object.mergeIdentities({ id: id.text, account, knowsSpread: true }, request),
    spread: (pool) => pool.mergeIdentities(request),
  })
}
