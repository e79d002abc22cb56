import { seconds } from '../../base/world.ts'
import type { PolicyRequest } from '../../policy/index.ts'
import type { Pool } from '../../pools/index.ts'
import type { Caller } from '../caller.ts'
import type { PoliciesNamed, RequestContext, TagChange, TagPairs } from '../operation.ts'
import { poolArn } from '../pool/index.ts'

/** Condition keys with their values, as entries of the context that a policy is evaluated in. Keys are in lower case. */
export type ConditionKeys = readonly (readonly [string, readonly string[]])[]

/**
 * The context of a request. Tags whose keys differ in case alone are one condition key with several values: were one of
 * them left out, a Deny could be passed by naming a tag twice.
 */
export function contextOf(keys: ConditionKeys): PolicyRequest['context'] {
  let byKey: ReadonlyMap<string, ConditionKeys> | undefined
  return {
    get(key) {
      byKey ??= Map.groupBy(keys, ([name]) => name)
      return byKey.get(key)?.flatMap(([, values]) => values)
    },
  }
}

/** Condition keys of every request of a user, or of an operator in a role, who has no user name (IAM User Guide, "AWS global condition context keys"). */
export function globalKeys(caller: Caller, { clientAddress, issuer, world }: RequestContext): ConditionKeys {
  const now = world.now()
  return [
    ['aws:currenttime', [new Date(now).toISOString()]],
    ['aws:epochtime', [String(seconds(now))]],
    ['aws:principalaccount', [caller.account]],
    ['aws:principalarn', [caller.arn]],
    ['aws:principalisawsservice', ['false']],
    ['aws:principaltype', [caller.kind === 'user' ? 'User' : 'AssumedRole']],
    ['aws:requestedregion', [caller.region]],
    ['aws:securetransport', [String(issuer.startsWith('https:'))]],
    ['aws:userid', [caller.userId]],
    ...(caller.kind === 'user' ? [['aws:username', [caller.arn.slice(caller.arn.lastIndexOf('/') + 1)]] as const] : []),
    ['aws:viaawsservice', ['false']],
    ...(clientAddress === 'local' ? [] : [['aws:sourceip', [clientAddress]] as const]),
  ]
}

/**
 * What a policy may ask about a role or provider: its tags. IAM has a name of its own for those of roles; here it stands
 * for those of providers as well, as a Deny on it is meant for all.
 */
export const recordKeys = (tags: TagPairs): ConditionKeys =>
  ['aws:resourcetag', 'iam:resourcetag'].flatMap((name) => tagKeys(name, tags))

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
