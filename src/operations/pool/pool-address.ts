import { partitionOf } from '../../base/arn.ts'
import { type IdentityId, type PoolId, parseIdentityId, parsePoolId, regionOf } from '../../base/ids.ts'
import type { Caller } from '../caller.ts'
import { noSuchIdentity, noSuchPool } from '../faults.ts'

/** The pool id that a signed caller named, if it could be a pool of the region the request was signed for. */
export function addressed(text: string, caller: Caller): PoolId {
  const id = parsePoolId(text)
  if (!id || id.region !== caller.region) throw noSuchPool(text)
  return id
}

/** The identity id that a signed caller named, if it could be one of this pool; else the fault is thrown. */
export function identityIn(pool: PoolId, text: string, unknown = noSuchIdentity): IdentityId {
  const id = parseIdentityId(text)
  if (id?.tag !== pool.tag || id.region !== pool.region) throw unknown(text)
  return id
}

/** `arn:<partition>:cognito-identity:<region>:<account>:identitypool/<pool id>` */
export function poolArn(poolId: string, account: string): string {
  const region = regionOf(poolId)
  return `arn:${partitionOf(region)}:cognito-identity:${region}:${account}:identitypool/${poolId}`
}

/** For operations on one pool: the resource that the caller's policy is asked about, and the pool behind it. */
export const onPool = {
  resource: (input: { IdentityPoolId: string }, caller: Caller) => poolArn(input.IdentityPoolId, caller.account),
  pools: poolNamed,
}

/** The pool that a request names, for the caller's policy. */
export function poolNamed({ IdentityPoolId }: { IdentityPoolId: string }): PoolId[] {
  return [parsePoolId(IdentityPoolId) ?? []].flat()
}

/** Where these identities live: one identity of each pool, for the caller's policy. */
export function poolsOf(identityIds: readonly string[]): IdentityId[] {
  const ids = identityIds.flatMap((text) => parseIdentityId(text) ?? [])
  return [...new Map(ids.map((id) => [`${id.region}:${id.tag}`, id])).values()]
}
