import type { IdentityId, PoolId } from '../../base/ids.ts'
import type { Pool } from '../../pools/index.ts'
import type { Service } from '../../protocol/index.ts'
import type { Caller } from '../caller.ts'
import type { RequestContext, SignedOperation, TagChange, TagPairs } from '../operation.ts'
import { isSettingTag } from '../pool/index.ts'
import { authorise } from './authorise.ts'
import {
  type ConditionKeys,
  contextOf,
  globalKeys,
  policyKeys,
  poolKeys,
  recordKeys,
  requestKeys,
} from './condition-keys.ts'

/** Decoded input of one request. Its type is known to the operation alone, which is given back what belongs to it. */
type Input = never

/**
 * Refuses a caller whose policy does not allow the operation on what the operation declares that it touches. A request
 * that touches several pools must be allowed for each of them.
 */
export async function checkPermission(
  operation: SignedOperation,
  given: object,
  caller: Caller,
  context: RequestContext,
): Promise<void> {
  if (operation.resource === null) return
  const input = given as Input
  const resource = await operation.resource(input, caller, context)
  const change = operation.tags?.(input)
  const keys = [
    ...globalKeys(caller, context),
    ...recordKeys(await recordTags(operation, input, caller, context)),
    ...policyKeys(operation.policies?.(input) ?? {}),
  ]
  for (const pool of await poolsAskedAbout(operation.pools?.(input) ?? [], change, caller, context))
    for (const needed of permissionsNeeded(operation, resource, change, pool)) {
      const conditions = contextOf([...keys, ...poolKeys(pool), ...needed.keys])
      authorise(caller, needed.service, needed.action, needed.resource, conditions)
    }
}

/** One action that the policy must allow, with the condition keys that only this action has. */
interface Permission {
  service: Service
  action: string
  resource: string
  keys: ConditionKeys
}

/**
 * The operation itself, and what it does besides. Tags that come along with something else need the permission to tag,
 * and those that they replace the permission to untag. Tags that set how the service treats a pool need the permission to
 * set its roles: permission to tag is given more lightly than permission to say what users may do.
 */
function permissionsNeeded(
  { also = [], name, service: own }: SignedOperation,
  resource: string,
  change: TagChange | undefined,
  pool: Pool | undefined,
): Permission[] {
  const keys = requestKeys(change)
  const service = also.length > 0 ? 'cognito-identity' : own
  const needed: Permission[] = [
    { service: own, action: name, resource, keys },
    ...also.map(([action, on]) => ({ service, action, resource: on === '*' ? on : resource, keys })),
  ]
  if (service === 'cognito-identity' && changesSettingTags(change, pool))
    needed.push({ service, action: 'SetIdentityPoolRoles', resource: '*', keys: [] })
  if (change?.kind === 'add' && change.action !== undefined)
    needed.push({ service, action: change.action, resource, keys })
  if (change?.kind !== 'replace') return needed
  needed.push({ service, action: 'TagResource', resource, keys })
  const dropped = keysDropped(pool, change.tags)
  if (dropped.length > 0) needed.push({ service, action: 'UntagResource', resource, keys: [['aws:tagkeys', dropped]] })
  return needed
}

/** The tags of the role or provider that a request names, where the policy may ask about them. */
async function recordTags(
  operation: SignedOperation,
  input: Input,
  caller: Caller,
  context: RequestContext,
): Promise<TagPairs> {
  if (!operation.record || caller.kind === 'session' || !caller.asksAboutTags) return []
  return operation.record(input, caller, context)
}

/**
 * The pools of the request that must be known to judge it; `undefined` for one that is not the caller's, or for none. They
 * are looked up only if the policy has conditions on pools, their tags, or their ARN where the action itself has no
 * resource; and where tags are replaced, or such that set how the service treats a pool are changed.
 */
async function poolsAskedAbout(
  named: readonly (PoolId | IdentityId)[],
  change: TagChange | undefined,
  caller: Caller,
  { pools }: RequestContext,
): Promise<readonly (Pool | undefined)[]> {
  const asks = caller.kind !== 'session' && (caller.asksAboutTags || dependsOnTags(change))
  if (!asks || named.length === 0) return [undefined]
  const found = await Promise.all(named.map((id) => pools.readHome(id)))
  return found.map((home) => (home.kind === 'pool' && home.pool.account === caller.account ? home.pool : undefined))
}

/** Whether what a change of tags needs depends on the tags that the pool has. */
function dependsOnTags(change: TagChange | undefined): boolean {
  switch (change?.kind) {
    case undefined:
      return false
    case 'replace':
      return true
    case 'add':
      return change.tags.some(([key]) => isSettingTag(key))
    case 'remove':
      return change.keys.some(isSettingTag)
  }
}

/** Whether a request changes a tag that sets how the service treats the pool, such as how long credentials last. */
function changesSettingTags(change: TagChange | undefined, pool: Pool | undefined): boolean {
  if (!change) return false
  if (change.kind === 'remove') return change.keys.some(isSettingTag)
  const changed = change.tags.filter(([key, value]) => pool?.settings.tags?.get(key) !== value).map(([key]) => key)
  const dropped = change.kind === 'replace' ? keysDropped(pool, change.tags) : []
  return [...changed, ...dropped].some(isSettingTag)
}

/** Keys of the tags that a pool loses when these replace them. */
function keysDropped(pool: Pool | undefined, tags: TagPairs): readonly string[] {
  const kept = new Set(tags.map(([key]) => key))
  return [...(pool?.settings.tags?.keys() ?? [])].filter((key) => !kept.has(key))
}
