import { DurableObject } from 'cloudflare:workers'
import { isOpened, migrate } from '../base/migrations.ts'
import { MAX_POOLS_PER_REGION, SETTLE_AFTER_MS, SETTLE_BATCH } from './limits.ts'
import { type OidcProvider, OidcProviders } from './oidc-providers.ts'
import type { Changed, Created, Tags } from './records.ts'
import { RolePolicies } from './role-policies.ts'
import { type Role, type RoleChange, Roles } from './roles.ts'
import { type SamlMetadataRecord, type SamlProviderRecord, SamlProviders } from './saml-providers.ts'
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
    return this.#read((sql) => new OidcProviders(sql).all()) ?? []
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

  createSamlProvider(provider: SamlProviderRecord, document: string, operation: string): Created {
    return this.#write((sql) => new SamlProviders(sql).create(provider, document, operation))
  }

  samlProviders(): SamlProviderRecord[] {
    return this.#read((sql) => new SamlProviders(sql).all()) ?? []
  }

  /** Those of these ARNs that are registered. */
  samlProvidersNamed(arns: readonly string[]): SamlProviderRecord[] {
    return this.#read((sql) => new SamlProviders(sql).named(arns)) ?? []
  }

  samlMetadataDocument(arn: string): string | undefined {
    return this.#read((sql) => new SamlProviders(sql).document(arn))
  }

  replaceSamlMetadata(arn: string, metadata: SamlMetadataRecord, document: string): Changed {
    return this.#write((sql) => new SamlProviders(sql).replaceMetadata(arn, metadata, document))
  }

  tagSamlProvider(arn: string, added: Tags, removed: readonly string[]): Changed {
    return this.#write((sql) => new SamlProviders(sql).tag(arn, added, removed))
  }

  deleteSamlProvider(arn: string): Changed {
    return this.#write((sql) => new SamlProviders(sql).delete(arn))
  }

  createRole(role: Role, operation: string): Created {
    return this.#write((sql) => new Roles(sql).create(role, operation))
  }

  role(name: string): Role | undefined {
    return this.#read((sql) => new Roles(sql).named(name))
  }

  listRoles(pathPrefix: string, after: string, limit: number): { roles: Role[]; more: boolean } {
    return this.#read((sql) => new Roles(sql).list(pathPrefix, after, limit)) ?? { roles: [], more: false }
  }

  changeRole(name: string, change: RoleChange): Changed {
    return this.#write((sql) => new Roles(sql).change(name, change))
  }

  tagRole(name: string, added: Tags, removed: readonly string[]): Changed {
    return this.#write((sql) => new Roles(sql).tag(name, added, removed))
  }

  /** A role keeps its place as long as policies hang on it: `attached` managed ones, or inline ones in `policies`. */
  deleteRole(name: string): 'done' | 'none' | 'attached' | 'policies' {
    return this.#write((sql) => {
      const roles = new Roles(sql)
      if (!roles.named(name)) return 'none'
      const policies = new RolePolicies(sql, name)
      if (policies.attached().length > 0) return 'attached'
      if (policies.names().length > 0) return 'policies'
      roles.delete(name)
      return 'done'
    })
  }

  /** Sets an inline policy of a role, in place of one of the same name. */
  putRolePolicy(role: string, name: string, document: string): Changed {
    return this.#write((sql) => (new Roles(sql).named(role) ? new RolePolicies(sql, role).put(name, document) : 'none'))
  }

  /** An inline policy of a role, with the role's ARN to tell which one it is; `undefined` if there is no such role. */
  rolePolicy(role: string, name: string): { roleArn: string; document: string | undefined } | undefined {
    const found = this.role(role)
    return found && this.#read((sql) => ({ roleArn: found.arn, document: new RolePolicies(sql, role).document(name) }))
  }

  /** Names of a role's inline policies; `undefined` if there is no such role. */
  rolePolicyNames(role: string): string[] | undefined {
    return this.role(role) && this.#read((sql) => new RolePolicies(sql, role).names())
  }

  deleteRolePolicy(role: string, name: string): 'done' | 'none' | 'no_role' {
    return this.#write((sql) => (new Roles(sql).named(role) ? new RolePolicies(sql, role).delete(name) : 'no_role'))
  }

  attachRolePolicy(role: string, arn: string): Changed {
    return this.#write((sql) => (new Roles(sql).named(role) ? new RolePolicies(sql, role).attach(arn) : 'none'))
  }

  /** ARNs of the managed policies that are attached to a role; `undefined` if there is no such role. */
  attachedRolePolicies(role: string): string[] | undefined {
    return this.role(role) && this.#read((sql) => new RolePolicies(sql, role).attached())
  }

  detachRolePolicy(role: string, arn: string): 'done' | 'none' | 'no_role' {
    return this.#write((sql) => (new Roles(sql).named(role) ? new RolePolicies(sql, role).detach(arn) : 'no_role'))
  }

  /** Nothing is stored by reading: an account that was never used has no tables, and is answered `undefined`. */
  #read<T>(work: (sql: SqlStorage) => T): T | undefined {
    return isOpened(this.ctx.storage) ? work(this.ctx.storage.sql) : undefined
  }

  #write<T>(work: (sql: SqlStorage) => T): T {
    migrate(this.ctx.storage, MIGRATIONS)
    return this.ctx.storage.transactionSync(() => work(this.ctx.storage.sql))
  }
}
