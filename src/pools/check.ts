import type { IdentityRow, ProvenLogin } from './identities.ts'
import type { IdentityTable } from './identity-table.ts'
import { AFTER_ALL } from './identity-walks.ts'
import { tooManyLogins } from './resolve.ts'
import type { CheckPosition } from './spread/check-step.ts'

/** What is not as it should be in a pool. */
export type FindingKind =
  /** Something leads to a login that its identity does not have. */
  | 'route_without_member'
  /** Nothing leads to a login that its identity has. */
  | 'member_without_route'
  /** Another identity has the login too, and the way to it leads there. */
  | 'login_of_another'
  /** Another identity has the login too, and nothing says which of them should. */
  | 'login_disputed'
  /** The identity is in a merge that nobody has decided. */
  | 'merge_unfinished'
  /** The identity remembers a merge that it won, and its loser knows nothing of it. */
  | 'merge_remembered'
  /** The identity lost a merge, and the winner was not changed since: what it had is nowhere. */
  | 'merge_lost'
  /** Whether it is a member, a guest or disabled does not go with its logins. */
  | 'state_wrong'
  /** More logins than an identity may have, or two of one provider. */
  | 'too_many_logins'
  /** A login of an identity that is not there. */
  | 'login_without_identity'
  /** An object of the pool has nothing. */
  | 'object_empty'
  /** An object knows the pool as deleted. */
  | 'object_closed'
  /** An object has other slots than its head knows of. */
  | 'object_has_other_slots'
  /** There is an object that the head does not know of. */
  | 'object_unknown'
  /** An object has newer settings than the head. */
  | 'settings_newer'
  /** An object has older settings than the head. */
  | 'settings_older'

/** Names identities and providers, and never whom a login is of. */
export interface Finding {
  kind: FindingKind
  /** UUID. */
  identity?: string | undefined
  other?: string | undefined
  provider?: string | undefined
  /** Number of an object of the pool. */
  object?: number | undefined
  repaired: boolean
}

export interface CheckRequest {
  /** Where to go on; left out for the beginning. */
  position?: CheckPosition | undefined
  repair: boolean
}

export interface CheckCounts {
  objects: number
  identities: number
  logins: number
  routes: number
  /** Was in the middle of a call, and is left to it. */
  pending: number
}

export interface CheckPage {
  kind: 'checked'
  /** Objects of the pool. */
  objects: number
  counts: CheckCounts
  findings: readonly Finding[]
  /** Where the next call goes on. */
  next?: CheckPosition | undefined
}

/** What is wrong with an identity by itself. */
export function faultsOf({ state, uuid }: IdentityRow, logins: readonly ProvenLogin[]): Finding[] {
  const found: Finding[] = []
  if ((state === 'member') !== logins.length > 0) found.push({ kind: 'state_wrong', identity: uuid, repaired: false })
  const refused = tooManyLogins(logins)
  if (refused) {
    const provider = refused.kind === 'second_login' ? refused.provider : undefined
    found.push({ kind: 'too_many_logins', identity: uuid, provider, repaired: false })
  }
  return found
}

/** Up to `limit` identities of a pool in one object, after this one. There is nothing that could disagree with them. */
export function checkAlone(identities: IdentityTable, after: string, limit: number): CheckPage {
  const rows = identities.walks.rows(after, AFTER_ALL, limit)
  const last = rows.length === limit ? rows.at(-1)?.uuid : undefined
  const findings = rows.flatMap((row) => faultsOf(row, identities.logins([row.uuid])))
  for (const { identity, provider } of identities.walks.strayLogins(after, last ?? AFTER_ALL))
    findings.push({ kind: 'login_without_identity', identity, provider, repaired: false })
  const logins = identities.logins(rows.map(({ uuid }) => uuid)).length
  const counts = { objects: after === '' ? 1 : 0, identities: rows.length, logins, routes: 0, pending: 0 }
  return {
    kind: 'checked',
    objects: 1,
    counts,
    findings,
    next: last === undefined ? undefined : { walk: 'identities', after: last },
  }
}
