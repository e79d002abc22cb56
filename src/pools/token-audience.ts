/**
 * What the subject of a token for another relying party may be: the id of the identity; the ARN of its role; or both the pool and
 * the role by their names. Each names something that belongs to one account alone. Were it a text of the operator's own, one
 * account could write down the subjects of another, since all have one issuer.
 */
export const TOKEN_SUBJECTS = ['identity', 'role', 'pool-role'] as const
export type TokenSubject = (typeof TOKEN_SUBJECTS)[number]

/** What such a token may tell besides. */
export const TOKEN_CLAIMS = ['account', 'pool', 'role', 'amr', 'principal_tags'] as const
export type TokenClaim = (typeof TOKEN_CLAIMS)[number]

/** A relying party of a pool, and what tokens for it say. */
export interface TokenAudience {
  audience: string
  /** The identity, unless told. */
  subject?: TokenSubject | undefined
  /** All, unless told. */
  claims?: readonly TokenClaim[] | undefined
  /** The longest that a token lives. An hour, unless told. */
  maxSeconds?: number | undefined
  /** Whether guests may have one. */
  guests?: boolean | undefined
}
