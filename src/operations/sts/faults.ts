import type { SessionPolicyRejected } from '../../credentials/index.ts'
import { Fault } from '../../protocol/index.ts'

/** The message about size is AWS's as its SDKs' users report it. */
export function sessionPolicyFault(rejected: SessionPolicyRejected): Fault {
  return rejected.reason === 'malformed_policy'
    ? new Fault('MalformedPolicyDocument', rejected.detail)
    : new Fault(
        'PackedPolicyTooLarge',
        `Packed policy consumes ${rejected.percent}% of allotted space, please use smaller policy.`,
      )
}

/** The words of AWS STS for whatever policies do not allow. */
export function deniedAtSts(arn: string, explicitly: boolean): Fault {
  const why = explicitly
    ? 'with an explicit deny in an identity-based policy'
    : 'because no identity-based policy allows the sts:GetWebIdentityToken action'
  return new Fault(
    'AccessDenied',
    `User: ${arn} is not authorized to perform: sts:GetWebIdentityToken on resource: * ${why}`,
  )
}

export const sessionTooShort = () =>
  new Fault('SessionDurationEscalationException', 'The token would outlive the session that asks for it.')
