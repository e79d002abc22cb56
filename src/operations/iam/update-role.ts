import { MAX_SESSION_SECONDS } from '../../credentials/index.ts'
import { integer, optional, required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchRole } from './faults.ts'
import { onRole } from './role.ts'
import { roleDescription, roleName } from './shapes.ts'

/** What is left out stays as it is. The API reference says that the duration returns to an hour; at AWS it does not. */
export const updateRole = signedOperation({
  service: 'iam',
  name: 'UpdateRole',
  input: structure({
    RoleName: required(roleName),
    Description: optional(roleDescription),
    MaxSessionDuration: optional(integer({ min: 3600, max: MAX_SESSION_SECONDS })),
  }),
  ...onRole,
  async run(input, { accounts, caller }) {
    const { Description: description, MaxSessionDuration: maxSessionDuration } = input
    const change = {
      ...(description !== undefined && { description }),
      ...(maxSessionDuration !== undefined && { maxSessionDuration }),
    }
    const changed = await accounts.change(caller.account, (account) => account.changeRole(input.RoleName, change))
    if (changed === 'none') throw noSuchRole(input.RoleName)
    return {}
  },
})
