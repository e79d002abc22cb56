import { parseArn } from '../../base/arn.ts'
import { parseR2Grant } from '../../credentials/index.ts'

/**
 * Whether an ARN names a role of this account, or a grant of R2 in it. Roles of STS-compatible stores name no account,
 * and count as the account's own.
 */
export function isRoleOf(account: string, roleArn: string): boolean {
  const grant = parseR2Grant(roleArn)
  if (grant) return grant.ok && grant.value.account === account
  const arn = parseArn(roleArn)
  const own = arn?.account === account || arn?.account === ''
  return arn?.service === 'iam' && own && /^role\/[\w+=,.@/-]+$/.test(arn.resource)
}
