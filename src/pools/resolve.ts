import { dayOf } from '../base/days.ts'
import type { Identities, IdentityRow, ProvenLogin } from './identities.ts'
import { lastUsedDay } from './last-use.ts'
import { MAX_FORWARDS, MAX_LOGINS_PER_IDENTITY } from './limits.ts'
import { BLOCKED, type Forbidden, isBlocked, isRevoked, REVOKED } from './restrictions.ts'

export interface ResolveRequest {
  /** UUID of the identity that the caller names; absent for GetId. */
  identity?: string | undefined
  logins: readonly ProvenLogin[]
  /** UUID of the identity to make if one is needed. Made by the caller, so that a repeated call is recognised. */
  fresh: string
  allowGuests: boolean
  /** Days that one note of a use stands for; nothing, where no use is kept. */
  lastUsedDays: number | undefined
  now: number
}

/** What became of a request to resolve logins to an identity. Every kind but `identity` changed nothing. */
export type Resolution =
  | { kind: 'identity'; uuid: string; guest: boolean }
  | { kind: 'no_identity' }
  | Forbidden
  | { kind: 'guests_refused' }
  | { kind: 'logins_mismatch' }
  /** A signed caller's developer user belongs to another identity than the one named. */
  | { kind: 'developer_user_taken' }
  | TooManyLogins

/** Why one identity may not hold all these logins: two users of one public provider, or more than the quota. */
export type TooManyLogins = { kind: 'second_login'; provider: string } | { kind: 'too_many_logins' }

/**
 * The identity for these logins: found, made, extended by the unknown ones among them, or merged.
 *
 * A login belongs to at most one identity. Linking and merging need the target to be a guest or to own a login proven by
 * this very request. The loser of a merge is disabled and forwards to the survivor; a forward translates an id, it never
 * authorises. An identity that is blocked refuses whoever brings one of its logins, for whatever identity.
 */
export function resolve(table: Identities, request: ResolveRequest): Resolution {
  const { logins, now } = request
  const owners = table.owners(logins)
  const isAnyBlocked = owners.some((owner) => isBlocked(owner, now))
  if (request.identity === undefined) {
    if (isAnyBlocked) return BLOCKED
    return owners.length > 0 ? unite(table, owners, owners, request) : make(table, request)
  }
  const named = table.named(request.identity)
  if (!named) return { kind: 'no_identity' }
  if (isAnyBlocked) return BLOCKED
  if (logins.length === 0) return resumeGuest(table, named, request)
  const target = targetOf(table, named, owners)
  if (!target) return { kind: 'forbidden' }
  if (!areMembers(table, logins, target)) return { kind: 'logins_mismatch' }
  if (takesDeveloperUser(table, logins, target)) return { kind: 'developer_user_taken' }
  if (target.state === 'member' && !isOneOf(owners, target)) return { kind: 'logins_mismatch' }
  // A guest, since what has logins was judged by them.
  if (isBlocked(target, now)) return BLOCKED
  if (isRevoked(target, logins)) return REVOKED
  return unite(table, [target, ...owners.filter((owner) => owner.uuid !== target.uuid)], owners, request)
}

/**
 * The identity itself or, if it lost a merge, the survivor at the end of its forwards, provided that a proven login is a
 * member there.
 */
export function targetOf(
  table: Identities,
  named: IdentityRow,
  owners: readonly IdentityRow[],
): IdentityRow | undefined {
  const last = forwardsOf(table, named).at(-1)
  if (!last || last.state === 'disabled') return undefined
  return last.uuid === named.uuid || isOneOf(owners, last) ? last : undefined
}

/** The identity itself, then those that it forwards to, one after the other. */
export function forwardsOf(table: Identities, named: IdentityRow): IdentityRow[] {
  const rows: IdentityRow[] = []
  let row: IdentityRow | undefined = named
  while (row && rows.length <= MAX_FORWARDS) {
    rows.push(row)
    row = row.forward === null ? undefined : table.row(row.forward)
  }
  return rows
}

/** What the id of an identity stands for: itself or, if it lost a merge, the survivor. Nothing, if that is gone. */
export function stoodForBy(table: Identities, uuid: string): IdentityRow | undefined {
  const named = table.named(uuid)
  const last = named && forwardsOf(table, named).at(-1)
  return last?.forward === null ? last : undefined
}

export function isOneOf(rows: readonly IdentityRow[], row: IdentityRow): boolean {
  return rows.some(({ uuid }) => uuid === row.uuid)
}

/** The first of these logins to stand in the way of one identity holding them all. */
export function tooManyLogins(logins: readonly ProvenLogin[]): TooManyLogins | undefined {
  const seen = new Set<string>()
  for (const { developer, provider } of logins) {
    if (developer) continue
    if (seen.has(provider)) return { kind: 'second_login', provider }
    seen.add(provider)
  }
  return logins.length > MAX_LOGINS_PER_IDENTITY ? { kind: 'too_many_logins' } : undefined
}

