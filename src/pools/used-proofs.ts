/** A proof that may be used once, such as a SAML assertion: what it is good for, and until when it must be remembered. */
export interface SingleUseProof {
  /** Names the proof and the operation it may be used for once. */
  name: string
  /** Milliseconds since the epoch; from then on the proof is refused for its age anyway. */
  expiresAt: number
}

/** A proof that may be used several times. */
export interface CountedProof extends SingleUseProof {
  uses: number
}

/** Which single-use proofs were used in this pool. Synchronous, like all of the pool's tables. */
export class UsedProofs {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /** Whether another call than `operation` has used one of these. A call that the platform repeats is not another. */
  anyUsed(proofs: readonly SingleUseProof[], operation: string): boolean {
    return proofs.some(({ name }) => {
      const used = this.#sql
        .exec<{ used_by: string }>('SELECT used_by FROM used_proof WHERE proof = ?', name)
        .toArray()[0]
      return used !== undefined && used.used_by !== operation
    })
  }

  use(proofs: readonly SingleUseProof[], operation: string): void {
    for (const { expiresAt, name } of proofs)
      this.#sql.exec(
        'INSERT INTO used_proof (proof, used_by, expires_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
        name,
        operation,
        expiresAt,
      )
  }

  /** Uses a proof once more that is good for several uses; `false` if it was used so often. A dry run uses nothing. */
  useOnceMore({ expiresAt, name, uses }: CountedProof, usedBy: string, dryRun = false): boolean {
    for (let use = 1; use <= uses; use++) {
      const proofs = [{ name: `${name}/${use}`, expiresAt }]
      if (this.anyUsed(proofs, usedBy)) continue
      if (!dryRun) this.use(proofs, usedBy)
      return true
    }
    return false
  }

  /** Forgets up to `rows` proofs that had expired by `now`. */
  forget(now: number, rows: number): void {
    this.#sql.exec(
      'DELETE FROM used_proof WHERE proof IN (SELECT proof FROM used_proof WHERE expires_at <= ? LIMIT ?)',
      now,
      rows,
    )
  }

  /** When the next one expires, in milliseconds since the epoch. */
  nextExpiry(): number | undefined {
    return this.#sql
      .exec<{ at: number | null }>('SELECT min(expires_at) AS at FROM used_proof')
      .toArray()
      .flatMap(({ at }) => at ?? [])[0]
  }
}
