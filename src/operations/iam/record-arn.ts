import { parseArn, partitionOf } from '../../base/arn.ts'
import { Fault } from '../../protocol/index.ts'
import type { Caller } from '../caller.ts'

/** The account in an IAM ARN whose resource begins with `prefix`, or the fault for any other text. */
export function accountOf(text: string, prefix: string, what: string): string {
  const arn = parseArn(text)
  if (arn?.service === 'iam' && arn.resource.startsWith(prefix)) return arn.account
  throw new Fault('InvalidInput', `${text} is not the ARN of ${what}.`)
}

/** The ARN of a new record of IAM: in the account of the caller, and in the partition of the region that signed. */
export function newRecordArn({ account, region }: Pick<Caller, 'account' | 'region'>, resource: string): string {
  return `arn:${partitionOf(region)}:iam::${account}:${resource}`
}
