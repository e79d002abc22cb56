import { Fault, integer, optional, pageToken, readPageToken, string, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { describeRole } from './role.ts'

const NAME = 'ListRoles'

export const listRoles = signedOperation({
  service: 'iam',
  name: NAME,
  input: structure({
    PathPrefix: optional(string({ min: 1, max: 512 })),
    Marker: optional(string({ min: 1, max: 2048 })),
    MaxItems: optional(integer({ min: 1, max: 1000 })),
  }),
  resource: (_input, { account }) => `arn:aws:iam::${account}:role/*`,
  async run(input, { accounts, caller }) {
    const after = input.Marker === undefined ? '' : readPageToken(input.Marker, NAME, caller.account)
    if (after === undefined) throw new Fault('ValidationError', 'Invalid Marker')
    const { PathPrefix: prefix = '/', MaxItems: limit = 100 } = input
    const page = await accounts.ask(caller.account, (account) => account.listRoles(prefix, after, limit))
    const last = page.roles.at(-1)
    return {
      Roles: page.roles.map((role) => ({ ...describeRole(role), Tags: undefined })),
      IsTruncated: page.more,
      Marker: page.more && last ? pageToken(NAME, caller.account, last.name) : undefined,
    }
  },
})
