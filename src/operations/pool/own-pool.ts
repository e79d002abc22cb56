import { PLACES_TAG, type Pool, type SettingsChange, SHARDS_TAG } from '../../pools/index.ts'
import { Fault } from '../../protocol/index.ts'
import { invalidParameter, noSuchPool, settingsTooLarge, tooManyTags } from '../faults.ts'
import type { SignedContext } from '../operation.ts'
import { ttlNeedsLastUse } from './guest-tags.ts'
import { addressed } from './pool-address.ts'

/** The caller's pool of that id, in the region that the call was signed for, as it is now. */
export async function ownPool(poolId: string, { caller, pools }: SignedContext): Promise<Pool> {
  const found = await pools.read(addressed(poolId, caller), caller.account)
  if (found.kind !== 'pool') throw noSuchPool(poolId)
  return found.pool
}

/**
 * Changes some settings of the caller's pool and answers the whole of it, or the fault for what is refused. `version`: only if
 * the pool still has this one.
 */
export async function changePool(
  poolId: string,
  change: SettingsChange,
  { caller, pools }: SignedContext,
  version?: number,
): Promise<Pool> {
  const changed = await pools.change(addressed(poolId, caller), caller.account, change, version)
  switch (changed.kind) {
    case 'pool':
      return changed.pool
    case 'no_pool':
      throw noSuchPool(poolId)
    case 'other_version':
      throw new Fault('ConcurrentModificationException', 'The pool was changed meanwhile. Read it again.')
    case 'developer_provider_fixed':
      throw invalidParameter('The developer provider name of an identity pool cannot be changed.')
    case 'shards_fixed':
    case 'fewer_shards':
      throw invalidParameter(`A pool cannot be put back into fewer objects: ${SHARDS_TAG} can only be raised.`)
    case 'growing':
      throw invalidParameter(`The pool is still growing: ${SHARDS_TAG} can be raised again when it has grown.`)
    case 'places_fixed':
      throw invalidParameter(
        `${PLACES_TAG} is read when a pool is created, or when it grows from one object to several, and cannot be changed.`,
      )
    case 'ttl_needs_last_use':
      throw ttlNeedsLastUse()
    case 'too_many_tags':
      throw tooManyTags()
    case 'too_large':
      throw settingsTooLarge()
  }
}
