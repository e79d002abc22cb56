import { DurableObject } from 'cloudflare:workers'
import { isOpened, migrate } from '../base/migrations.ts'
import {
  MAX_PAGE_CHARS,
  MAX_POOLS_PER_REGION,
  MAX_RECORD_TAGS,
  MAX_ROLES,
  SETTLE_AFTER_MS,
  SETTLE_BATCH,
} from './limits.ts'
import { type OidcProvider, OidcProviders } from './oidc-providers.ts'
import { type Changed, type Created, countOf, retagged, type Tags } from './records.ts'
import { type SamlMetadata, type SamlProvider, SamlProviders } from './saml-providers.ts'
import { MIGRATIONS } from './schema.ts'

export interface PoolEntry {
  id: string
  name: string
}

export interface PoolPage {
  pools: PoolEntry[]
  more: boolean
  /** Pools whose creation or deletion was interrupted, for the caller to look into. */
  unsettled: string[]
}

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
  tags: Tags
  createdAt: number
}

/**
 * One account: the directory of its pools, and the records that pools refer to by ARN. Pools themselves live in their own
 * objects; the directory entry is written before and settled after, so that an interrupted creation can be told.
 */
export class Account extends DurableObject<Env> {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    if (isOpened(state.storage)) migrate(state.storage, MIGRATIONS)
  }

  /** Takes a place in the directory for a pool about to be created. */
  reservePool(id: string, region: string, name: string): 'reserved' | 'limit' {
    return this.#write((sql) => {
      const count = sql.exec<{ n: number }>('SELECT count(*) AS n FROM pool WHERE region = ? AND id <> ?', region, id)
      if (count.one().n >= MAX_POOLS_PER_REGION) return 'limit'
      sql.exec(
        "INSERT OR REPLACE INTO pool (id, region, name, state, since) VALUES (?, ?, ?, 'creating', ?)",
        id,
        region,
        name,
        Date.now(),
      )
      return 'reserved'
    })
  }

  /**
   * Records that a pool is open under this name: after its creation, after every change of it, and when a listing finds
   * that its deletion was given up. A deletion under way is not undone.
   */
  poolIsOpen(id: string, name: string): void {
    this.#write((sql) =>
      sql.exec(
        "UPDATE pool SET state = 'open', name = ? WHERE id = ? AND (state <> 'deleting' OR since < ?)",
        name,
        id,
        Date.now() - SETTLE_AFTER_MS,
      ),
    )
  }

  poolIsClosing(id: string): void {
    this.#write((sql) => sql.exec("UPDATE pool SET state = 'deleting', since = ? WHERE id = ?", Date.now(), id))
  }

  poolIsGone(id: string): void {
    this.#write((sql) => sql.exec('DELETE FROM pool WHERE id = ?', id))
  }

  /** Pools of a region in order of id, after the given one. Those that are being created or deleted are not listed. */
  listPools(region: string, after: string, limit: number): PoolPage {
    if (!isOpened(this.ctx.storage)) return { pools: [], more: false, unsettled: [] }
    const { sql } = this.ctx.storage
    const rows = sql
      .exec<{ id: string; name: string }>(
        "SELECT id, name FROM pool WHERE region = ? AND state = 'open' AND id > ? ORDER BY id LIMIT ?",
        region,
        after,
        limit + 1,
      )
      .toArray()
    const unsettled = sql.exec<{ id: string }>(
      "SELECT id FROM pool WHERE region = ? AND state <> 'open' AND since < ? LIMIT ?",
      region,
      Date.now() - SETTLE_AFTER_MS,
      SETTLE_BATCH,
    )
    return {
      pools: rows.slice(0, limit),
      more: rows.length > limit,
      unsettled: unsettled.toArray().map((row) => row.id),
    }
  }

  createOidcProvider(provider: OidcProvider, operation: string): Created {
    return this.#write((sql) => new OidcProviders(sql).create(provider, operation))
  }

  oidcProviders(): OidcProvider[] {
    return isOpened(this.ctx.storage) ? new OidcProviders(this.ctx.storage.sql).all() : []
  }

  deleteOidcProvider(arn: string): void {
    this.#write((sql) => new OidcProviders(sql).delete(arn))
  }

  addClientId(arn: string, clientId: string): Changed {
    return this.#write((sql) => new OidcProviders(sql).addClientId(arn, clientId))
  }

  removeClientId(arn: string, clientId: string): Changed {
    return this.#write((sql) => new OidcProviders(sql).removeClientId(arn, clientId))
  }

  replaceThumbprints(arn: string, thumbprints: readonly string[]): Changed {
    return this.#write((sql) => new OidcProviders(sql).replaceThumbprints(arn, thumbprints))
  }

  tagOidcProvider(arn: string, added: Tags, removed: readonly string[]): Changed {
    return this.#write((sql) => new OidcProviders(sql).tag(arn, added, removed))
  }

  createSamlProvider(provider: SamlProvider, document: string, operation: string): Created {
    return this.#write((sql) => new SamlProviders(sql).create(provider, document, operation))
  }

  samlProviders(): SamlProvider[] {
    return isOpened(this.ctx.storage) ? new SamlProviders(this.ctx.storage.sql).all() : []
  }

  /** Those of these ARNs that are registered. */
  samlProvidersNamed(arns: readonly string[]): SamlProvider[] {
    return isOpened(this.ctx.storage) ? new SamlProviders(this.ctx.storage.sql).named(arns) : []
  }

  samlMetadataDocument(arn: string): string | undefined {
    return isOpened(this.ctx.storage) ? new SamlProviders(this.ctx.storage.sql).document(arn) : undefined
  }

  replaceSamlMetadata(arn: string, metadata: SamlMetadata, document: string): Changed {
    return this.#write((sql) => new SamlProviders(sql).replaceMetadata(arn, metadata, document))
  }

  tagSamlProvider(arn: string, added: Tags, removed: readonly string[]): Changed {
    return this.#write((sql) => new SamlProviders(sql).tag(arn, added, removed))
  }

  deleteSamlProvider(arn: string): Changed {
    return this.#write((sql) => new SamlProviders(sql).delete(arn))
  }

  createRole(role: Role, operation: string): Created {
    return this.#write((sql) => {
      const folded = role.name.toLowerCase()
      const found = sql.exec<{ created_by: string }>('SELECT created_by FROM role WHERE folded_name = ?', folded)
      const creator = found.toArray()[0]?.created_by
      if (creator !== undefined) return creator === operation ? 'created' : 'exists'
      if (countOf(sql, 'role') >= MAX_ROLES) return 'limit'
      sql.exec(
        'INSERT INTO role (folded_name, arn, record, created_by) VALUES (?, ?, ?, ?)',
        folded,
        role.arn,
        JSON.stringify(role),
        operation,
      )
      return 'created'
    })
  }

  /**
   * The role of this very name. No two differ by case alone, but a policy that allows one spelling says nothing of
   * another, so that a name in another case finds nothing.
   */
  role(name: string): Role | undefined {
    if (!isOpened(this.ctx.storage)) return undefined
    const { sql } = this.ctx.storage
    const row = sql.exec<{ record: string }>('SELECT record FROM role WHERE folded_name = ?', name.toLowerCase())
    const roles = row.toArray().map(({ record }) => JSON.parse(record) as Role)
    return roles.find((role) => role.name === name)
  }

  /** Roles in order of name, after the given one. */
  listRoles(pathPrefix: string, after: string, limit: number): { roles: Role[]; more: boolean } {
    if (!isOpened(this.ctx.storage)) return { roles: [], more: false }
    const rows = this.ctx.storage.sql.exec<{ record: string }>(
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

  changeRole(name: string, change: Partial<Pick<Role, 'trustPolicy' | 'description' | 'maxSessionDuration'>>): Changed {
    return this.#changeRole(name, (role) => ({ ...role, ...change }))
  }

  tagRole(name: string, added: Tags, removed: readonly string[]): Changed {
    return this.#changeRole(name, (role) => ({ ...role, tags: retagged(role.tags, added, removed) }))
  }

  deleteRole(name: string): Changed {
    return this.#write((sql) => {
      if (!this.role(name)) return 'none'
      sql.exec('DELETE FROM role WHERE folded_name = ?', name.toLowerCase())
      return 'done'
    })
  }

  #changeRole(name: string, change: (role: Role) => Role): Changed {
    return this.#write((sql) => {
      const role = this.role(name)
      if (!role) return 'none'
      const changed = change(role)
      if (changed.tags.length > MAX_RECORD_TAGS) return 'limit'
      sql.exec('UPDATE role SET record = ? WHERE folded_name = ?', JSON.stringify(changed), name.toLowerCase())
      return 'done'
    })
  }

  #write<T>(work: (sql: SqlStorage) => T): T {
    migrate(this.ctx.storage, MIGRATIONS)
    return this.ctx.storage.transactionSync(() => work(this.ctx.storage.sql))
  }
}
