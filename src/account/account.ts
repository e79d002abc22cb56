import { DurableObject } from 'cloudflare:workers'
import { isOpened, migrate } from '../base/migrations.ts'
import {
  MAX_CLIENT_IDS,
  MAX_OIDC_PROVIDERS,
  MAX_POOLS_PER_REGION,
  MAX_RECORD_TAGS,
  MAX_ROLES,
  SETTLE_AFTER_MS,
  SETTLE_BATCH,
} from './limits.ts'
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

/** An IAM OpenID Connect provider. Thumbprints are kept and returned; a Worker cannot see a peer's certificate. */
export interface OidcProvider {
  arn: string
  /** Issuer with its scheme. */
  url: string
  clientIds: readonly string[]
  thumbprints: readonly string[]
  tags: Tags
  createdAt: number
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

/** In the order in which they were given. */
export type Tags = readonly (readonly [string, string])[]

export type Changed = 'done' | 'none' | 'limit'

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

  /** `operation` names the call, so that a repeated one finds its own record. */
  createOidcProvider(provider: OidcProvider, operation: string): 'created' | 'exists' | 'limit' {
    return this.#write((sql) => {
      const found = sql.exec<{ created_by: string }>('SELECT created_by FROM oidc_provider WHERE arn = ?', provider.arn)
      const creator = found.toArray()[0]?.created_by
      if (creator !== undefined) return creator === operation ? 'created' : 'exists'
      if (countOf(sql, 'oidc_provider') >= MAX_OIDC_PROVIDERS) return 'limit'
      sql.exec(
        `INSERT INTO oidc_provider (arn, url, client_ids, thumbprints, tags, created_at, created_by)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        provider.arn,
        provider.url,
        JSON.stringify(provider.clientIds),
        JSON.stringify(provider.thumbprints),
        JSON.stringify(provider.tags),
        provider.createdAt,
        operation,
      )
      return 'created'
    })
  }

  oidcProviders(): OidcProvider[] {
    if (!isOpened(this.ctx.storage)) return []
    return this.ctx.storage.sql.exec<OidcRow>('SELECT * FROM oidc_provider ORDER BY arn').toArray().map(oidcProvider)
  }

  deleteOidcProvider(arn: string): void {
    this.#write((sql) => sql.exec('DELETE FROM oidc_provider WHERE arn = ?', arn))
  }

  addClientId(arn: string, clientId: string): Changed {
    return this.#changeClientIds(arn, (ids) => (ids.includes(clientId) ? ids : [...ids, clientId]))
  }

  removeClientId(arn: string, clientId: string): Changed {
    return this.#changeClientIds(arn, (ids) => ids.filter((id) => id !== clientId))
  }

  replaceThumbprints(arn: string, thumbprints: readonly string[]): Changed {
    return this.#changeOidcProvider(arn, (provider) => ({ ...provider, thumbprints }))
  }

  /** Adds tags, overwriting those with the same key, and takes some away. */
  tagOidcProvider(arn: string, added: Tags, removed: readonly string[]): Changed {
    return this.#changeOidcProvider(arn, (provider) => ({ ...provider, tags: retagged(provider.tags, added, removed) }))
  }

  createRole(role: Role, operation: string): 'created' | 'exists' | 'limit' {
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
    const roles = rows
      .toArray()
      .map(({ record }) => JSON.parse(record) as Role)
      .filter((role) => role.path.startsWith(pathPrefix))
    return { roles: roles.slice(0, limit), more: roles.length > limit }
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

  #changeClientIds(arn: string, change: (ids: readonly string[]) => readonly string[]): Changed {
    return this.#changeOidcProvider(arn, (provider) => ({ ...provider, clientIds: change(provider.clientIds) }))
  }

  #changeOidcProvider(arn: string, change: (provider: OidcProvider) => OidcProvider): Changed {
    return this.#write((sql) => {
      const row = sql.exec<OidcRow>('SELECT * FROM oidc_provider WHERE arn = ?', arn).toArray()[0]
      if (!row) return 'none'
      const { clientIds, tags, thumbprints } = change(oidcProvider(row))
      if (clientIds.length > MAX_CLIENT_IDS || tags.length > MAX_RECORD_TAGS) return 'limit'
      sql.exec(
        'UPDATE oidc_provider SET client_ids = ?, thumbprints = ?, tags = ? WHERE arn = ?',
        JSON.stringify(clientIds),
        JSON.stringify(thumbprints),
        JSON.stringify(tags),
        arn,
      )
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

interface OidcRow extends Record<string, SqlStorageValue> {
  arn: string
  url: string
  client_ids: string
  thumbprints: string
  tags: string
  created_at: number
}

function oidcProvider(row: OidcRow): OidcProvider {
  return {
    arn: row.arn,
    url: row.url,
    clientIds: JSON.parse(row.client_ids) as string[],
    thumbprints: JSON.parse(row.thumbprints) as string[],
    tags: JSON.parse(row.tags) as [string, string][],
    createdAt: row.created_at,
  }
}

function retagged(tags: Tags, added: Tags, removed: readonly string[]): Tags {
  return [...new Map([...tags, ...added])].filter(([key]) => !removed.includes(key))
}

function countOf(sql: SqlStorage, table: 'oidc_provider' | 'role'): number {
  return sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n
}
