import type { ProvenLogin } from './identities.ts'

export interface LoginRow extends Record<string, SqlStorageValue> {
  provider: string
  subject: string
  identity: string
  developer: number
  claim: string
  /** Day it was linked, counted from 1970-01-01; nothing if that was before this was kept. */
  linked_day: number | null
}

/** The logins of these identities, by provider and subject. */
export function loginRows(sql: SqlStorage, uuids: readonly string[]): LoginRow[] {
  return sql
    .exec<LoginRow>(
      'SELECT * FROM login WHERE identity IN (SELECT value FROM json_each(?)) ORDER BY provider, subject',
      JSON.stringify(uuids),
    )
    .toArray()
}

/** What the index of logins by identity holds, so that a page of identities is read without a look-up for each login. */
type IndexedLogin = Pick<LoginRow, 'provider' | 'subject' | 'identity' | 'developer'>

/** The same without what is only in the rows themselves. */
export function indexedLogins(sql: SqlStorage, uuids: readonly string[]): IndexedLogin[] {
  return sql
    .exec<IndexedLogin & Record<string, SqlStorageValue>>(
      `SELECT provider, subject, identity, developer FROM login WHERE identity IN (SELECT value FROM json_each(?))
       ORDER BY provider, subject`,
      JSON.stringify(uuids),
    )
    .toArray()
}

export function loginOf({ developer, provider, subject }: IndexedLogin): ProvenLogin {
  return { provider, subject, developer: developer === 1 }
}
