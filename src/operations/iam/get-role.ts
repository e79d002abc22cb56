import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { describeRole, noSuchRole, onRole } from './role.ts'
import { roleName } from './shapes.ts'

export const getRole = signedOperation({
  service: 'iam',
  name: 'GetRole',
  input: structure({ RoleName: required(roleName) }),
  ...onRole,
  async run(input, { accounts, caller }) {
    const role = await accounts.ask(caller.account, (account) => account.role(input.RoleName))
    if (!role) throw noSuchRole(input.RoleName)
    return { Role: describeRole(role) }
  },
})
