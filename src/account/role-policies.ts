import { MAX_ATTACHED_POLICIES, MAX_INLINE_POLICY_CHARS } from './limits.ts'
import type { Changed } from './records.ts'

/**
 * The policies that hang on one role, which its caller has found to exist: inline ones with their documents, and the
 * ARNs of managed ones. Tables of their own, so that assuming a role reads none of it.
 */
export class RolePolicies {
  readonly #sql: SqlStorage
  readonly #role: string

  constructor(sql: SqlStorage, role: string) {
    this.#sql = sql
    this.#role = role.toLowerCase()
  }

  /** White space does not count (IAM User Guide, "IAM and AWS STS quotas"). */
  put(name: string, document: string): Changed {
    const size = document.replace(/\s/g, '').length
    const others = this.#sql.exec<{ size: number }>(
      'SELECT coalesce(sum(size), 0) AS size FROM role_policy WHERE folded_role = ? AND name <> ?',
      this.#role,
      name,
    )
    if (others.one().size + size > MAX_INLINE_POLICY_CHARS) return 'limit'
    this.#sql.exec(
      'INSERT OR REPLACE INTO role_policy (folded_role, name, size, document) VALUES (?, ?, ?, ?)',
      this.#role,
      name,
      size,
      document,
    )
    return 'done'
  }

  document(name: string): string | undefined {
    const rows = this.#sql.exec<{ document: string }>(
      'SELECT document FROM role_policy WHERE folded_role = ? AND name = ?',
      this.#role,
      name,
    )
    return rows.toArray()[0]?.document
  }

  documents(): string[] {
    const rows = this.#sql.exec<{ document: string }>(
      'SELECT document FROM role_policy WHERE folded_role = ?',
      this.#role,
    )
    return rows.toArray().map(({ document }) => document)
  }

  names(): string[] {
    const rows = this.#sql.exec<{ name: string }>('SELECT name FROM role_policy WHERE folded_role = ?', this.#role)
    return rows.toArray().map(({ name }) => name)
  }

  delete(name: string): 'done' | 'none' {
    const deleted = this.#sql.exec(
      'DELETE FROM role_policy WHERE folded_role = ? AND name = ? RETURNING name',
      this.#role,
      name,
    )
    return deleted.toArray().length > 0 ? 'done' : 'none'
  }

  attach(arn: string): Changed {
    const attached = this.attached()
    if (attached.includes(arn)) return 'done'
    if (attached.length >= MAX_ATTACHED_POLICIES) return 'limit'
    this.#sql.exec('INSERT INTO attached_policy (folded_role, arn) VALUES (?, ?)', this.#role, arn)
    return 'done'
  }

  attached(): string[] {
    const rows = this.#sql.exec<{ arn: string }>('SELECT arn FROM attached_policy WHERE folded_role = ?', this.#role)
    return rows.toArray().map(({ arn }) => arn)
  }

  detach(arn: string): 'done' | 'none' {
    const detached = this.#sql.exec(
      'DELETE FROM attached_policy WHERE folded_role = ? AND arn = ? RETURNING arn',
      this.#role,
      arn,
    )
    return detached.toArray().length > 0 ? 'done' : 'none'
  }
}
