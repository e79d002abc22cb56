import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { pageMembers, pageOfTags } from './page.ts'
import { noSuchRole, onRole } from './role.ts'
import { roleName } from './shapes.ts'

const NAME = 'ListRoleTags'

export const listRoleTags = signedOperation({
  service: 'iam',
  name: NAME,
  input: structure({ RoleName: required(roleName), ...pageMembers }),
  ...onRole,
  async run(input, { accounts, caller }) {
    const role = await accounts.ask(caller.account, (account) => account.role(input.RoleName))
    if (!role) throw noSuchRole(input.RoleName)
    return pageOfTags(role.tags, input, { operation: NAME, of: role.arn })
  },
})
