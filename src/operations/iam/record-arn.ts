import { parseArn } from '../../base/arn.ts'
import { Fault } from '../../protocol/index.ts'

/** The account in an IAM ARN whose resource begins with `prefix`, or the fault for any other text. */
export function accountOf(text: string, prefix: string, what: string): string {
  const arn = parseArn(text)
  if (arn?.service === 'iam' && arn.resource.startsWith(prefix)) return arn.account
  throw new Fault('InvalidInput', `${text} is not the ARN of ${what}.`)
}
