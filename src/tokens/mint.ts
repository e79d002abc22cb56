import { signCompact } from '../base/compact-jws.ts'
import { seconds } from '../base/world.ts'
import { MAX_TOKEN_SECONDS } from './limits.ts'
import type { RingView } from './ring-view.ts'

/** What a token says about an identity. */
export interface IdentityClaims {
  /** The identity's id. */
  sub: string
  /** The pool's id. */
  aud: string
  amr: readonly string[]
  /** Principal tags for a session at an STS. The caller has checked that each is plain text. */
  tags?: Readonly<Record<string, string>> | undefined
  poolArn: string
}

/** Claim names as AWS STS knows them (IAM User Guide, "Passing session tags using AssumeRoleWithWebIdentity"). */
export const TAGS_CLAIM = 'https://aws.amazon.com/tags'
/** The claim that SeaweedFS reads instead, with the tags themselves as its members (`weed/iam/oidc`). */
const TAGS_OBJECT_CLAIM = 'https://aws.amazon.com/tags/principal_tags'
export const POOL_ARN_CLAIM = 'https://cognito-identity.amazonaws.com/identity-pool-arn'

/** Of a token that is for an STS alone, or for another relying party: this service takes none of these back, so that they cannot use it here. */
export const USE_CLAIM = 'edge-identity:use'

export interface MintOptions {
  view: RingView
  issuer: string
  /** Milliseconds since the epoch. */
  now: number
  /** How tags are written: `nested` as AWS STS reads them, unless `object` is asked for. */
  tags?: 'nested' | 'object' | undefined
  /** The token is sent to an STS, and nobody else sees it. */
  forSts?: boolean | undefined
}

/**
 * Signs a token: compact JWT, members in the order of Amazon Cognito's own. Never `azp`, `nbf` or `jti`: STS would take
 * `azp` for the audience. Throws for a lifetime beyond `MAX_TOKEN_SECONDS`, for which no key stays published, and for
 * a view whose signing key has had its time.
 */
export async function mintToken(
  claims: IdentityClaims,
  lifetimeSeconds: number,
  { view, issuer, now, tags: tagsForm = 'nested', forSts = false }: MintOptions,
): Promise<string> {
  if (!Number.isInteger(lifetimeSeconds) || lifetimeSeconds < 1 || lifetimeSeconds > MAX_TOKEN_SECONDS)
    throw new RangeError(`a token lives 1 to ${MAX_TOKEN_SECONDS} seconds`)
  if (now >= view.signUntil) throw new Error('the signing key has had its time')
  const { kid, key } = view.signingKey
  const iat = seconds(now)
  const payload = {
    sub: claims.sub,
    aud: claims.aud,
    amr: claims.amr,
    ...tagsClaim(claims.tags ?? {}, tagsForm),
    iss: issuer,
    [POOL_ARN_CLAIM]: claims.poolArn,
    ...(forSts && { [USE_CLAIM]: 'sts' }),
    exp: iat + lifetimeSeconds,
    iat,
  }
  return signCompact({ kid, typ: 'JWT', alg: view.algorithm }, payload, key)
}

function tagsClaim(tags: Readonly<Record<string, string>>, form: 'nested' | 'object'): Record<string, unknown> {
  const entries = Object.entries(tags)
  if (entries.length === 0) return {}
  if (form === 'object') return { [TAGS_OBJECT_CLAIM]: tags }
  return { [TAGS_CLAIM]: { principal_tags: Object.fromEntries(entries.map(([name, value]) => [name, [value]])) } }
}
