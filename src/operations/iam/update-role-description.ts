import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { describeNewRole, onRole, ownRole } from './role.ts'
import { roleDescription, roleName } from './shapes.ts'

export const updateRoleDescription = signedOperation({
  service: 'iam',
  name: 'UpdateRoleDescription',
  input: structure({ RoleName: required(roleName), Description: required(roleDescription) }),
  ...onRole,
  async run(input, context) {
    const { accounts, caller } = context
    const change = { description: input.Description }
    await accounts.change(caller.account, (account) => account.changeRole(input.RoleName, change))
    const role = await ownRole(input.RoleName, context)
    return { Role: { ...describeNewRole(role), Description: role.description } }
  },
})
