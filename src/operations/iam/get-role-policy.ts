import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchInlinePolicy, noSuchRole } from './faults.ts'
import { onRole } from './role.ts'
import { policyName, roleName } from './shapes.ts'

export const getRolePolicy = signedOperation({
  service: 'iam',
  name: 'GetRolePolicy',
  input: structure({ RoleName: required(roleName), PolicyName: required(policyName) }),
  ...onRole,
  async run({ RoleName, PolicyName }, { accounts, caller }) {
    const found = await accounts.read(caller.account, (account) => account.rolePolicy(RoleName, PolicyName))
    if (!found) throw noSuchRole(RoleName)
    if (found.document === undefined) throw noSuchInlinePolicy(PolicyName)
    return { RoleName, PolicyName, PolicyDocument: encodeURIComponent(found.document) }
  },
})
