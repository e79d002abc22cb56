import { Fault, required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchRole } from './faults.ts'
import { onRole } from './role.ts'
import { roleName } from './shapes.ts'

export const deleteRole = signedOperation({
  service: 'iam',
  name: 'DeleteRole',
  input: structure({ RoleName: required(roleName) }),
  ...onRole,
  async run(input, { accounts, caller }) {
    const deleted = await accounts.remove(caller.account, (account) => account.deleteRole(input.RoleName))
    if (deleted === 'none') throw noSuchRole(input.RoleName)
    if (deleted === 'attached')
      throw new Fault('DeleteConflict', 'Cannot delete entity, must detach all policies first.')
    if (deleted === 'policies') throw new Fault('DeleteConflict', 'Cannot delete entity, must delete policies first.')
    return undefined
  },
})
