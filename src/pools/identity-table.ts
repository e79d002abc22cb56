import { type DetailsAsked, type DetailsFound, detailOf } from './details.ts'
import type { Identities, IdentityDescription, IdentityRow, Member, ProvenLogin } from './identities.ts'
import { WALK_ROWS } from './limits.ts'

interface LoginRow extends Record<string, SqlStorageValue> {
  provider: string
  subject: string
  identity: string
  developer: number
  claim: string
}

/** Comes after every UUID. */
export const AFTER_ALL = '~'

/**
 * The rows of a pool's identities and logins, over the SQL storage of whatever object hosts them. Every method is
 * synchronous; the host runs each API call in one transaction, so that a refused call leaves nothing half done.
 */
export class IdentityTable implements Identities {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  row(uuid: string): IdentityRow | undefined {
    return this.#sql.exec<IdentityRow>('SELECT * FROM identity WHERE uuid = ?', uuid).toArray()[0]
  }

  named(uuid: string): IdentityRow | undefined {
    const row = this.row(uuid)
    return row?.erased ? undefined : row
  }

  owners(logins: readonly ProvenLogin[]): IdentityRow[] {
    const owners = new Map<string, IdentityRow>()
    for (const { developer, provider, subject } of logins) {
      const owned = this.#sql.exec<IdentityRow>(
        `SELECT identity.* FROM login JOIN identity ON identity.uuid = login.identity
         WHERE provider = ? AND subject = ? AND developer = ?`,
        provider,
        subject,
        Number(developer),
      )
      for (const row of owned) owners.set(row.uuid, row)
    }
    return [...owners.values()]
  }

  logins(uuids: readonly string[]): ProvenLogin[] {
    return this.members(uuids).map(({ claim, ...login }) => login)
  }

  members(uuids: readonly string[]): Member[] {
    return this.#loginRows(uuids).map((row) => ({ ...loginOf(row), claim: row.claim }))
  }

  insert(uuid: string, state: 'guest' | 'member', now: number): boolean {
    const inserted = this.#sql.exec(
      'INSERT INTO identity (uuid, state, created_at, modified_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      uuid,
      state,
      now,
      now,
    )
    return inserted.rowsWritten > 0
  }

  link(login: ProvenLogin, uuid: string, claim = ''): void {
    this.#sql.exec(
      'INSERT INTO login (provider, subject, identity, developer, claim) VALUES (?, ?, ?, ?, ?)',
      login.provider,
      login.subject,
      uuid,
      Number(login.developer),
      claim,
    )
  }

  unlinkPublic(uuid: string, providers: readonly string[]): void {
    this.#sql.exec(
      'DELETE FROM login WHERE identity = ? AND developer = 0 AND provider IN (SELECT value FROM json_each(?))',
      uuid,
      JSON.stringify(providers),
    )
  }

  unlinkDeveloper(uuid: string, provider: string, subject: string): void {
    this.#sql.exec(
      'DELETE FROM login WHERE identity = ? AND provider = ? AND subject = ? AND developer = 1',
      uuid,
      provider,
      subject,
    )
  }

  /** Takes one login off an identity. */
  release({ developer, provider, subject }: ProvenLogin, uuid: string): void {
    this.#sql.exec(
      'DELETE FROM login WHERE identity = ? AND provider = ? AND subject = ? AND developer = ?',
      uuid,
      provider,
      subject,
      Number(developer),
    )
  }

  retire(loser: string, survivor: string, now: number): void {
    this.#sql.exec('UPDATE login SET identity = ? WHERE identity = ?', survivor, loser)
    this.#sql.exec(
      "UPDATE identity SET state = 'disabled', forward = ?, modified_at = ? WHERE uuid = ?",
      survivor,
      now,
      loser,
    )
  }

  settle(uuid: string, now: number, operation: string | null = null): void {
    const state = this.#loginRows([uuid]).length > 0 ? 'member' : 'disabled'
    this.#sql.exec(
      'UPDATE identity SET state = ?, modified_at = ?, changed_by = coalesce(?, changed_by) WHERE uuid = ?',
      state,
      now,
      operation,
      uuid,
    )
  }

  developerUsers(uuid: string, provider: string, after: string, limit: number): string[] {
    return this.#sql
      .exec<{ subject: string }>(
        `SELECT subject FROM login WHERE identity = ? AND provider = ? AND developer = 1 AND subject > ?
         ORDER BY subject LIMIT ?`,
        uuid,
        provider,
        after,
        limit,
      )
      .toArray()
      .map((row) => row.subject)
  }

  describe(uuid: string): IdentityDescription | undefined {
    const row = this.named(uuid)
    return row && this.#descriptions([row])[0]
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
  walk({ after, limit, providers, state }: DetailsAsked, end = AFTER_ALL): DetailsFound {
    const names = providers ? JSON.stringify(providers) : null
    const rows = this.#sql.exec<IdentityRow & { wanted: number }>(
      `SELECT *, erased = 0 AND (? IS NULL OR state = ?) AND (? IS NULL OR EXISTS
         (SELECT 1 FROM login WHERE login.identity = identity.uuid AND provider IN (SELECT value FROM json_each(?)))) AS wanted
       FROM identity WHERE uuid > ? AND uuid < ? ORDER BY uuid LIMIT ?`,
      ...[state ?? null, state ?? null, names, names],
      ...[after, end, WALK_ROWS],
    )
    const wanted: IdentityRow[] = []
    let [seen, last] = [0, '']
    for (const row of rows) {
      if (row.wanted) wanted.push(row)
      ;[seen, last] = [seen + 1, row.uuid]
      if (wanted.length === limit) break
    }
    const logins = Map.groupBy(this.#loginRows(wanted.map(({ uuid }) => uuid)), ({ identity }) => identity)
    return {
      identities: wanted.map((row) => detailOf(row, (logins.get(row.uuid) ?? []).map(loginOf))),
      next: seen === WALK_ROWS && wanted.length < limit ? last : undefined,
    }
  }

  /**
   * Deletes identities and frees their logins; what forwarded to one of them forwards to its survivor from now on. Ids
   * that are not there are passed over.
   */
  delete(uuids: readonly string[]): void {
    for (const uuid of uuids) this.#bypass(uuid)
    const listed = JSON.stringify(uuids)
    this.#sql.exec('DELETE FROM login WHERE identity IN (SELECT value FROM json_each(?))', listed)
    this.#sql.exec('DELETE FROM identity WHERE uuid IN (SELECT value FROM json_each(?))', listed)
  }

  /** Holds an identity still until a merge is decided. */
  freeze(uuid: string, op: string, survivor: string): void {
    this.#sql.exec('UPDATE identity SET frozen_by = ?, frozen_for = ? WHERE uuid = ?', op, survivor, uuid)
  }

  thaw(uuid: string): void {
    this.#sql.exec('UPDATE identity SET frozen_by = NULL, frozen_for = NULL WHERE uuid = ?', uuid)
  }

  /** Links a login, whatever identity of this object has its row by now. */
  take({ developer, provider, subject }: ProvenLogin, uuid: string, claim: string): void {
    this.#sql.exec(
      `INSERT INTO login (provider, subject, identity, developer, claim) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (provider, subject, developer) DO UPDATE SET identity = excluded.identity, claim = excluded.claim`,
      provider,
      subject,
      uuid,
      Number(developer),
      claim,
    )
  }

  /** Disables the loser of a merge, whose logins are at the survivor by now. */
  lose(loser: string, survivor: string, now: number): void {
    this.#sql.exec('DELETE FROM login WHERE identity = ?', loser)
    this.retire(loser, survivor, now)
  }

  /** Deletes one identity; one that lost a merge goes on leading to the survivor. */
  erase({ forward, uuid }: IdentityRow): void {
    this.#sql.exec('DELETE FROM login WHERE identity = ?', uuid)
    if (forward === null) this.#sql.exec('DELETE FROM identity WHERE uuid = ?', uuid)
    else this.#sql.exec('UPDATE identity SET erased = 1 WHERE uuid = ?', uuid)
  }

  isEmpty(): boolean {
    return this.#sql.exec('SELECT 1 FROM login UNION ALL SELECT 1 FROM identity LIMIT 1').toArray().length === 0
  }

  #bypass(uuid: string): void {
    const survivor = this.row(uuid)?.forward
    if (survivor) this.#sql.exec('UPDATE identity SET forward = ? WHERE forward = ?', survivor, uuid)
  }

  #descriptions(rows: readonly IdentityRow[]): IdentityDescription[] {
    const logins = this.#loginRows(rows.map((row) => row.uuid))
    return rows.map((row) => ({
      uuid: row.uuid,
      logins: logins.filter((login) => login.identity === row.uuid).map((login) => login.provider),
      createdAt: row.created_at,
      modifiedAt: row.modified_at,
    }))
  }

  #loginRows(uuids: readonly string[]): LoginRow[] {
    return this.#sql
      .exec<LoginRow>(
        `SELECT * FROM login WHERE identity IN (SELECT value FROM json_each(?)) ORDER BY provider, subject`,
        JSON.stringify(uuids),
      )
      .toArray()
  }
}

function loginOf({ developer, provider, subject }: LoginRow): ProvenLogin {
  return { provider, subject, developer: developer === 1 }
}
