import type { Identities, IdentityRow, Member, ProvenLogin } from './identities.ts'

/** All that a pool keeps of an identity. */
export interface IdentityDetail {
  uuid: string
  state: IdentityRow['state']
  logins: readonly Login[]
  /** The survivor of the merge that it lost. */
  forward: string | undefined
  createdAt: number
  modifiedAt: number
  /** Day of its last use, counted from 1970-01-01, if one is kept. */
  usedDay: number | undefined
  /** Until when it is blocked, in milliseconds since the epoch; that may be over. */
  blockedUntil: number | undefined
  blockReason: string | undefined
  /** Tokens that were signed before count no more, in seconds since the epoch. */
  notBefore: number | undefined
}

/** `linkedDay` is told of one identity alone: a page of them is read from an index that has no days. */
export type Login = Pick<ProvenLogin, 'provider' | 'subject' | 'developer'> & Pick<Member, 'linkedDay'>

export interface DetailFilter {
  state?: IdentityRow['state'] | undefined
  /** Only those that have a login under one of these names of a provider. */
  providers?: readonly string[] | undefined
  /** Only those whose last use that is kept, or else whose day of creation, is before this day, counted from 1970-01-01. */
  usedBefore?: number | undefined
}

export interface DetailsAsked extends DetailFilter {
  after: string
  limit: number
}

/** What one walk found, in order of UUID. `next`: how far it came, if it ended before it had looked at everything. */
export interface DetailsFound {
  identities: readonly IdentityDetail[]
  next: string | undefined
}

/** `forwardedFrom`: losers of merges that lead straight to it, as many as are told. */
export interface DetailWithLosers extends IdentityDetail {
  forwardedFrom: readonly string[]
}

/** What is answered where there may be no such identity. */
export type IdentityFound = { kind: 'found'; identity: IdentityDetail | undefined }
export type DetailFound = { kind: 'found'; identity: DetailWithLosers | undefined }

export function detailOf(row: IdentityRow, logins: readonly Login[]): IdentityDetail {
  return {
    uuid: row.uuid,
    state: row.state,
    logins: logins.map(({ developer, linkedDay, provider, subject }) => ({ provider, subject, developer, linkedDay })),
    forward: row.forward ?? undefined,
    createdAt: row.created_at,
    modifiedAt: row.modified_at,
    usedDay: row.used_day ?? undefined,
    blockedUntil: row.blocked_until ?? undefined,
    blockReason: row.block_reason ?? undefined,
    notBefore: row.not_before ?? undefined,
  }
}

/** Where one identity is looked at. */
interface Looked extends Pick<Identities, 'owners'> {
  members(uuids: readonly string[]): Member[]
}

/** The identity that has a login. */
export function ownerOf(table: Looked, login: ProvenLogin): IdentityDetail | undefined {
  const [row] = table.owners([login])
  return row && detailOf(row, table.members([row.uuid]))
}

/**
 * A page of at most so many out of what walks found one after the other, each of which was asked for one more. `next`: after which
 * UUID the next page begins. It may turn out to be empty.
 */
export function pageOf(walks: readonly DetailsFound[], limit: number): DetailsFound {
  const identities: IdentityDetail[] = []
  for (const walk of walks) {
    identities.push(...walk.identities)
    if (identities.length > limit) {
      const page = identities.slice(0, limit)
      return { identities: page, next: page.at(-1)?.uuid }
    }
    if (walk.next !== undefined) return { identities, next: walk.next }
  }
  return { identities, next: undefined }
}
