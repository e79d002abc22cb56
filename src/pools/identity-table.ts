/** A login whose token has been verified, or that a signed caller vouches for. */
export interface ProvenLogin {
  provider: string
  subject: string
  /** Developer logins come from signed callers; one identity may have several of the same provider. */
  developer: boolean
  /** Set for proof of what was linked before, such as a token of ours: it counts only while the login is a member. */
  mustBeMember?: boolean
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
}

export interface IdentityDescription {
  uuid: string
  /** Provider names, one for each login. */
  logins: readonly string[]
  createdAt: number
  modifiedAt: number
}

interface LoginRow extends Record<string, SqlStorageValue> {
  provider: string
  subject: string
  identity: string
  developer: number
}

/**
 * The rows of a pool's identities and logins, over the SQL storage of whatever object hosts them. Every method is
 * synchronous; the host runs each API call in one transaction, so that a refused call leaves nothing half done.
 */
export class IdentityTable {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  row(uuid: string): IdentityRow | undefined {
    return this.#sql.exec<IdentityRow>('SELECT * FROM identity WHERE uuid = ?', uuid).toArray()[0]
  }

  /** The identities that these logins are members of. */
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
    return this.#loginRows(uuids).map(({ developer, provider, subject }) => ({
      provider,
      subject,
      developer: developer === 1,
    }))
  }

  /** Adds an identity, unless there is one of that id; tells whether it did. */
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

  link(login: ProvenLogin, uuid: string): void {
    this.#sql.exec(
      'INSERT INTO login (provider, subject, identity, developer) VALUES (?, ?, ?, ?)',
      login.provider,
      login.subject,
      uuid,
      Number(login.developer),
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

  /** Hands all logins to the survivor and disables the loser, which forwards from now on. */
  retire(loser: string, survivor: string, now: number): void {
    this.#sql.exec('UPDATE login SET identity = ? WHERE identity = ?', survivor, loser)
    this.#sql.exec(
      "UPDATE identity SET state = 'disabled', forward = ?, modified_at = ? WHERE uuid = ?",
      survivor,
      now,
      loser,
    )
  }

  /** Sets the state that the logins of an identity give it: a member, or disabled when none is left. */
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

  /** Up to `limit` developer users of an identity, in order, after the given one. */
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
    const row = this.row(uuid)
    return row && this.#descriptions([row])[0]
  }

  /** Up to `limit` identities in order of UUID, after the given one. Disabled ones are listed unless hidden. */
  list(after: string, limit: number, hideDisabled: boolean): IdentityDescription[] {
    const shown = hideDisabled ? "AND state <> 'disabled'" : ''
    const page = this.#sql.exec<IdentityRow>(
      `SELECT * FROM identity WHERE uuid > ? ${shown} ORDER BY uuid LIMIT ?`,
      after,
      limit,
    )
    return this.#descriptions(page.toArray())
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
