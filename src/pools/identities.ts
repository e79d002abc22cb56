/** A login whose token has been verified, or that a signed caller vouches for. */
export interface ProvenLogin {
  provider: string
  subject: string
  /** Developer logins come from signed callers; one identity may have several of the same provider. */
  developer: boolean
  /** Set for proof of what was linked before, such as a token of ours: it counts only while the login is a member. */
  mustBeMember?: boolean
  /** Of a token of ours: when it was signed, in seconds since the epoch. */
  issuedAt?: number
}

export interface IdentityRow extends Record<string, SqlStorageValue> {
  uuid: string
  /** A guest never had a login; a disabled identity lost its last, or lost a merge and then forwards to the survivor. */
  state: 'guest' | 'member' | 'disabled'
  created_at: number
  modified_at: number
  forward: string | null
  /** Names the call that last took a login away, so that a repeated one is recognised. */
  changed_by: string | null
  /** The merge that it may be about to lose, and to whom. Until that is decided, nothing else happens to it. */
  frozen_by: string | null
  frozen_for: string | null
  /** 1 if it was deleted, and is kept only because it leads to the survivor of a merge. */
  erased: number
  /** Day of its last use, counted from 1970-01-01; nothing if it was not used since the day it was made, as far as is kept. */
  used_day: number | null
  /** Until then nobody signs in as this identity, in milliseconds since the epoch. */
  blocked_until: number | null
  block_reason: string | null
  /** What this service signed for it before then counts no more, in seconds since the epoch. */
  not_before: number | null
  /** How it came to be here, if not by a sign-in. */
  source: string | null
}

/** A login of an identity. In a pool of several objects its claim names the reservation that it was linked by. */
export interface Member extends ProvenLogin {
  claim: string
  /** Day it was linked, counted from 1970-01-01; nothing if that was before this was kept. */
  linkedDay?: number | undefined
}

export interface IdentityDescription {
  uuid: string
  /** Provider names, one for each login. */
  logins: readonly string[]
  createdAt: number
  modifiedAt: number
}

/**
 * What the rules for identities and logins read and write. The rules know nothing of where that is: the tables of the one
 * object that has the whole pool, or what was gathered from the objects of a pool that is spread over several.
 */
export interface Identities {
  /** The identity that a caller names. One that was deleted is not there, though it may still lead to another. */
  named(uuid: string): IdentityRow | undefined
  row(uuid: string): IdentityRow | undefined
  /** The identities that these logins are members of. */
  owners(logins: readonly ProvenLogin[]): IdentityRow[]
  /** The logins of these identities. */
  logins(uuids: readonly string[]): ProvenLogin[]
  /** Up to `limit` developer users of an identity, in order, after the given one. */
  developerUsers(uuid: string, provider: string, after: string, limit: number): string[]
  /** Adds an identity, unless there is one of that id; tells whether it did. */
  insert(uuid: string, state: 'guest' | 'member', now: number): boolean
  link(login: ProvenLogin, uuid: string, now: number): void
  /** Keeps the day of the last use of an identity. */
  use(uuid: string, day: number): void
  /** Takes the logins of these public providers off an identity. */
  unlinkPublic(uuid: string, providers: readonly string[]): void
  unlinkDeveloper(uuid: string, provider: string, subject: string): void
  /** Hands all logins to the survivor and disables the loser, which forwards from now on. */
  retire(loser: string, survivor: string, now: number): void
  /** Sets the state that the logins of an identity give it: a member, or disabled when none is left. */
  settle(uuid: string, now: number, operation?: string): void
}
