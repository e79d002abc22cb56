import { Fault, required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchRole } from './faults.ts'
import { checkAttachableArn } from './managed-policy.ts'
import { onRole } from './role.ts'
import { policyArn, roleName } from './shapes.ts'

export const detachRolePolicy = signedOperation({
  service: 'iam',
  name: 'DetachRolePolicy',
  input: structure({ RoleName: required(roleName), PolicyArn: required(policyArn) }),
  ...onRole,
  policies: (input) => ({ policy: input.PolicyArn }),
  async run({ RoleName, PolicyArn }, { accounts, caller }) {
    checkAttachableArn(PolicyArn)
    const detached = await accounts.remove(caller.account, (account) => account.detachRolePolicy(RoleName, PolicyArn))
    if (detached === 'no_role') throw noSuchRole(RoleName)
    if (detached === 'none') throw new Fault('NoSuchEntity', `Policy ${PolicyArn} was not found.`)
    return undefined
  },
})
