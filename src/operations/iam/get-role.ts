import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { describeRole, onRole, ownRole } from './role.ts'
import { roleName } from './shapes.ts'

export const getRole = signedOperation({
  service: 'iam',
  name: 'GetRole',
  input: structure({ RoleName: required(roleName) }),
  ...onRole,
  async run(input, context) {
    const role = await ownRole(input.RoleName, context)
    return { Role: describeRole(role) }
  },
})
