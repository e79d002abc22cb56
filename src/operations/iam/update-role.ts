import { MAX_SESSION_SECONDS } from '../../credentials/index.ts'
import { integer, optional, required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchRole } from './faults.ts'
import { DEFAULT_MAX_SESSION_SECONDS } from './limits.ts'
import { onRole } from './role.ts'
import { roleDescription, roleName } from './shapes.ts'

/** Without a duration the role gets the default one, as at AWS; without a description it keeps the one that it has. */
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
    const { Description: description, MaxSessionDuration: maxSessionDuration = DEFAULT_MAX_SESSION_SECONDS } = input
    const change = { maxSessionDuration, ...(description !== undefined && { description }) }
    const changed = await accounts.change(caller.account, (account) => account.changeRole(input.RoleName, change))
    if (changed === 'none') throw noSuchRole(input.RoleName)
    return {}
  },
})
