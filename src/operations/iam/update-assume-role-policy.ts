import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchRole } from './faults.ts'
import { onRole } from './role.ts'
import { policyDocument, roleName } from './shapes.ts'
import { checkTrustPolicy } from './trust-policy.ts'

export const updateAssumeRolePolicy = signedOperation({
  service: 'iam',
  name: 'UpdateAssumeRolePolicy',
  input: structure({ RoleName: required(roleName), PolicyDocument: required(policyDocument) }),
  ...onRole,
  async run(input, { accounts, caller, issuer }) {
    checkTrustPolicy(input.PolicyDocument, issuer)
    const change = { trustPolicy: input.PolicyDocument }
    const changed = await accounts.change(caller.account, (account) => account.changeRole(input.RoleName, change))
    if (changed === 'none') throw noSuchRole(input.RoleName)
    return undefined
  },
})
