import { required, string, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { describeRole, noSuchRole, onRole } from './role.ts'
import { roleName } from './shapes.ts'

export const updateRoleDescription = signedOperation({
  service: 'iam',
  name: 'UpdateRoleDescription',
  input: structure({ RoleName: required(roleName), Description: required(string({ max: 1000 })) }),
  ...onRole,
  async run(input, { accounts, caller }) {
    const change = { description: input.Description }
    await accounts.change(caller.account, (account) => account.changeRole(input.RoleName, change))
    const role = await accounts.ask(caller.account, (account) => account.role(input.RoleName))
    if (!role) throw noSuchRole(input.RoleName)
    return { Role: describeRole(role) }
  },
})
