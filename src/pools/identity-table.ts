import { dayOf } from '../base/days.ts'
import { ErasureTable } from './erasure-table.ts'
import type { Identities, IdentityRow, Member, ProvenLogin } from './identities.ts'
import { IdentityWalks } from './identity-walks.ts'
import { indexedLogins, loginOf, loginRows } from './login-rows.ts'
import { type Inheritance, inherited, type Restriction, restrict } from './restrictions.ts'

/**
 * The rows of a pool's identities and logins, over the SQL storage of whatever object hosts them. Every method is
 * synchronous; the host runs each API call in one transaction, so that a refused call leaves nothing half done.
 */
export class IdentityTable implements Identities {
  readonly #sql: SqlStorage
  /** The same rows, as operators and checks read them. */
  readonly walks: IdentityWalks
  /** The same rows, of users who are erased. */
  readonly erasures: ErasureTable

  constructor(sql: SqlStorage) {
    this.#sql = sql
    this.walks = new IdentityWalks(sql)
    this.erasures = new ErasureTable(sql)
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
    return indexedLogins(this.#sql, uuids).map(loginOf)
  }

  members(uuids: readonly string[]): Member[] {
    return loginRows(this.#sql, uuids).map((row) => ({
      ...loginOf(row),
      claim: row.claim,
      linkedDay: row.linked_day ?? undefined,
    }))
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

  link(login: ProvenLogin, uuid: string, now: number, claim = ''): void {
    this.#sql.exec(
      'INSERT INTO login (provider, subject, identity, developer, claim, linked_day) VALUES (?, ?, ?, ?, ?, ?)',
      login.provider,
      login.subject,
      uuid,
      Number(login.developer),
      claim,
      dayOf(now),
    )
  }

  use(uuid: string, day: number): void {
    this.#sql.exec('UPDATE identity SET used_day = ? WHERE uuid = ?', day, uuid)
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
    const row = this.row(loser)
    if (row) this.inherit(survivor, row)
    this.#sql.exec('UPDATE login SET identity = ? WHERE identity = ?', survivor, loser)
    this.#disable(loser, survivor, now)
  }

  /** What holds of the loser of a merge holds of the survivor from now on. */
  inherit(uuid: string, loser: Inheritance): void {
    const row = this.row(uuid)
    const after = row && inherited(row, loser)
    if (!after) return
    this.#sql.exec(
      'UPDATE identity SET used_day = ?, blocked_until = ?, block_reason = ?, not_before = ? WHERE uuid = ?',
      ...[after.used_day, after.blocked_until, after.block_reason, after.not_before],
      uuid,
    )
  }

  restrict(row: IdentityRow, restriction: Restriction, now: number): IdentityRow {
    const after = restrict(row, restriction, now)
    this.#sql.exec(
      'UPDATE identity SET blocked_until = ?, block_reason = ?, not_before = ? WHERE uuid = ?',
      ...[after.blocked_until, after.block_reason, after.not_before],
      row.uuid,
    )
    return { ...row, ...after }
  }

  /** What restricted the loser of a merge is the survivor's by now. */
  #disable(loser: string, survivor: string, now: number): void {
    this.#sql.exec(
      `UPDATE identity SET state = 'disabled', forward = ?, modified_at = ?, blocked_until = NULL, block_reason = NULL,
       not_before = NULL WHERE uuid = ?`,
      survivor,
      now,
      loser,
    )
  }

  settle(uuid: string, now: number, operation: string | null = null): void {
    const state = loginRows(this.#sql, [uuid]).length > 0 ? 'member' : 'disabled'
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
  take({ claim, developer, linkedDay, provider, subject }: Member, uuid: string): void {
    this.#sql.exec(
      `INSERT INTO login (provider, subject, identity, developer, claim, linked_day) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (provider, subject, developer)
       DO UPDATE SET identity = excluded.identity, claim = excluded.claim, linked_day = excluded.linked_day`,
      provider,
      subject,
      uuid,
      Number(developer),
      claim,
      linkedDay ?? null,
    )
  }

  /** Disables the loser of a merge, whose logins are at the survivor by now. */
  lose(loser: string, survivor: string, now: number): void {
    this.#sql.exec('DELETE FROM login WHERE identity = ?', loser)
    this.#disable(loser, survivor, now)
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
}
