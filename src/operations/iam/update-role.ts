import { MAX_SESSION_SECONDS } from '../../credentials/index.ts'
import { integer, optional, required, string, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchRole } from './faults.ts'
import { onRole } from './role.ts'
import { roleName } from './shapes.ts'

export const updateRole = signedOperation({
  service: 'iam',
  name: 'UpdateRole',
  input: structure({
    RoleName: required(roleName),
    Description: optional(string({ max: 1000 })),
    MaxSessionDuration: optional(integer({ min: 3600, max: MAX_SESSION_SECONDS })),
  }),
  ...onRole,
  async run(input, { accounts, caller }) {
    const { Description: description, MaxSessionDuration: maxSessionDuration } = input
    const change = {
      ...(description !== undefined && { description }),
      ...(maxSessionDuration && { maxSessionDuration }),
    }
    const changed = await accounts.change(caller.account, (account) => account.changeRole(input.RoleName, change))
    if (changed === 'none') throw noSuchRole(input.RoleName)
    return {}
  },
})
