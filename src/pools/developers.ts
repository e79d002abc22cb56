import type { Identities } from './identities.ts'
import { mergeInto, type TooManyLogins } from './resolve.ts'

export interface LookupRequest {
  provider: string
  /** At least one of the two. */
  identity?: string | undefined
  subject?: string | undefined
  after: string
  limit: number
}

export type Lookup =
  | { kind: 'developer_users'; uuid: string; subjects: readonly string[] }
  | { kind: 'no_identity' | 'no_developer_user' | 'mismatch' }

/** The identity of a developer user, or the identity named; with a page of its developer users. */
export function lookupDeveloper(table: Identities, request: LookupRequest): Lookup {
  const { after, identity, limit, provider, subject } = request
  if (identity !== undefined && !table.named(identity)) return { kind: 'no_identity' }
  const owner = subject === undefined ? identity : table.owners([{ provider, subject, developer: true }])[0]?.uuid
  if (owner === undefined) return { kind: 'no_developer_user' }
  if (identity !== undefined && identity !== owner) return { kind: 'mismatch' }
  return { kind: 'developer_users', uuid: owner, subjects: table.developerUsers(owner, provider, after, limit) }
}

export interface MergeRequest {
  provider: string
  source: string
  destination: string
  now: number
}

/** What became of merging two developer users. Every kind but `merged` changed nothing. */
export type DeveloperMerge =
  | { kind: 'merged'; uuid: string }
  | { kind: 'no_developer_user'; subject: string }
  | TooManyLogins

/** Merges the identity of one developer user into that of another, which survives whatever their ages. */
export function mergeDevelopers(table: Identities, request: MergeRequest): DeveloperMerge {
  const { destination, now, provider, source } = request
  const [from] = table.owners([{ provider, subject: source, developer: true }])
  const [to] = table.owners([{ provider, subject: destination, developer: true }])
  if (!from) return { kind: 'no_developer_user', subject: source }
  if (!to) return { kind: 'no_developer_user', subject: destination }
  if (from.uuid === to.uuid) return { kind: 'merged', uuid: to.uuid }
  return mergeInto(table, from, to, now) ?? { kind: 'merged', uuid: to.uuid }
}
