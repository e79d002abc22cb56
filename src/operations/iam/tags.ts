import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchRole, onRole } from './role.ts'
import { roleName, tagPairs, tags, tooManyTags, uniqueTags } from './shapes.ts'

export const tagRole = signedOperation({
  service: 'iam',
  name: 'TagRole',
  input: structure({ RoleName: required(roleName), Tags: required(tags) }),
  ...onRole,
  tags: (input) => ({ kind: 'add', tags: tagPairs(input.Tags) }),
  async run(input, { accounts, caller }) {
    const pairs = uniqueTags(input.Tags, { ignoringCase: true })
    const tagged = await accounts.change(caller.account, (account) => account.tagRole(input.RoleName, pairs, []))
    if (tagged === 'none') throw noSuchRole(input.RoleName)
    if (tagged === 'limit') throw tooManyTags()
    return undefined
  },
})
