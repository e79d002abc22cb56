import { parseArn } from '../../base/arn.ts'
import type { PoolId } from '../../base/ids.ts'
import { evaluate, type PolicyRequest } from '../../policy/index.ts'
import { Fault, type Service } from '../../protocol/index.ts'
import type { Caller } from '../caller.ts'
import type { SignedContext, TagPairs } from '../operation.ts'
import { isRoleOf, poolArn } from '../pool/index.ts'
import { contextOf, globalKeys, poolKeys, recordKeys } from './condition-keys.ts'

/** Refuses a caller whose policy does not allow the action on the resource. */
export function authorise(
  caller: Caller,
  service: Service,
  operation: string,
  resource: string,
  context: PolicyRequest['context'],
): void {
  const action = `${service}:${operation}`
  const decision = caller.kind === 'session' ? 'implicit_deny' : evaluate(caller.policy, { action, resource, context })
  if (decision === 'allow') return
  const why =
    decision === 'explicit_deny'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`
  throw new Fault(
    'AccessDeniedException',
    `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
  )
}

/** Whether the caller may hand this role to a pool: a role ARN of the caller's own account, and `iam:PassRole` for it. */
export async function mayPassRole(roleArn: string, context: SignedContext): Promise<boolean> {
  const { caller } = context
  if (caller.kind === 'session' || !isRoleOf(caller.account, roleArn, context)) return false
  const keys = contextOf([
    ...globalKeys(caller, context),
    ...recordKeys(caller.asksAboutTags ? await tagsOfRole(roleArn, context) : []),
    ['iam:passedtoservice', ['cognito-identity.amazonaws.com']],
  ])
  return evaluate(caller.policy, { action: 'iam:PassRole', resource: roleArn, context: keys }) === 'allow'
}

/** Refuses a caller who may not let roles give out this grant of R2: `iam:PassRole` on its ARN, to STS, which gives it out. */
export function checkPassingGrant(arn: string, context: SignedContext): void {
  const { caller } = context
  const keys = caller.kind === 'session' ? [] : globalKeys(caller, context)
  const conditions = contextOf([...keys, ['iam:passedtoservice', ['sts.amazonaws.com']]])
  authorise(caller, 'iam', 'PassRole', arn, conditions)
}

/** Whether the caller may see under which names providers know the users of a pool: `edge-identity:ReadSubjects` on the pool. */
export async function mayReadSubjects(id: PoolId, context: SignedContext): Promise<boolean> {
  const { caller, pools } = context
  if (caller.kind === 'session') return false
  const home = caller.asksAboutTags ? await pools.readHome(id) : undefined
  const pool = home?.kind === 'pool' && home.pool.account === caller.account ? home.pool : undefined
  const keys = contextOf([...globalKeys(caller, context), ...poolKeys(pool)])
  const asked = { action: 'edge-identity:ReadSubjects', resource: poolArn(id.text, caller.account), context: keys }
  return evaluate(caller.policy, asked) === 'allow'
}

/** The tags of the role that is registered here under this path and name, which a role of a store has as well. */
async function tagsOfRole(arn: string, { accounts, caller }: SignedContext): Promise<TagPairs> {
  const name = arn.slice(arn.lastIndexOf('/') + 1)
  const role = await accounts.read(caller.account, (account) => account.role(name))
  return role && parseArn(role.arn)?.resource === parseArn(arn)?.resource ? role.tags : []
}
