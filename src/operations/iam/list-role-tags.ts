import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchRole, onRole } from './role.ts'
import { describeTags, roleName } from './shapes.ts'

/** All tags on one page: there are at most fifty. */
export const listRoleTags = signedOperation({
  service: 'iam',
  name: 'ListRoleTags',
  input: structure({ RoleName: required(roleName) }),
  resource: onRole,
  async run(input, { accounts, caller }) {
    const role = await accounts.ask(caller.account, (account) => account.role(input.RoleName))
    if (!role) throw noSuchRole(input.RoleName)
    return { Tags: describeTags(role.tags) ?? [], IsTruncated: false }
  },
})
