import type { AssumeRejected } from '../credentials/index.ts'
import { CATALOGUE, type LoginRejected, type SamlRejected } from '../logins/index.ts'
import {
  type GuestRefused,
  MAX_LOGINS_PER_IDENTITY,
  MAX_TAGS,
  type ProofUsed,
  type Resolution,
  type Unlinked,
} from '../pools/index.ts'
import { Fault } from '../protocol/index.ts'

/**
 * What the parts of the service say, as AWS's clients know it: faults that more than one file makes, or that translate the
 * reasons of a folder below. Those of one service or room alone are in a faults.ts of its own.
 */

export const noSuchPool = (id: string) => new Fault('ResourceNotFoundException', `IdentityPool '${id}' not found.`)

export const noSuchIdentity = (id: string) => new Fault('ResourceNotFoundException', `Identity '${id}' not found.`)

/** The same where the record must not say whose id it is. */
export const noSuchIdentityUnrecorded = (id: string) =>
  new Fault('ResourceNotFoundException', `Identity '${id}' not found.`, 'Identity not found.')

export const rateExceeded = () => new Fault('TooManyRequestsException', 'Rate exceeded')

export const badPageToken = () => invalidParameter('Invalid NextToken')

const notAuthorized = (message: string) => new Fault('NotAuthorizedException', message)

const invalidLogin = (message: string) => notAuthorized(`Invalid login token. ${message}`)

const guestsRefused = () => notAuthorized('Unauthenticated access is not supported for this identity pool.')

export const noProviders = (poolId: string) =>
  notAuthorized(`Identity pool - ${poolId} does not have identity providers configured.`)

export const roleForbidden = (roleArn: string) => notAuthorized(`Access to Role '${roleArn}' is forbidden.`)

export const ambiguousRoles = (mappingKey: string) =>
  notAuthorized(`The ambiguous role mapping rules for: ${mappingKey} denied this request.`)

export const poolMisconfigured = () =>
  new Fault(
    'InvalidIdentityPoolConfigurationException',
    'Invalid identity pool configuration. Check assigned IAM roles for this pool.',
  )

const identityForbidden = (id: string) => notAuthorized(`Access to Identity '${id}' is forbidden.`)

export const loginsDoNotMatch = () =>
  notAuthorized("Logins don't match. Please include at least one valid login for this identity or identity pool.")

export const unsupportedProvider = () => notAuthorized('Token is not from a supported provider of this identity pool.')

export const unverifiedLogin = () => invalidLogin("Couldn't verify signed token.")

export const expiredLogin = (now: number, exp: number) => invalidLogin(`Token expired: ${now} >= ${exp}`)

export const cognitoTokenFault = () => invalidLogin('Not a Cognito token.')

export const invalidParameter = (message: string) => new Fault('InvalidParameterException', message)

export const notGrowing = () => new Fault('ResourceConflictException', 'The pool is not growing.')

export const stillGrowing = (what: 'check it' | 'erase') =>
  new Fault('ResourceConflictException', `The pool is growing: ${what} when it has grown, as DescribeSpread tells.`)

export const tooManyTags = () => invalidParameter(`A resource may have at most ${MAX_TAGS} tags.`)

export const settingsTooLarge = () => new Fault('LimitExceededException', 'The settings of the pool are too large.')

export const unsupportedDeveloperProvider = () =>
  invalidParameter('This identity pool does not support the specified developer provider')

const developerUserTaken = () =>
  new Fault(
    'DeveloperUserAlreadyRegisteredException',
    'The developer user identifier is already registered with another identity.',
  )

export const developerUserElsewhere = () =>
  new Fault('ResourceConflictException', 'The developer user identifier belongs to another identity.')

export const noSuchDeveloperUser = (user: string) =>
  new Fault('ResourceNotFoundException', `Developer user '${user}' not found.`, 'Developer user not found.')

export const attributesTooLarge = () =>
  invalidParameter('The attributes for access control of this user exceed 460 bytes.')

export const attributesInvalid = () =>
  invalidParameter('The attributes for access control of this user are not valid session tags.')

