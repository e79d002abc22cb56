import { parseArn } from '../../base/arn.ts'
import { Fault } from '../../protocol/index.ts'

/**
 * Refuses what cannot be the ARN of a managed policy, AWS's own or of an account. Whether there is such a policy is not
 * known here.
 */
export function checkPolicyArn(text: string): void {
  const arn = parseArn(text)
  const named = arn?.service === 'iam' && arn.region === '' && /^(?:aws|\d{12})$/.test(arn.account)
  if (named && /^policy\/(?:[\x21-\x7e]{1,511}\/)?[\w+=,.@-]{1,128}$/.test(arn.resource)) return
  throw new Fault('InvalidInput', `ARN ${text} is not valid.`)
}

/** The same for operations that attach and detach, to which IAM says of a text that is no ARN at all that it is none. */
export function checkAttachableArn(text: string): void {
  if (parseArn(text) === undefined) throw new Fault('ValidationError', 'Invalid ARN:  Could not be parsed!')
  checkPolicyArn(text)
}

export function policyNameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}

/** `/`, or with its slashes at either end such as `/service-role/`. */
export function policyPathIn(arn: string): string {
  return arn.slice(arn.indexOf('/'), arn.lastIndexOf('/') + 1)
}
