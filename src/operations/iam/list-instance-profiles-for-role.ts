import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { pageMembers, startOfPage } from './page.ts'
import { onRole, ownRole } from './role.ts'
import { roleName } from './shapes.ts'

const NAME = 'ListInstanceProfilesForRole'

/** There are no instance profiles here; tools ask for a role's before they delete it. */
export const listInstanceProfilesForRole = signedOperation({
  service: 'iam',
  name: NAME,
  input: structure({ RoleName: required(roleName), ...pageMembers }),
  ...onRole,
  async run(input, context) {
    const role = await ownRole(input.RoleName, context)
    startOfPage(input.Marker, { operation: NAME, of: role.arn })
    return { InstanceProfiles: [], IsTruncated: false }
  },
})
