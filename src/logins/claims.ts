import { CLOCK_GRACE_SECONDS, MAX_REPORTED_AUDIENCES, MAX_SUBJECT_CHARS } from './limits.ts'
import type { Claims, LoginRejected, SignedProvider, SupportedProvider } from './login.ts'
import { shown } from './token.ts'

/** A check answers with the reason to refuse, or `undefined` to go on. All are pure. */
type Verdict = LoginRejected | undefined

/** Whom a token is for and about. A user pool's access token is refused here: it has no `aud`. */
export function checkParties({ aud, sub }: Claims): Verdict {
  if (!isAudienceClaim(aud)) return { reason: 'missing_claim', claim: 'aud' }
  return sub === undefined ? { reason: 'missing_claim', claim: 'sub' } : undefined
}

/**
 * Expiry, and times that have not come yet, each with the clock grace. `exp` and `iat` are required, as IAM requires
 * them of an OIDC provider. `now` is Unix seconds.
 */
export function checkTimes({ exp, nbf, iat }: Claims, now: number): Verdict {
  if (!isTime(exp)) return { reason: 'missing_claim', claim: 'exp' }
  if (!isTime(iat)) return { reason: 'missing_claim', claim: 'iat' }
  if (nbf !== undefined && !isTime(nbf)) return { reason: 'missing_claim', claim: 'nbf' }
  if (now >= exp + CLOCK_GRACE_SECONDS) return { reason: 'expired', now, exp }
  if (nbf !== undefined && nbf > now + CLOCK_GRACE_SECONDS)
    return { reason: 'not_yet_valid', now, claim: 'nbf', from: nbf }
  if (iat > now + CLOCK_GRACE_SECONDS) return { reason: 'not_yet_valid', now, claim: 'iat', from: iat }
  return undefined
}

/** Of a user pool's tokens only the ID token is a login. */
export function checkTokenUse(claims: Claims, provider: SignedProvider): Verdict {
  if (provider.kind !== 'user_pool' || claims.token_use === 'id') return undefined
  return { reason: 'token_use', found: typeof claims.token_use === 'string' ? shown(claims.token_use) : '' }
}

/** The subject, if it can key an identity. */
export function subjectOf({ sub }: Claims): string | undefined {
  return typeof sub === 'string' && isSubject(sub) ? sub : undefined
}

/** Whether a provider may know a user by this: 1 to 255 characters, none of which storage or logs might alter. */
export function isSubject(text: string): boolean {
  return text.length > 0 && text.length <= MAX_SUBJECT_CHARS && !/[\p{Cc}\p{Cs}]/u.test(text)
}

/** The client a token is for, if it is one of `clientIds`. */
export function clientOf(claims: Claims, clientIds: readonly string[]): string | undefined {
  return clients(claims).find((client) => clientIds.includes(client))
}

export function isAudience(claims: Claims, clientIds: readonly string[]): boolean {
  return clientOf(claims, clientIds) !== undefined
}

export function audienceRefused(claims: Claims, kind: SupportedProvider['kind']): LoginRejected {
  return { reason: 'audience', found: clients(claims).slice(0, MAX_REPORTED_AUDIENCES).map(shown), kind }
}

/**
 * Where `azp` exists it stands in for `aud` (Amazon Cognito guide, "OIDC providers"). Issuers that always write the claim
 * write `null` or an empty text where there is no such party, and then it does not exist. An odd one matches nothing.
 */
function clients({ azp, aud }: Claims): readonly string[] {
  if (azp === undefined || azp === null || azp === '') return isAudienceClaim(aud) ? [aud].flat() : []
  return typeof azp === 'string' ? [azp] : []
}

function isAudienceClaim(aud: unknown): aud is string | string[] {
  return typeof aud === 'string' || (Array.isArray(aud) && aud.every((entry) => typeof entry === 'string'))
}

/** Whole seconds: STS and IAM refuse fractions and texts too. */
function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value)
}
