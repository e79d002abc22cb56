import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose'
import { err, ok, type Result } from '../base/result.ts'
import { MAX_OWN_TOKEN_CHARS } from './limits.ts'
import { type IdentityClaims, POOL_ARN_CLAIM, TAGS_CLAIM, USE_CLAIM } from './mint.ts'
import type { RingView } from './ring-view.ts'

/** The claims of a token that we signed; times in seconds since the epoch. */
export interface OwnClaims extends IdentityClaims {
  exp: number
  iat: number
}

/**
 * `not_ours`: a JWT of another issuer. `unknown_key`: claims to be ours, under a key that is not published (any more).
 * `signature`: does not match, or is of an algorithm that is not in use. `other_use`: was for an STS or another relying party alone.
 */
export type OwnTokenRejected =
  | { reason: 'malformed' | 'not_ours' | 'unknown_key' | 'revoked_key' | 'signature' | 'other_use' }
  | { reason: 'expired'; exp: number }

export interface VerifyOptions {
  view: RingView
  issuer: string
  /** Milliseconds since the epoch. */
  now: number
  clockToleranceSeconds: number
}

/**
 * Checks that a token was signed by this ring and still lives. That says nothing about which pool it is for: every
 * pool's tokens have the same keys, so the caller compares `aud`.
 */
export async function verifyOwnToken(
  token: string,
  { view, issuer, now, clockToleranceSeconds }: VerifyOptions,
): Promise<Result<OwnClaims, OwnTokenRejected>> {
  const parsed = parse(token)
  if (!parsed) return err({ reason: 'malformed' })
  if (parsed.iss !== issuer) return err({ reason: 'not_ours' })
  if (view.revokedKids.includes(parsed.kid)) return err({ reason: 'revoked_key' })
  const key = view.verificationKeys.get(parsed.kid)
  if (!key) return err({ reason: 'unknown_key' })
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [view.algorithm],
      typ: 'JWT',
      issuer,
      currentDate: new Date(now),
      clockTolerance: clockToleranceSeconds,
    })
    if (payload[USE_CLAIM] !== undefined) return err({ reason: 'other_use' })
    const claims = ownClaims(payload)
    return claims ? ok(claims) : err({ reason: 'malformed' })
  } catch (error) {
    return err(rejection(error))
  }
}

function parse(token: string): { kid: string; iss: string | undefined } | undefined {
  if (token.length > MAX_OWN_TOKEN_CHARS) return undefined
  try {
    return { kid: String(decodeProtectedHeader(token).kid), iss: decodeJwt(token).iss }
  } catch {
    return undefined
  }
}

function rejection(error: unknown): OwnTokenRejected {
  if (error instanceof errors.JWTExpired) return { reason: 'expired', exp: Number(error.payload.exp) }
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JOSEAlgNotAllowed)
    return { reason: 'signature' }
  if (error instanceof errors.JOSEError) return { reason: 'malformed' }
  throw error
}

function ownClaims(payload: JWTPayload): OwnClaims | undefined {
  const { sub, aud, amr, exp, iat, [POOL_ARN_CLAIM]: poolArn, [TAGS_CLAIM]: tagsClaim } = payload
  if (typeof sub !== 'string' || typeof aud !== 'string' || typeof poolArn !== 'string') return undefined
  if (!isTextList(amr) || !Number.isInteger(exp) || !Number.isInteger(iat)) return undefined
  const tags = tagsClaim === undefined ? undefined : ownTags(tagsClaim)
  if (tagsClaim !== undefined && !tags) return undefined
  return { sub, aud, amr, ...(tags && { tags }), poolArn, exp: exp as number, iat: iat as number }
}

function ownTags(claim: unknown): Record<string, string> | undefined {
  const listed = Object.entries(Object(Object(claim).principal_tags) as Record<string, unknown>)
  const tags = listed.flatMap(([name, value]) => (isTextList(value) && value.length === 1 ? [[name, value[0]]] : []))
  return tags.length > 0 && tags.length === listed.length ? Object.fromEntries(tags) : undefined
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
