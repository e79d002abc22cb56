import type { AssumeRejected, SessionPolicyRejected } from '../../credentials/index.ts'
import { Fault } from '../../protocol/index.ts'
import type { OwnTokenRejected } from '../../tokens/index.ts'

/** Why a client that called AssumeRoleWithWebIdentity itself is given nothing. */
export function assumeFaultAtSts(rejected: AssumeRejected): Fault {
  switch (rejected.reason) {
    case 'invalid_role_arn':
      return new Fault('ValidationError', 'Request ARN is invalid')
    case 'duration_exceeds_role':
      return new Fault(
        'ValidationError',
        'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      )
    default:
      return new Fault('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity')
  }
}

/** The message about size is AWS's as its SDKs' users report it. */
export function sessionPolicyFault(rejected: SessionPolicyRejected): Fault {
  return rejected.reason === 'malformed_policy'
    ? new Fault('MalformedPolicyDocument', rejected.detail)
    : new Fault(
        'PackedPolicyTooLarge',
        `Packed policy consumes ${rejected.percent}% of allotted space, please use smaller policy.`,
      )
}

/** Why the token that was brought is not taken. */
export function tokenFault(rejected: OwnTokenRejected): Fault {
  switch (rejected.reason) {
    case 'malformed':
      return new Fault(
        'InvalidIdentityToken',
        'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
      )
    case 'not_ours':
      return new Fault(
        'InvalidIdentityToken',
        'No OpenIDConnect provider found in your account for the issuer of the token',
      )
    case 'expired':
      return new Fault('ExpiredTokenException', `Token expired at ${rejected.exp}`)
    case 'unknown_key':
    case 'revoked_key':
    case 'signature':
    case 'other_use':
      return new Fault('InvalidIdentityToken', 'The web identity token provided could not be validated')
  }
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
