import type { IdentityRow } from './identities.ts'

/** All that an export has of an identity, and an import brings. Days are counted from 1970-01-01. */
export interface BackupIdentity {
  uuid: string
  state: IdentityRow['state']
  /** In milliseconds since the epoch, as the next, and until when it is blocked. */
  createdAt: number
  modifiedAt: number
  /** In order of provider, subject, and whether they are of a backend. */
  logins: readonly BackupLogin[]
  /** The identity that stands for it after all the merges that it lost: itself, it leads nowhere. */
  forward?: string | undefined
  usedDay?: number | undefined
  blockedUntil?: number | undefined
  blockReason?: string | undefined
  /** In seconds since the epoch. */
  notBefore?: number | undefined
  source?: string | undefined
}

export interface BackupLogin {
  provider: string
  subject: string
  developer: boolean
  linkedDay?: number | undefined
}
