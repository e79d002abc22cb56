import type { IdentityTable, ProvenLogin } from './identity-table.ts'
import { isOneOf, targetOf } from './resolve.ts'

/** What became of taking logins off an identity. Every kind but `unlinked` changed nothing. */
export type Unlinked =
  | { kind: 'unlinked' }
  | { kind: 'no_identity' | 'forbidden' | 'logins_mismatch' | 'no_developer_user' | 'developer_user_taken' }

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

/** Takes public logins off an identity. With its last login it is disabled, and never becomes a guest again. */
export function unlink(table: IdentityTable, request: UnlinkRequest): Unlinked {
  const named = table.row(request.identity)
  if (!named) return { kind: 'no_identity' }
  const owners = table.owners(request.proven)
  if (named.changed_by === request.operation) return { kind: 'unlinked' }
  const target = targetOf(table, named, owners)
  if (!target || target.state === 'guest') return { kind: 'forbidden' }
  if (target.changed_by === request.operation) return { kind: 'unlinked' }
  if (!isOneOf(owners, target)) return { kind: 'logins_mismatch' }
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

/** Takes a developer login off the identity that it belongs to. */
export function unlinkDeveloper(table: IdentityTable, request: UnlinkDeveloperRequest): Unlinked {
  const { identity, operation, provider, subject } = request
  const named = table.row(identity)
  if (!named) return { kind: 'no_identity' }
  if (named.changed_by === operation) return { kind: 'unlinked' }
  const [owner] = table.owners([{ provider, subject, developer: true }])
  if (!owner) return { kind: 'no_developer_user' }
  if (owner.uuid !== identity) return { kind: 'developer_user_taken' }
  table.unlinkDeveloper(identity, provider, subject)
  table.settle(identity, request.now, operation)
  return { kind: 'unlinked' }
}
