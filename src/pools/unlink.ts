import type { Identities, IdentityRow, ProvenLogin } from './identities.ts'
import { forwardsOf, isOneOf, targetOf } from './resolve.ts'
import { BLOCKED, type Forbidden, isBlocked } from './restrictions.ts'

/** What became of taking logins off an identity. Every kind but `unlinked` changed nothing. */
export type Unlinked =
  | { kind: 'unlinked' }
  | Forbidden
  | { kind: 'no_identity' | 'logins_mismatch' | 'no_developer_user' | 'developer_user_taken' }

export interface UnlinkRequest {
  identity: string
  /** Logins that the request has proven; one of them must be the identity's. None of them is linked. */
  proven: readonly ProvenLogin[]
  /** Public providers whose logins go. One that is not linked is passed over. */
  providers: readonly string[]
  /** Names the call. */
  operation: string
  now: number
}

/**
 * Takes public logins off an identity. With its last login it is disabled, and never becomes a guest again. One that is blocked
 * keeps its logins: whoever has one of them could sign in anew with it.
 */
export function unlink(table: Identities, request: UnlinkRequest): Unlinked {
  const named = table.named(request.identity)
  if (!named) return { kind: 'no_identity' }
  if (wasDone(table, named, request.operation)) return { kind: 'unlinked' }
  const owners = table.owners(request.proven)
  const target = targetOf(table, named, owners)
  if (!target || target.state === 'guest') return { kind: 'forbidden' }
  if (!isOneOf(owners, target)) return { kind: 'logins_mismatch' }
  if (isBlocked(target, request.now)) return BLOCKED
  table.unlinkPublic(target.uuid, request.providers)
  table.settle(target.uuid, request.now, request.operation)
  return { kind: 'unlinked' }
}

export interface UnlinkDeveloperRequest {
  identity: string
  provider: string
  subject: string
  operation: string
  now: number
}

/** Takes a developer login off the identity that it belongs to; an id that lost a merge stands for the survivor. */
export function unlinkDeveloper(table: Identities, request: UnlinkDeveloperRequest): Unlinked {
  const { identity, operation, provider, subject } = request
  const named = table.named(identity)
  if (!named) return { kind: 'no_identity' }
  if (wasDone(table, named, operation)) return { kind: 'unlinked' }
  const [owner] = table.owners([{ provider, subject, developer: true }])
  if (!owner) return { kind: 'no_developer_user' }
  if (targetOf(table, named, [owner])?.uuid !== owner.uuid) return { kind: 'developer_user_taken' }
  if (isBlocked(owner, request.now)) return BLOCKED
  table.unlinkDeveloper(owner.uuid, provider, subject)
  table.settle(owner.uuid, request.now, operation)
  return { kind: 'unlinked' }
}

/** The identity that this very call has changed, if it is one that was done and is repeated. Since then, it may have lost a merge. */
export function wasDone(table: Identities, named: IdentityRow, operation: string): IdentityRow | undefined {
  return forwardsOf(table, named).find((row) => row.changed_by === operation)
}
