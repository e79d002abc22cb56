/** That an account lets its identities have tokens for other relying parties. */
export interface OutboundFederation {
  /** Milliseconds since the epoch. */
  enabledAt: number
}

/** Whether an account does: one row, or none. Synchronous, like all of the account's tables. */
export class OutboundFederations {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  get(): OutboundFederation | undefined {
    const [row] = this.#sql.exec<{ enabled_at: number }>('SELECT enabled_at FROM outbound_federation').toArray()
    return row && { enabledAt: row.enabled_at }
  }

  /** A call that the platform or an SDK repeats finds its own work, and is told `created` again. */
  enable(now: number, operation: string): 'created' | 'exists' {
    const [row] = this.#sql.exec<{ enabled_by: string }>('SELECT enabled_by FROM outbound_federation').toArray()
    if (row) return row.enabled_by === operation ? 'created' : 'exists'
    this.#sql.exec('INSERT INTO outbound_federation (one, enabled_at, enabled_by) VALUES (1, ?, ?)', now, operation)
    return 'created'
  }

  disable(): 'done' | 'none' {
    return this.#sql.exec('DELETE FROM outbound_federation RETURNING one').toArray().length > 0 ? 'done' : 'none'
  }
}
