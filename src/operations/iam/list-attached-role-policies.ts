import { optional, required, string, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchRole } from './faults.ts'
import { policyNameIn, policyPathIn } from './managed-policy.ts'
import { pageMembers, pageOf } from './page.ts'
import { onRole } from './role.ts'
import { roleName } from './shapes.ts'

const NAME = 'ListAttachedRolePolicies'

/** Managed policies that are attached to the role, in order of ARN. */
export const listAttachedRolePolicies = signedOperation({
  service: 'iam',
  name: NAME,
  input: structure({
    RoleName: required(roleName),
    PathPrefix: optional(string({ min: 1, max: 512, pattern: '((/[A-Za-z0-9\\.,\\+@=_-]+)*)/' })),
    ...pageMembers,
  }),
  ...onRole,
  async run(input, { accounts, caller }) {
    const { PathPrefix: prefix = '/', RoleName } = input
    const arns = await accounts.read(caller.account, (account) => account.attachedRolePolicies(RoleName))
    if (!arns) throw noSuchRole(RoleName)
    const below = arns.filter((arn) => policyPathIn(arn).startsWith(prefix))
    const listing = { operation: NAME, of: `${caller.account} ${RoleName} ${prefix}` }
    const { page, end } = pageOf(below, (arn) => arn, input, listing)
    return { AttachedPolicies: page.map((arn) => ({ PolicyName: policyNameIn(arn), PolicyArn: arn })), ...end }
  },
})
