import { addressOf, shellOption } from '../../parts/index.ts'

export interface Login {
  Provider: string
  /** A user of the owner's backend. */
  Developer: boolean
  SubjectSha256: string
  /** For those who may see it. */
  Subject?: string
  /** A day in UTC. */
  LinkedOn?: string
}

/** An identity as operators see it (docs/audit.md#the-directory). Times are seconds since the epoch. */
export interface Identity {
  IdentityId: string
  State: 'Guest' | 'User' | 'Disabled'
  Logins: Login[]
  ForwardsTo?: string
  ForwardedFrom?: string[]
  CreationDate: number
  LastModifiedDate: number
  /** A day in UTC. */
  LastUsedOn?: string
  Blocked?: boolean
  BlockedUntil?: number
  BlockReason?: string
  TokensValidFrom?: number
}

/** Where the console has the identities of a pool. */
export const addressOfList = (pool: string) => addressOf(['identities', pool, 'all'])

export const pathOfIdentity = (pool: string, id: string) => ['identity', pool, id]

export const addressOfIdentity = (pool: string, id: string) => addressOf(pathOfIdentity(pool, id))

/** What a login is called: its provider, and the user as far as they may be seen. */
export function loginText({ Developer, Provider, Subject, SubjectSha256 }: Login): string {
  return `${Provider}${Developer ? ' (backend)' : ''} ${Subject ?? `sha256:${SubjectSha256.slice(0, 12)}…`}`
}

/** A line of `npm run identity`. Options without a value are left out; `true` is one that has none. */
export function identityLine(
  action: string,
  pool: string,
  options: Readonly<Record<string, string | boolean | undefined>> = {},
): string {
  const all: typeof options = { pool, ...options, 'endpoint-url': location.origin }
  const given = Object.entries(all).flatMap(([name, value]) =>
    value === undefined || value === false || value === ''
      ? []
      : [value === true ? `--${name}` : shellOption(name, String(value))],
  )
  return `npm run identity -- ${action} ${given.join(' ')}`
}
