import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchRole, tooLargePolicies } from './faults.ts'
import { checkInlinePolicy } from './inline-policy.ts'
import { onRole } from './role.ts'
import { policyDocument, policyName, roleName } from './shapes.ts'

/** Sets an inline policy of a role. It is kept and given back; nothing here evaluates it. */
export const putRolePolicy = signedOperation({
  service: 'iam',
  name: 'PutRolePolicy',
  input: structure({
    RoleName: required(roleName),
    PolicyName: required(policyName),
    PolicyDocument: required(policyDocument),
  }),
  ...onRole,
  async run({ RoleName, PolicyName, PolicyDocument }, { accounts, caller }) {
    checkInlinePolicy(PolicyDocument)
    const put = await accounts.change(caller.account, (account) =>
      account.putRolePolicy(RoleName, PolicyName, PolicyDocument),
    )
    if (put === 'none') throw noSuchRole(RoleName)
    if (put === 'limit') throw tooLargePolicies(RoleName)
    return undefined
  },
})
