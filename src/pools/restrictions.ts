import type { IdentityRow, ProvenLogin } from './identities.ts'
import { lastUsedDay } from './last-use.ts'

/** Until when an identity is blocked whose block does not end by itself. */
export const WITHOUT_END = Number.MAX_SAFE_INTEGER

/** What an operator decides about who signs in as an identity. */
export type Restriction =
  /** Nobody does, until a time in milliseconds since the epoch. */
  | { restriction: 'block'; until: number; reason: string | undefined }
  | { restriction: 'unblock' }
  /** What was signed for it until now counts no more. */
  | { restriction: 'revoke' }

/** What holds for an identity by such decisions. */
export interface Restricted {
  kind: 'restricted'
  uuid: string
  /** In milliseconds since the epoch; `WITHOUT_END` for a block that does not end by itself. */
  blockedUntil: number | undefined
  /** In seconds since the epoch: tokens that were signed before count no more. */
  notBefore: number | undefined
}

export const BLOCKED = { kind: 'forbidden', why: 'blocked' } as const
export const REVOKED = { kind: 'forbidden', why: 'revoked' } as const

/** A refusal; `why` says what a Worker of before 0.3.0 does not know. */
export type Forbidden = { kind: 'forbidden'; why?: 'blocked' | 'revoked' }

export function isBlocked({ blocked_until }: Pick<IdentityRow, 'blocked_until'>, now: number): boolean {
  return blocked_until !== null && now < blocked_until
}

/** Whether one of the proofs is a token that this service signed for the identity too early. */
export function isRevoked({ not_before }: IdentityRow, logins: readonly ProvenLogin[]): boolean {
  return not_before !== null && logins.some(({ issuedAt }) => issuedAt !== undefined && issuedAt < not_before)
}

export function restrictedOf({ blocked_until, not_before, uuid }: IdentityRow): Restricted {
  return { kind: 'restricted', uuid, blockedUntil: blocked_until ?? undefined, notBefore: not_before ?? undefined }
}

/** The columns of an identity that restrictions are in. */
type Columns = Pick<IdentityRow, 'blocked_until' | 'block_reason' | 'not_before'>

/**
 * How a restriction changes them. Tokens tell their second alone, so one that was signed in the second of a revocation counts as
 * signed before it.
 */
export function restrict(row: IdentityRow, restriction: Restriction, now: number): Columns {
  const { block_reason, blocked_until, not_before } = row
  switch (restriction.restriction) {
    case 'block':
      return { blocked_until: restriction.until, block_reason: restriction.reason ?? null, not_before }
    case 'unblock':
      return { blocked_until: null, block_reason: null, not_before }
    case 'revoke':
      return { blocked_until, block_reason, not_before: Math.max(not_before ?? 0, Math.floor(now / 1000) + 1) }
  }
}

/** What the survivor of a merge takes over from the loser besides its logins. */
export type Inheritance = Columns & Pick<IdentityRow, 'created_at' | 'used_day'>

export function inheritanceOf(row: IdentityRow): Inheritance {
  const { block_reason, blocked_until, created_at, not_before, used_day } = row
  return { block_reason, blocked_until, created_at, not_before, used_day }
}

/** The survivor as it is then: last used when either was, and restricted as the stricter of both. Nothing, if that changes nothing. */
export function inherited(
  survivor: IdentityRow,
  loser: Inheritance,
): (Columns & Pick<IdentityRow, 'used_day'>) | undefined {
  const isStricter = (loser.blocked_until ?? 0) > (survivor.blocked_until ?? 0)
  const isRevokedLater = (loser.not_before ?? 0) > (survivor.not_before ?? 0)
  const isUsedLater = lastUsedDay(loser) > lastUsedDay(survivor)
  if (!isStricter && !isRevokedLater && !isUsedLater) return undefined
  const { block_reason, blocked_until } = isStricter ? loser : survivor
  return {
    ...{ block_reason, blocked_until },
    not_before: isRevokedLater ? loser.not_before : survivor.not_before,
    used_day: isUsedLater ? lastUsedDay(loser) : survivor.used_day,
  }
}
