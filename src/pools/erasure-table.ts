import type { Member, ProvenLogin } from './identities.ts'
import { loginOf, loginRows } from './login-rows.ts'

/** Which user is to be erased: the one that an identity is or has become, or that has one of these logins, the first that is there. */
export type ErasureTarget =
  /** `anyway`: also by an identity that was deleted, and only leads on to another. */
  { identity: string; anyway?: true | undefined } | { logins: readonly ProvenLogin[] }

/** A user as they are to be erased: everything that mentions them. */
export interface Erasable {
  /** Where all ids of the user lead to. It may be gone, where only what led to it is left. */
  root: string
  /** The identities that are there: the root, and all that lead to it by merges. */
  identities: readonly string[]
  /** The logins of these. */
  logins: readonly ProvenLogin[]
}

export interface ErasableFound {
  kind: 'found'
  erasable: Erasable | undefined
}

/** What is there of a pool, as a check compares it with the journal of what was erased. */
export interface ErasableRows {
  kind: 'rows'
  rows: readonly ErasableRow[]
}

export interface ErasableRow {
  uuid: string
  members: readonly Member[]
}

/** The rows of users who are erased, over the tables of a pool. Synchronous. */
export class ErasureTable {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /** The identities of this object that lead to one of these by merges, over however many of this object. */
  leadingTo(uuids: readonly string[]): string[] {
    return this.#sql
      .exec<{ uuid: string }>(
        `WITH RECURSIVE leading (uuid) AS (
           SELECT value FROM json_each(?1)
           UNION SELECT identity.uuid FROM identity JOIN leading ON identity.forward = leading.uuid
         )
         SELECT uuid FROM leading WHERE uuid NOT IN (SELECT value FROM json_each(?1)) ORDER BY uuid`,
        JSON.stringify(uuids),
      )
      .toArray()
      .map(({ uuid }) => uuid)
  }

  /** Up to `limit` identities in order of UUID, after one and before another, with their logins. */
  rows(after: string, end: string, limit: number): ErasableRow[] {
    const uuids = this.#sql
      .exec<{ uuid: string }>(
        'SELECT uuid FROM identity WHERE uuid > ? AND uuid < ? ORDER BY uuid LIMIT ?',
        after,
        end,
        limit,
      )
      .toArray()
      .map(({ uuid }) => uuid)
    const logins = Map.groupBy(loginRows(this.#sql, uuids), ({ identity }) => identity)
    return uuids.map((uuid) => ({
      uuid,
      members: (logins.get(uuid) ?? []).map((row) => ({
        ...loginOf(row),
        claim: row.claim,
        linkedDay: row.linked_day ?? undefined,
      })),
    }))
  }

  /** Deletes identities with their logins. Whatever led to them leads nowhere. */
  delete(uuids: readonly string[]): void {
    const listed = JSON.stringify(uuids)
    this.#sql.exec('DELETE FROM login WHERE identity IN (SELECT value FROM json_each(?))', listed)
    this.#sql.exec('DELETE FROM identity WHERE uuid IN (SELECT value FROM json_each(?))', listed)
    // A count that is under way may have come as far as one of them.
    this.#sql.exec(
      `UPDATE statistics SET cursor = coalesce((SELECT max(uuid) FROM identity WHERE uuid < cursor), '')
       WHERE cursor IN (SELECT value FROM json_each(?))`,
      listed,
    )
  }
}

export function isWithin(some: readonly string[], all: readonly string[]): boolean {
  const known = new Set(all)
  return some.every((one) => known.has(one))
}

export function areWithin(some: readonly ProvenLogin[], all: readonly ProvenLogin[]): boolean {
  return isWithin(some.map(keyOf), all.map(keyOf))
}

export function keyOf({ developer, provider, subject }: ProvenLogin): string {
  return JSON.stringify([provider, subject, developer])
}
