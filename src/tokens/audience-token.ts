import { signCompact } from '../base/compact-jws.ts'
import { err, ok, type Result } from '../base/result.ts'
import { seconds } from '../base/world.ts'
import { MAX_AUDIENCE_PAYLOAD_BYTES, MAX_AUDIENCE_TOKEN_SECONDS, MIN_AUDIENCE_TOKEN_SECONDS } from './limits.ts'
import { USE_CLAIM } from './mint.ts'
import type { RingView } from './ring-view.ts'

/** What a token for another relying party says. */
export interface AudienceClaims {
  sub: string
  /** At least one. The caller has checked that none is anybody who would take the token for another one of ours. */
  audiences: readonly string[]
  /** What else is told, under the claim of our issuer. */
  more: Readonly<Record<string, unknown>>
}

export interface AudienceMintOptions {
  view: RingView
  issuer: string
  /** Milliseconds since the epoch. */
  now: number
  lifetimeSeconds: number
  /** Names this token alone. */
  jti: string
}

/** The claim under which everything is told that no standard knows. Nobody else may use a name below our issuer. */
export const claimsClaim = (issuer: string) => `${issuer}/claims`

/**
 * Signs a token for another relying party. It has no claim of the tokens of identities, and says in one of its own what it is
 * for, so that neither this service nor an STS can take it for one of those. Throws for a lifetime that no such token has.
 */
export async function mintAudienceToken(
  { audiences, more, sub }: AudienceClaims,
  { issuer, jti, lifetimeSeconds, now, view }: AudienceMintOptions,
): Promise<Result<{ token: string; exp: number }, { reason: 'payload_too_large' }>> {
  const isWithin = lifetimeSeconds >= MIN_AUDIENCE_TOKEN_SECONDS && lifetimeSeconds <= MAX_AUDIENCE_TOKEN_SECONDS
  if (!Number.isInteger(lifetimeSeconds) || !isWithin)
    throw new RangeError('a token for a relying party lives a minute to an hour')
  if (now >= view.signUntil) throw new Error('the signing key has had its time')
  const { kid, key } = view.signingKey
  const iat = seconds(now)
  const exp = iat + lifetimeSeconds
  const aud = audiences.length === 1 ? audiences[0] : audiences
  const payload = { iss: issuer, sub, aud, iat, exp, jti, [USE_CLAIM]: 'audience', [claimsClaim(issuer)]: more }
  if (new TextEncoder().encode(JSON.stringify(payload)).byteLength > MAX_AUDIENCE_PAYLOAD_BYTES)
    return err({ reason: 'payload_too_large' })
  return ok({ token: await signCompact({ kid, typ: 'JWT', alg: view.algorithm }, payload, key), exp })
}
