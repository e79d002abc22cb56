import { optional, string, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { DEFAULT_PAGE_ITEMS, endOfPage, pageMembers, startOfPage } from './page.ts'
import { newRecordArn } from './record-arn.ts'
import { describeRole } from './role.ts'

const NAME = 'ListRoles'

/** In order of name, without boundaries and tags, as the API reference has it. */
export const listRoles = signedOperation({
  service: 'iam',
  name: NAME,
  input: structure({
    PathPrefix: optional(string({ min: 1, max: 512, pattern: '\\u002F[\\u0021-\\u007F]*' })),
    ...pageMembers,
  }),
  resource: (_input, caller) => newRecordArn(caller, 'role/*'),
  async run(input, { accounts, caller }) {
    const { PathPrefix: prefix = '/', MaxItems: limit = DEFAULT_PAGE_ITEMS } = input
    const listing = { operation: NAME, of: `${caller.account} ${prefix}` }
    const after = startOfPage(input.Marker, listing)
    const page = await accounts.read(caller.account, (account) => account.listRoles(prefix, after, limit))
    return {
      Roles: page.roles.map((role) => ({ ...describeRole(role), PermissionsBoundary: undefined, Tags: undefined })),
      ...endOfPage(page.more, page.roles.at(-1)?.name, listing),
    }
  },
})
