import type { Identities, IdentityRow, ProvenLogin } from './identities.ts'
import { forwardsOf, mergeInto, type TooManyLogins, unite } from './resolve.ts'
import { wasDone } from './unlink.ts'

/**
 * What operators change of identities. Their word stands in for what users prove by signing in; all else is refused that is
 * refused to users. An id that lost a merge stands for the survivor.
 */

export interface LinkRequest {
  identity: string
  login: ProvenLogin
  /** The same login under the other names that its provider may be kept under. */
  aliases: readonly ProvenLogin[]
}

/** What became of linking a login. Every kind but `linked` changed nothing. `changes`: it was not linked before. */
export type Linked =
  | { kind: 'linked'; uuid: string; changes: boolean }
  | { kind: 'no_identity' }
  /** The identity lost its last login, and will never have another. */
  | { kind: 'disabled' }
  | { kind: 'login_elsewhere'; uuid: string }
  | TooManyLogins

/** Links a login that nobody has to an identity. */
export function linkLogin(table: Identities, { aliases, identity, login, now }: LinkRequest & { now: number }): Linked {
  const named = table.named(identity)
  if (!named) return { kind: 'no_identity' }
  const target = endOf(table, named)
  if (target.state === 'disabled') return { kind: 'disabled' }
  const owners = table.owners([login, ...aliases])
  const other = owners.find(({ uuid }) => uuid !== target.uuid)
  if (other) return { kind: 'login_elsewhere', uuid: other.uuid }
  if (owners.length > 0) return { kind: 'linked', uuid: target.uuid, changes: false }
  const united = unite(table, [target], owners, { logins: [login], now, lastUsedDays: undefined })
  return united.kind === 'identity' ? { kind: 'linked', uuid: united.uuid, changes: true } : united
}

export interface UnlinkLoginRequest {
  identity: string
  /** The login goes that anybody has, the first of these if there are several. */
  logins: readonly ProvenLogin[]
  /** Names the call. */
  operation: string
}

/** What became of taking a login off. Every kind but `unlinked` changed nothing. `state`: what the identity is without it. */
export type LoginUnlinked =
  | { kind: 'unlinked'; uuid: string; state: IdentityRow['state'] }
  | { kind: 'no_identity' | 'no_login' }
  | { kind: 'login_elsewhere'; uuid: string }

/** Takes one login off the identity that has it. With its last login it is disabled. */
export function unlinkLogin(table: Identities, request: UnlinkLoginRequest & { now: number }): LoginUnlinked {
  const { identity, logins, now, operation } = request
  const named = table.named(identity)
  if (!named) return { kind: 'no_identity' }
  const done = wasDone(table, named, operation)
  if (done) return { kind: 'unlinked', uuid: done.uuid, state: done.state }
  const login = logins.find((one) => table.owners([one]).length > 0)
  const [owner] = login ? table.owners([login]) : []
  if (!login || !owner) return { kind: 'no_login' }
  if (endOf(table, named).uuid !== owner.uuid) return { kind: 'login_elsewhere', uuid: owner.uuid }
  const isLast = table.logins([owner.uuid]).length === 1
  const { developer, provider, subject } = login
  if (developer) table.unlinkDeveloper(owner.uuid, provider, subject)
  // It has no other login of this provider.
  else table.unlinkPublic(owner.uuid, [provider])
  table.settle(owner.uuid, now, operation)
  return { kind: 'unlinked', uuid: owner.uuid, state: isLast ? 'disabled' : 'member' }
}

export interface MergeIdentitiesRequest {
  source: string
  destination: string
}

/** What became of a merge. Every kind but `merged` changed nothing. `moved`: how many logins went to the survivor. */
export type IdentitiesMerged =
  | { kind: 'merged'; uuid: string; changes: boolean; moved: number }
  /** One of the two is not there, or is disabled and leads nowhere. */
  | { kind: 'no_identity' | 'disabled'; uuid: string }
  /** The destination is a guest: there is no user for whom it could survive. */
  | { kind: 'guest_destination' }
  /** The destination is the source, or has lost a merge to it. */
  | { kind: 'leads_back' }
  | TooManyLogins

/** Merges one identity, which may be a guest, into that of a user, which survives whatever their ages. */
export function mergeIdentities(
  table: Identities,
  { destination, now, source }: MergeIdentitiesRequest & { now: number },
): IdentitiesMerged {
  const [from, to] = [table.named(source), table.named(destination)]
  if (!from) return { kind: 'no_identity', uuid: source }
  if (!to) return { kind: 'no_identity', uuid: destination }
  const [loser, survivor] = [endOf(table, from), endOf(table, to)]
  if (survivor.state === 'disabled') return { kind: 'disabled', uuid: destination }
  if (survivor.uuid === from.uuid) return { kind: 'leads_back' }
  if (survivor.uuid === loser.uuid) return { kind: 'merged', uuid: survivor.uuid, changes: false, moved: 0 }
  if (loser.state === 'disabled') return { kind: 'disabled', uuid: source }
  if (survivor.state === 'guest') return { kind: 'guest_destination' }
  const moved = table.logins([loser.uuid]).length
  const refused = mergeInto(table, loser, survivor, now)
  if (refused) return refused
  return { kind: 'merged', uuid: survivor.uuid, changes: true, moved }
}

/** The identity itself, or what it has become by merges. */
function endOf(table: Identities, named: IdentityRow): IdentityRow {
  return forwardsOf(table, named).at(-1) ?? named
}
