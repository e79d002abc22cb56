import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchInlinePolicy, noSuchRole } from './faults.ts'
import { onRole } from './role.ts'
import { policyName, roleName } from './shapes.ts'

export const deleteRolePolicy = signedOperation({
  service: 'iam',
  name: 'DeleteRolePolicy',
  input: structure({ RoleName: required(roleName), PolicyName: required(policyName) }),
  ...onRole,
  async run({ RoleName, PolicyName }, { accounts, caller }) {
    const deleted = await accounts.remove(caller.account, (account) => account.deleteRolePolicy(RoleName, PolicyName))
    if (deleted === 'no_role') throw noSuchRole(RoleName)
    if (deleted === 'none') throw noSuchInlinePolicy(PolicyName)
    return undefined
  },
})
