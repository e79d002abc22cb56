import { type DetailsAsked, type DetailsFound, detailOf } from './details.ts'
import type { IdentityDescription, IdentityRow } from './identities.ts'
import { LAST_USED_DAY } from './last-use.ts'
import { WALK_ROWS } from './limits.ts'
import { indexedLogins, type LoginRow, loginOf } from './login-rows.ts'

/** Comes after every UUID. */
export const AFTER_ALL = '~'

/** Reads identities one after the other, and what is told of them, over the tables of a pool. Synchronous. */
export class IdentityWalks {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  describe(uuid: string): IdentityDescription | undefined {
    const named = this.#sql.exec<IdentityRow>('SELECT * FROM identity WHERE uuid = ? AND erased = 0', uuid)
    return this.#descriptions(named.toArray())[0]
  }

  /** Up to `limit` identities in order of UUID, after one and before another, those that are disabled or erased among them. */
  rows(after: string, end: string, limit: number): IdentityRow[] {
    return this.#sql
      .exec<IdentityRow>('SELECT * FROM identity WHERE uuid > ? AND uuid < ? ORDER BY uuid LIMIT ?', after, end, limit)
      .toArray()
  }

  /** Logins after one UUID and up to another whose identities are not there. */
  strayLogins(after: string, last: string): Pick<LoginRow, 'identity' | 'provider'>[] {
    return this.#sql
      .exec<Pick<LoginRow, 'identity' | 'provider'> & Record<string, SqlStorageValue>>(
        `SELECT identity, provider FROM login WHERE identity > ? AND identity <= ?
         AND NOT EXISTS (SELECT 1 FROM identity WHERE uuid = login.identity) LIMIT 100`,
        after,
        last,
      )
      .toArray()
  }

  /**
   * Up to `limit` identities in order of UUID, after the given one and before `end`. Disabled ones are listed unless hidden.
   */
  list(after: string, limit: number, hideDisabled: boolean, end = AFTER_ALL): IdentityDescription[] {
    const shown = hideDisabled ? "AND state <> 'disabled'" : 'AND erased = 0'
    const page = this.#sql.exec<IdentityRow>(
      `SELECT * FROM identity WHERE uuid > ? AND uuid < ? ${shown} ORDER BY uuid LIMIT ?`,
      after,
      end,
      limit,
    )
    return this.#descriptions(page.toArray())
  }

  /** Up to `limit` identities, after one and before another, that lead straight to this one by merges that they lost. */
  losersTo(uuid: string, after: string, end: string, limit: number): string[] {
    return this.#sql
      .exec<{ uuid: string }>(
        `SELECT uuid FROM identity WHERE forward = ? AND uuid > ? AND uuid < ? AND erased = 0 ORDER BY uuid LIMIT ?`,
        uuid,
        after,
        end,
        limit,
      )
      .toArray()
      .map((row) => row.uuid)
  }

  /** Up to `limit` identities that the filter wants, in order of UUID, among so many that one walk looks at. */
  walk({ after, limit, providers, state, usedBefore }: DetailsAsked, end = AFTER_ALL): DetailsFound {
    const names = providers ? JSON.stringify(providers) : null
    const rows = this.#sql.exec<IdentityRow & { wanted: number }>(
      `SELECT *, erased = 0 AND (? IS NULL OR state = ?) AND (? IS NULL OR ${LAST_USED_DAY} < ?) AND (? IS NULL OR EXISTS
         (SELECT 1 FROM login WHERE login.identity = identity.uuid AND provider IN (SELECT value FROM json_each(?)))) AS wanted
       FROM identity WHERE uuid > ? AND uuid < ? ORDER BY uuid LIMIT ?`,
      ...[state ?? null, state ?? null, usedBefore ?? null, usedBefore ?? null, names, names],
      ...[after, end, WALK_ROWS],
    )
    const wanted: IdentityRow[] = []
    let [seen, last] = [0, '']
    for (const row of rows) {
      if (row.wanted) wanted.push(row)
      ;[seen, last] = [seen + 1, row.uuid]
      if (wanted.length === limit) break
    }
    const logins = Map.groupBy(
      indexedLogins(
        this.#sql,
        wanted.map(({ uuid }) => uuid),
      ),
      ({ identity }) => identity,
    )
    return {
      identities: wanted.map((row) => detailOf(row, (logins.get(row.uuid) ?? []).map(loginOf))),
      next: seen === WALK_ROWS && wanted.length < limit ? last : undefined,
    }
  }

  #descriptions(rows: readonly IdentityRow[]): IdentityDescription[] {
    const uuids = rows.map((row) => row.uuid)
    const logins = Map.groupBy(indexedLogins(this.#sql, uuids), ({ identity }) => identity)
    return rows.map((row) => ({
      uuid: row.uuid,
      logins: (logins.get(row.uuid) ?? []).map((login) => login.provider),
      createdAt: row.created_at,
      modifiedAt: row.modified_at,
    }))
  }
}