export function loginFault(rejected: LoginRejected): Fault {
  switch (rejected.reason) {
    case 'not_a_jwt':
    case 'token_type':
    case 'token_use':
      return invalidLogin('Not a valid OpenId Connect identity token.')
    case 'own_token':
      return invalidLogin("Can't pass in a Cognito token.")
    case 'issuer_mismatch':
      return invalidLogin("Issuer doesn't match providerName")
    case 'missing_claim':
      return invalidLogin(`Missing a required claim: ${rejected.claim}`)
    case 'subject':
      return invalidLogin('The claim sub must be a text of 1 to 255 characters.')
    case 'provider_not_listed':
    case 'unsupported_provider':
    case 'provider_shut_down':
      return unsupportedProvider()
    case 'impossible_token':
      return invalidLogin('Not a token of this provider.')
    case 'expired':
    case 'saml_expired':
      return expiredLogin(rejected.now, rejected.exp)
    case 'not_yet_valid':
    case 'saml_not_yet_valid':
      return invalidLogin(`Token is not valid yet: ${rejected.now} < ${rejected.from}`)
    case 'critical_header':
    case 'algorithm':
    case 'unknown_key':
    case 'signature':
      return unverifiedLogin()
    case 'audience':
      return audienceFault(rejected.kind)
    case 'saml':
      return invalidLogin(samlMessage(rejected))
    default:
      return providerFault(rejected)
  }
}

/** A token for another client or app, which at some kinds of provider is a token of another provider. */
function audienceFault(kind: keyof typeof CATALOGUE): Fault {
  return CATALOGUE[kind].clientIsProvider ? unsupportedProvider() : invalidLogin('Incorrect token audience.')
}

type LeftToProvider = Extract<
  LoginRejected,
  {
    reason:
      | 'server_side_check_unavailable'
      | 'signed_out_or_deleted'
      | 'token_refused'
      | 'provider_rate_limited'
      | 'provider_unreachable'
      | 'provider_misconfigured'
      | 'keys_unavailable'
  }
>

/** What the provider itself said when it was asked about the login, or why it could not be asked. */
function providerFault(rejected: LeftToProvider): Fault {
  switch (rejected.reason) {
    case 'server_side_check_unavailable':
      return invalidLogin(
        'This user pool has ServerSideTokenCheck on, and this deployment has no AWS keys to ask the user pool with.',
      )
    case 'signed_out_or_deleted':
      return invalidLogin('The user is disabled or no longer in the user pool.')
    case 'token_refused':
      return invalidLogin('The provider refused the token.')
    case 'provider_rate_limited':
      return rateExceeded()
    case 'provider_unreachable':
      return new Fault('ExternalServiceException', 'The identity provider did not answer as expected.')
    case 'provider_misconfigured':
      return new Fault(
        'ExternalServiceException',
        'The identity provider could not be asked: the settings for it are incomplete.',
      )
    case 'keys_unavailable':
      return new Fault('ExternalServiceException', 'The keys of the identity provider could not be retrieved.')
  }
}

/** STS's words for what it refuses too, as the IAM guide has them ("Troubleshoot SAML federation"); others are ours. */
const SAML_MESSAGES: Readonly<Record<Extract<SamlRejected, { reason: 'saml' }>['why'], string>> = {
  metadata_expired: 'The metadata of the SAML provider has expired.',
  not_base64: 'The SAML response is not base64 of UTF-8.',
  not_plain_xml: 'The SAML response is not plain, well-formed XML of an ordinary size.',
  not_a_response: 'This is not a SAML 2.0 response.',
  status: 'The SAML response does not report success.',
  assertion: 'The SAML response must hold exactly one assertion, which is not encrypted.',
  duplicate_id: 'The SAML response has the same ID twice.',
  signature_place: 'Response signature invalid',
  signature_method: 'Response signature invalid',
  signature: 'Response signature invalid',
  issuer: 'Issuer not present in specified provider',
  subject_confirmation:
    'The SAML assertion must have exactly one SubjectConfirmation, by bearer, with NotOnOrAfter and Recipient and without NotBefore.',
  recipient: "The SAML response is addressed to another recipient than AWS's sign-in URL or this service: ",
  time: 'The SAML assertion has a time that is not in UTC, such as 2030-01-01T00:00:00Z.',
  audience: 'Response does not contain the required audience.',
  condition: 'The SAML assertion has a condition that is not understood.',
  no_authentication: 'The SAML assertion has no AuthnStatement.',
  name_id: 'The SAML assertion must have one NameID, of 1 to 255 characters.',
}

