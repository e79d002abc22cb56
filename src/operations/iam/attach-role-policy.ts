import { MAX_ATTACHED_POLICIES } from '../../account/index.ts'
import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchRole, quotaExceeded } from './faults.ts'
import { checkAttachableArn } from './managed-policy.ts'
import { onRole } from './role.ts'
import { policyArn, roleName } from './shapes.ts'

/** Notes that a managed policy is attached to a role. Attaching it again changes nothing. */
export const attachRolePolicy = signedOperation({
  service: 'iam',
  name: 'AttachRolePolicy',
  input: structure({ RoleName: required(roleName), PolicyArn: required(policyArn) }),
  ...onRole,
  policies: (input) => ({ policy: input.PolicyArn }),
  async run({ RoleName, PolicyArn }, { accounts, caller }) {
    checkAttachableArn(PolicyArn)
    const attached = await accounts.change(caller.account, (account) => account.attachRolePolicy(RoleName, PolicyArn))
    if (attached === 'none') throw noSuchRole(RoleName)
    if (attached === 'limit') throw quotaExceeded('PoliciesPerRole', MAX_ATTACHED_POLICIES)
    return undefined
  },
})
