import { MAX_PAGE_CHARS, MAX_RECORD_TAGS, MAX_ROLES } from './limits.ts'
import { type Changed, type Created, countOf, retagged, type Tags } from './records.ts'

/** An IAM role, without the policies that hang on it: who assumes it needs its trust policy alone. */
export interface Role {
  arn: string
  name: string
  path: string
  /** `AROA…`, the id that stays with this role and no later one of its name. */
  id: string
  trustPolicy: string
  description?: string | undefined
  /** Seconds. */
  maxSessionDuration: number
  /** ARN of a managed policy. Kept and shown; nothing here evaluates it. */
  permissionsBoundary?: string | undefined
  tags: Tags
  createdAt: number
}

export type RoleChange = Partial<
  Pick<Role, 'trustPolicy' | 'description' | 'maxSessionDuration' | 'permissionsBoundary'>
>

/** The roles of an account. Synchronous, like all of the account's tables. */
export class Roles {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  create(role: Role, operation: string): Created {
    const folded = role.name.toLowerCase()
    const found = this.#sql.exec<{ created_by: string }>('SELECT created_by FROM role WHERE folded_name = ?', folded)
    const creator = found.toArray()[0]?.created_by
    if (creator !== undefined) return creator === operation ? 'created' : 'exists'
    if (countOf(this.#sql, 'role') >= MAX_ROLES) return 'limit'
    this.#sql.exec(
      'INSERT INTO role (folded_name, arn, record, created_by) VALUES (?, ?, ?, ?)',
      folded,
      role.arn,
      JSON.stringify(role),
      operation,
    )
    return 'created'
  }

  /**
   * The role of this very name. No two differ by case alone, but a policy that allows one spelling says nothing of
   * another, so that a name in another case finds nothing.
   */
  named(name: string): Role | undefined {
    const row = this.#sql.exec<{ record: string }>('SELECT record FROM role WHERE folded_name = ?', name.toLowerCase())
    const roles = row.toArray().map(({ record }) => JSON.parse(record) as Role)
    return roles.find((role) => role.name === name)
  }

  /** Roles in order of name, after the given one. */
  list(pathPrefix: string, after: string, limit: number): { roles: Role[]; more: boolean } {
    const rows = this.#sql.exec<{ record: string }>(
      'SELECT record FROM role WHERE folded_name > ? ORDER BY folded_name',
      after.toLowerCase(),
    )
    const roles: Role[] = []
    let size = 0
    for (const { record } of rows) {
      const role = JSON.parse(record) as Role
      if (!role.path.startsWith(pathPrefix)) continue
      if (roles.length >= limit || size > MAX_PAGE_CHARS) return { roles, more: true }
      roles.push(role)
      size += record.length
    }
    return { roles, more: false }
  }

  change(name: string, change: RoleChange): Changed {
    return this.#change(name, (role) => ({ ...role, ...change }))
  }

  /** Keys that differ by case alone are one (IAM User Guide, "Tags for IAM resources"). */
  tag(name: string, added: Tags, removed: readonly string[]): Changed {
    return this.#change(name, (role) => ({
      ...role,
      tags: retagged(role.tags, added, removed, (key) => key.toLowerCase()),
    }))
  }

  delete(name: string): void {
    this.#sql.exec('DELETE FROM role WHERE folded_name = ?', name.toLowerCase())
  }

  #change(name: string, change: (role: Role) => Role): Changed {
    const role = this.named(name)
    if (!role) return 'none'
    const changed = change(role)
    if (changed.tags.length > MAX_RECORD_TAGS) return 'limit'
    this.#sql.exec('UPDATE role SET record = ? WHERE folded_name = ?', JSON.stringify(changed), name.toLowerCase())
    return 'done'
  }
}
