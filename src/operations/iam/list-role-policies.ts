import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchRole } from './faults.ts'
import { pageMembers, pageOf } from './page.ts'
import { onRole } from './role.ts'
import { roleName } from './shapes.ts'

const NAME = 'ListRolePolicies'

/** Names of the role's inline policies. */
export const listRolePolicies = signedOperation({
  service: 'iam',
  name: NAME,
  input: structure({ RoleName: required(roleName), ...pageMembers }),
  ...onRole,
  async run(input, { accounts, caller }) {
    const names = await accounts.read(caller.account, (account) => account.rolePolicyNames(input.RoleName))
    if (!names) throw noSuchRole(input.RoleName)
    const listing = { operation: NAME, of: `${caller.account} ${input.RoleName}` }
    const { page, end } = pageOf(names, (name) => name, input, listing)
    return { PolicyNames: page, ...end }
  },
})