function samlMessage({ found = '', why }: Extract<SamlRejected, { reason: 'saml' }>): string {
  return why === 'recipient' ? SAML_MESSAGES[why] + found : SAML_MESSAGES[why]
}

const proofUsed = () => invalidLogin('The SAML assertion has been used before.')

/** The header by which clients learn which proofs a pool takes. */
const PROOF_HEADER = 'x-edge-identity-proof'

/** Why a pass for a guest is not taken. */
const PASS_MESSAGES: ReadonlyMap<string, string> = new Map([
  ['missing', 'A pass is needed before a guest is made.'],
  ['expired', 'The pass for a guest has expired.'],
  ['used', 'The pass for a guest has been used up.'],
])

/** No guest without a proof. `proofs`: those of which one is taken. */
export function guestProofFault(which: string, proofs: readonly string[]): Fault {
  const message = PASS_MESSAGES.get(which) ?? 'The pass for a guest is not valid here.'
  return new Fault('NotAuthorizedException', message, message, { [PROOF_HEADER]: proofs.join(', ') })
}

/**
 * No guest is made, though the pool has guests. SDKs ask again after what says that it was too much, LimitExceededException
 * among it: that is right for an hour's budget, and would be three calls for one for the rest of a day.
 */
function guestFault(refused: GuestRefused, proofs: readonly string[]): Fault {
  switch (refused.reason) {
    case 'new_guests_off':
      return guestsRefused()
    case 'guest_budget':
      return refused.which === 'day'
        ? notAuthorized('No more guests are made for this identity pool today.')
        : rateExceeded()
    case 'guest_proof':
      return guestProofFault(refused.which, proofs)
  }
}

/** A resolution that is not an identity. `named` is the id the caller gave, in the caller's own words. */
export function resolutionFault(
  refused: Exclude<Resolution, { kind: 'identity' }> | ProofUsed | (GuestRefused & { proofs?: readonly string[] }),
  named: string,
): Fault {
  switch (refused.kind) {
    case 'no_identity':
      return noSuchIdentity(named)
    case 'forbidden':
      return forbiddenFault(refused, named)
    case 'guests_refused':
      return guestsRefused()
    case 'guest_refused':
      return guestFault(refused, refused.proofs ?? [])
    case 'logins_mismatch':
      return loginsDoNotMatch()
    case 'proof_used':
      return proofUsed()
    case 'developer_user_taken':
      return developerUserTaken()
    case 'second_login':
    case 'too_many_logins':
      return tooManyLoginsFault(refused)
  }
}

export function tooManyLoginsFault(
  refused: { kind: 'second_login'; provider: string } | { kind: 'too_many_logins' },
): Fault {
  return refused.kind === 'second_login'
    ? new Fault('ResourceConflictException', `The identity already has another login of ${refused.provider}.`)
    : new Fault('ResourceConflictException', `The identity would have more than ${MAX_LOGINS_PER_IDENTITY} logins.`)
}

function forbiddenFault({ why }: { why?: 'blocked' | 'revoked' }, named: string): Fault {
  if (why === 'blocked') return notAuthorized('The identity is blocked.')
  return why === 'revoked' ? invalidLogin('The token was revoked.') : identityForbidden(named)
}

/** The reason of a refusal, as records have it. */
export function refusalReason(refused: { kind: string; why?: string }): string {
  return refused.why ?? refused.kind
}

/** Logins that could not be taken off an identity. `named` is the id the caller gave. */
export function unlinkFault(refused: Exclude<Unlinked, { kind: 'unlinked' }> | ProofUsed, named: string): Fault {
  switch (refused.kind) {
    case 'proof_used':
      return proofUsed()
    case 'no_identity':
      return noSuchIdentity(named)
    case 'forbidden':
      return forbiddenFault(refused, named)
    case 'logins_mismatch':
      return loginsDoNotMatch()
    case 'no_developer_user':
    case 'developer_user_taken':
      return developerUserElsewhere()
  }
}

/** Why the enhanced flow vends nothing. AWS tells its callers one thing for almost all of it; the audit log tells why. */
export function assumeFault(rejected: AssumeRejected): Fault {
  switch (rejected.reason) {
    case 'sts_throttled':
      return rateExceeded()
    case 'sts_unreachable':
    case 'sts_bad_answer':
      return new Fault('ExternalServiceException', 'The security token service did not answer as expected.')
    default:
      return poolMisconfigured()
  }
}
