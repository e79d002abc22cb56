import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchRole, onRole } from './role.ts'
import { roleName, tagKeys } from './shapes.ts'

export const untagRole = signedOperation({
  service: 'iam',
  name: 'UntagRole',
  input: structure({ RoleName: required(roleName), TagKeys: required(tagKeys) }),
  ...onRole,
  tags: (input) => ({ kind: 'remove', keys: input.TagKeys }),
  async run(input, { accounts, caller }) {
    const untagged = await accounts.change(caller.account, (account) =>
      account.tagRole(input.RoleName, [], input.TagKeys),
    )
    if (untagged === 'none') throw noSuchRole(input.RoleName)
    return undefined
  },
})
