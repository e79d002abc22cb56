import type { AssumeRejected } from '../../credentials/index.ts'
import type { LoginRejected } from '../../logins/index.ts'
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
    case 'session_policy_unusable':
      return new Fault('ValidationError', 'The credentials of this role cannot be narrowed by session policies.')
    default:
      return notAuthorized()
  }
}

export const notAuthorized = () => new Fault('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity')

/** Why a token of ours that was brought is not taken. `now`: epoch seconds. */
export function tokenFault(rejected: OwnTokenRejected, now: number): Fault {
  switch (rejected.reason) {
    case 'malformed':
      return notJwt()
    case 'not_ours':
      return noProvider()
    case 'expired':
      return tokenExpired({ now, exp: rejected.exp })
    case 'unknown_key':
    case 'revoked_key':
    case 'signature':
    case 'other_use':
      return notValidated()
  }
}

/** Why a token of a registered provider is not taken, in the words of AWS as far as they are known. */
export function federatedTokenFault(rejected: LoginRejected): Fault {
  switch (rejected.reason) {
    case 'not_a_jwt':
      return notJwt()
    case 'own_token':
    case 'issuer_mismatch':
    case 'provider_not_listed':
    case 'unsupported_provider':
      return noProvider()
    case 'missing_claim':
      return new Fault('InvalidIdentityToken', `Missing a required claim: ${rejected.claim}`)
    case 'expired':
      return tokenExpired(rejected)
    case 'audience':
      return new Fault('InvalidIdentityToken', 'Incorrect token audience')
    case 'keys_unavailable':
      return new Fault(
        'InvalidIdentityToken',
        "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
      )
    case 'not_yet_valid':
    case 'subject':
    case 'token_type':
    case 'token_use':
      return new Fault('IDPRejectedClaim', 'The claims of the web identity token do not let it be used here')
    default:
      return notValidated()
  }
}

const notJwt = () =>
  new Fault(
    'InvalidIdentityToken',
    'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
  )

/** `url` is text of a token, which the record has elsewhere. */
export const noProvider = (url = 'the issuer of the token') =>
  new Fault('InvalidIdentityToken', `No OpenIDConnect provider found in your account for ${url}`)

const notValidated = () => new Fault('InvalidIdentityToken', 'The web identity token provided could not be validated')

const tokenExpired = ({ exp, now }: { exp: number; now: number }) =>
  new Fault(
    'ExpiredTokenException',
    `Token expired: current date/time ${now} must be before the expiration date/time ${exp}`,
  )

export const tagsMalformed = () =>
  new Fault('InvalidIdentityToken', 'The session tags of the web identity token are not in the correct format')
