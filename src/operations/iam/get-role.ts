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
    // When a role was last used is not kept here. IAM has an empty element for one that was never used.
    return { Role: { ...describeRole(role), RoleLastUsed: {} } }
  },
})
