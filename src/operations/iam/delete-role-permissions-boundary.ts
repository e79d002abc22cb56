import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchRole } from './faults.ts'
import { onRole } from './role.ts'
import { roleName } from './shapes.ts'

/** A role that has none is left as it is. */
export const deleteRolePermissionsBoundary = signedOperation({
  service: 'iam',
  name: 'DeleteRolePermissionsBoundary',
  input: structure({ RoleName: required(roleName) }),
  ...onRole,
  async run({ RoleName }, { accounts, caller }) {
    const change = { permissionsBoundary: undefined }
    const deleted = await accounts.change(caller.account, (account) => account.changeRole(RoleName, change))
    if (deleted === 'none') throw noSuchRole(RoleName)
    return undefined
  },
})