function make(table: Identities, request: ResolveRequest): Resolution {
  const { allowGuests, fresh, logins, now } = request
  const guest = logins.length === 0
  if (guest && !allowGuests) return { kind: 'guests_refused' }
  const refused = tooManyLogins(logins)
  if (refused) return refused
  if (!table.insert(fresh, guest ? 'guest' : 'member', now)) {
    // A repeated call finds what its first run made; what has become of that since, stands.
    const made = table.row(fresh)
    return guest && made ? resumeGuest(table, made, request) : { kind: 'forbidden' }
  }
  for (const login of logins) table.link(login, fresh, now)
  return { kind: 'identity', uuid: fresh, guest }
}

function resumeGuest(table: Identities, named: IdentityRow, request: ResolveRequest): Resolution {
  if (named.state !== 'guest') return { kind: 'forbidden' }
  if (isBlocked(named, request.now)) return BLOCKED
  if (!request.allowGuests) return { kind: 'guests_refused' }
  noteUse(table, [named], request)
  return { kind: 'identity', uuid: named.uuid, guest: true }
}

/** What it takes of a request to unite identities. Without `lastUsedDays` this counts as no use. */
type Uniting = Pick<ResolveRequest, 'logins' | 'now' | 'lastUsedDays'>

/** Keeps that the first of these is used today, which takes over what the others were; once in as many days as one note stands for. */
function noteUse(
  table: Identities,
  [first, ...merged]: readonly [IdentityRow, ...IdentityRow[]],
  { lastUsedDays, now }: Omit<Uniting, 'logins'>,
): void {
  const today = dayOf(now)
  const last = Math.max(lastUsedDay(first), ...merged.map(lastUsedDay))
  if (lastUsedDays !== undefined && today - last >= lastUsedDays) table.use(first.uuid, today)
}

/** Makes one identity of several, the owners of the request's logins among them, with all their logins and those of the request. */
export function unite(
  table: Identities,
  identities: readonly IdentityRow[],
  owners: readonly IdentityRow[],
  request: Uniting,
): { kind: 'identity'; uuid: string; guest: boolean } | { kind: 'no_identity' } | TooManyLogins {
  const [survivor, ...losers] = [...identities].sort(bySurvival)
  if (!survivor) return { kind: 'no_identity' }
  // The commonest call: the one login is the one identity's already.
  if (losers.length === 0 && owners.length === 1 && request.logins.length === 1) {
    noteUse(table, [survivor], request)
    return { kind: 'identity', uuid: survivor.uuid, guest: false }
  }
  const kept = table.logins(identities.map((row) => row.uuid))
  const added = request.logins.filter((login) => !kept.some((other) => isSameLogin(login, other)))
  const refused = tooManyLogins([...kept, ...added])
  if (refused) return refused
  for (const loser of losers) table.retire(loser.uuid, survivor.uuid, request.now)
  for (const login of added) table.link(login, survivor.uuid, request.now)
  if (added.length > 0 || losers.length > 0) table.settle(survivor.uuid, request.now)
  noteUse(table, [survivor, ...losers], request)
  return { kind: 'identity', uuid: survivor.uuid, guest: false }
}

/** Merges one identity into another, unless that would have logins that cannot be together. */
export function mergeInto(
  table: Identities,
  loser: IdentityRow,
  survivor: IdentityRow,
  now: number,
): TooManyLogins | undefined {
  const refused = tooManyLogins(table.logins([loser.uuid, survivor.uuid]))
  if (refused) return refused
  table.retire(loser.uuid, survivor.uuid, now)
  table.settle(survivor.uuid, now)
  return undefined
}

/** A guest always loses; among the others the older survives, and of two as old the one with the smaller UUID. */
function bySurvival(a: IdentityRow, b: IdentityRow): number {
  const guests = Number(a.state === 'guest') - Number(b.state === 'guest')
  return guests || a.created_at - b.created_at || (a.uuid < b.uuid ? -1 : 1)
}

export function isSameLogin(a: ProvenLogin, b: ProvenLogin): boolean {
  return a.provider === b.provider && a.subject === b.subject && a.developer === b.developer
}

/** Whether the logins that must be members already are members of this identity. */
function areMembers(table: Identities, logins: readonly ProvenLogin[], target: IdentityRow): boolean {
  return logins.every((login) => !login.mustBeMember || isOneOf(table.owners([login]), target))
}

/**
 * Whether naming this identity would take a developer user away from another. Public logins that prove both make it a
 * merge; a signed caller's word for the developer user alone does not.
 */
function takesDeveloperUser(table: Identities, logins: readonly ProvenLogin[], target: IdentityRow): boolean {
  const elsewhere = table.owners(logins.filter((login) => login.developer)).filter(({ uuid }) => uuid !== target.uuid)
  if (elsewhere.length === 0) return false
  const proven = table.owners(logins.filter((login) => !login.developer))
  return ![target, ...elsewhere].every((row) => isOneOf(proven, row))
}
