import type { Reservations } from './reservations.ts'
import { isAtHome } from './slots.ts'

/**
 * Gives logins of a pool that was in one object the routes that they need before their slots, or those of their identities, go
 * elsewhere: some after the given one (a JSON text), in order. Answers how many, and the last of them, if there are more.
 * What is linked meanwhile gets its route with the link.
 */
export function indexLogins(
  sql: SqlStorage,
  reservations: Reservations,
  after: string | null,
  limit: number,
): { count: number; last?: string | undefined } {
  const from = after === null ? '' : 'WHERE (provider, subject, developer) > (?, ?, ?)'
  const logins = sql
    .exec<LoginRow>(
      `SELECT provider, subject, developer, identity, claim FROM login ${from}
       ORDER BY provider, subject, developer LIMIT ?`,
      ...(after === null ? [] : JSON.parse(after)),
      limit,
    )
    .toArray()
  for (const { claim, developer, identity, provider, subject } of logins) {
    const login = { provider, subject, developer: developer === 1 }
    if (!isAtHome(login, identity)) reservations.reserve(login, { identity, claim })
  }
  const last = logins.at(-1)
  const isMore = last !== undefined && logins.length === limit
  return {
    count: logins.length,
    last: isMore ? JSON.stringify([last.provider, last.subject, last.developer]) : undefined,
  }
}

interface LoginRow extends Record<string, SqlStorageValue> {
  provider: string
  subject: string
  developer: number
  identity: string
  claim: string
}
