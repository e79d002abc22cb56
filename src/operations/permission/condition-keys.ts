import { seconds } from '../../base/world.ts'
import type { Pool } from '../../pools/index.ts'
import type { Caller } from '../caller.ts'
import type { PoliciesNamed, RequestContext, TagChange, TagPairs } from '../operation.ts'
import { poolArn } from '../pool/index.ts'

/** Condition keys with their values, as entries of the context that a policy is evaluated in. Keys are in lower case. */
export type ConditionKeys = readonly (readonly [string, readonly string[]])[]

/** Condition keys of every request (IAM User Guide, "AWS global condition context keys"). */
export function globalKeys(caller: Caller, { clientAddress, issuer, world }: RequestContext): ConditionKeys {
  const now = world.now()
  return [
    ['aws:currenttime', [new Date(now).toISOString()]],
    ['aws:epochtime', [String(seconds(now))]],
    ['aws:principalarn', [caller.arn]],
    ['aws:requestedregion', [caller.region]],
    ['aws:securetransport', [String(issuer.startsWith('https:'))]],
    ...(clientAddress === 'local' ? [] : [['aws:sourceip', [clientAddress]] as const]),
  ]
}

/** What a policy may ask about a role or provider: its tags. */
export const recordKeys = (tags: TagPairs): ConditionKeys => tagKeys('aws:resourcetag', tags)

/** The policies of roles that a request to IAM names (Service Authorization Reference, IAM). */
export function policyKeys({ boundary, policy }: PoliciesNamed): ConditionKeys {
  return [
    ...(policy === undefined ? [] : [['iam:policyarn', [policy]] as const]),
    ...(boundary === undefined ? [] : [['iam:permissionsboundary', [boundary]] as const]),
  ]
}

/** What a policy may ask about a pool. */
export function poolKeys(pool: Pool | undefined): ConditionKeys {
  if (!pool) return []
  return [
    ['cognito-identity:identitypoolarn', [poolArn(pool.id, pool.account)]],
    ...tagKeys('aws:resourcetag', [...(pool.settings.tags ?? [])]),
  ]
}

/** The tags in a request. */
export function requestKeys(change: TagChange | undefined): ConditionKeys {
  if (!change) return []
  if (change.kind === 'remove') return [['aws:tagkeys', change.keys]]
  return [['aws:tagkeys', change.tags.map(([key]) => key)], ...tagKeys('aws:requesttag', change.tags)]
}

function tagKeys(name: string, tags: TagPairs): ConditionKeys {
  return tags.map(([key, value]) => [`${name}/${key.toLowerCase()}`, [value]])
}
