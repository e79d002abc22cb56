import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { pageMembers, startOfPage } from './page.ts'
import { noSuchRole, onRole } from './role.ts'
import { roleName } from './shapes.ts'

const NAME = 'ListInstanceProfilesForRole'

/** There are no instance profiles here; tools ask for a role's before they delete it. */
export const listInstanceProfilesForRole = signedOperation({
  service: 'iam',
  name: NAME,
  input: structure({ RoleName: required(roleName), ...pageMembers }),
  ...onRole,
  async run(input, { accounts, caller }) {
    const role = await accounts.ask(caller.account, (account) => account.role(input.RoleName))
    if (!role) throw noSuchRole(input.RoleName)
    startOfPage(input.Marker, { operation: NAME, of: role.arn })
    return { InstanceProfiles: [], IsTruncated: false }
  },
})
