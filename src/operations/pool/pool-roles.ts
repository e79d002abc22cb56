import { parseArn } from '../../base/arn.ts'
import { parseR2Grant, STS_PROFILES } from '../../credentials/index.ts'
import type { Services } from '../services.ts'

/**
 * Whether an ARN names a role of this account, or a grant of R2 in it. Roles of STS-compatible stores name no account, or
 * where the STS of the role is such a store, an account of the Ceph Object Gateway. They count as the account's own:
 * the trust policy of each says which pools may have it.
 */
export function isRoleOf(account: string, roleArn: string, { sts }: Pick<Services, 'sts'>): boolean {
  const grant = parseR2Grant(roleArn)
  if (grant) return grant.ok && grant.value.account === account
  const arn = parseArn(roleArn)
  if (arn?.service !== 'iam' || !/^role\/[\w+=,.@/-]+$/.test(arn.resource)) return false
  const target = sts.forRole(roleArn)
  const ofStore = target.kind === 'remote' && !STS_PROFILES[target.profile].awsRoleArns
  return arn.account === account || arn.account === '' || (ofStore && GATEWAY_ACCOUNT.test(arn.account))
}

/** The id of an account of the Ceph Object Gateway (Ceph documentation, "User Accounts"). */
const GATEWAY_ACCOUNT = /^RGW\d{17}$/
