import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchRole } from './faults.ts'
import { checkPolicyArn } from './managed-policy.ts'
import { onRole } from './role.ts'
import { policyArn, roleName } from './shapes.ts'

export const putRolePermissionsBoundary = signedOperation({
  service: 'iam',
  name: 'PutRolePermissionsBoundary',
  input: structure({ RoleName: required(roleName), PermissionsBoundary: required(policyArn) }),
  ...onRole,
  policies: (input) => ({ boundary: input.PermissionsBoundary }),
  async run({ RoleName, PermissionsBoundary: permissionsBoundary }, { accounts, caller }) {
    checkPolicyArn(permissionsBoundary)
    const put = await accounts.change(caller.account, (account) =>
      account.changeRole(RoleName, { permissionsBoundary }),
    )
    if (put === 'none') throw noSuchRole(RoleName)
    return undefined
  },
})
