import { evaluate } from '../../policy/index.ts'
import { Fault, type Service } from '../../protocol/index.ts'
import type { Caller } from '../caller.ts'
import { isRoleOf } from '../pool/index.ts'
import type { Services } from '../services.ts'

/** Refuses a caller whose policy does not allow the action on the resource. */
export function authorise(
  caller: Caller,
  service: Service,
  operation: string,
  resource: string,
  context: ReadonlyMap<string, readonly string[]>,
): void {
  const action = `${service}:${operation}`
  const decision = caller.kind === 'user' ? evaluate(caller.policy, { action, resource, context }) : 'implicit_deny'
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
export function mayPassRole(caller: Caller, roleArn: string, services: Pick<Services, 'sts'>): boolean {
  if (caller.kind !== 'user' || !isRoleOf(caller.account, roleArn, services)) return false
  return evaluate(caller.policy, { action: 'iam:PassRole', resource: roleArn, context: PASSED_TO }) === 'allow'
}

const PASSED_TO = new Map([['iam:passedtoservice', ['cognito-identity.amazonaws.com']]])
