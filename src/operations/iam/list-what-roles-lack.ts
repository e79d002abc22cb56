import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchRole, onRole } from './role.ts'
import { roleName } from './shapes.ts'

/**
 * Roles here have a trust policy and nothing else: permissions are for the services that honour credentials to hold.
 * Tools that manage roles ask all the same what hangs on one, and are told that nothing does.
 */
function listNothing(name: string, member: string) {
  return signedOperation({
    service: 'iam',
    name,
    input: structure({ RoleName: required(roleName) }),
    resource: onRole,
    async run(input, { accounts, caller }) {
      const role = await accounts.ask(caller.account, (account) => account.role(input.RoleName))
      if (!role) throw noSuchRole(input.RoleName)
      return { [member]: [], IsTruncated: false }
    },
  })
}

export const listRolePolicies = listNothing('ListRolePolicies', 'PolicyNames')
export const listAttachedRolePolicies = listNothing('ListAttachedRolePolicies', 'AttachedPolicies')
export const listInstanceProfilesForRole = listNothing('ListInstanceProfilesForRole', 'InstanceProfiles')
