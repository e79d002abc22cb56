import { MAX_CLIENT_IDS, MAX_OIDC_PROVIDERS, MAX_RECORD_TAGS } from './limits.ts'
import { type Changed, type Created, countOf, creatorOf, retagged, type Tags } from './records.ts'

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

/** The OpenID Connect providers of an account. Synchronous, like all of the account's tables. */
export class OidcProviders {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  create(provider: OidcProvider, operation: string): Created {
    const creator = creatorOf(this.#sql, 'oidc_provider', provider.arn)
    if (creator !== undefined) return creator === operation ? 'created' : 'exists'
    if (countOf(this.#sql, 'oidc_provider') >= MAX_OIDC_PROVIDERS) return 'limit'
    this.#sql.exec(
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
  }

  all(): OidcProvider[] {
    return this.#sql.exec<OidcRow>('SELECT * FROM oidc_provider ORDER BY arn').toArray().map(oidcProvider)
  }

  delete(arn: string): void {
    this.#sql.exec('DELETE FROM oidc_provider WHERE arn = ?', arn)
  }

  addClientId(arn: string, clientId: string): Changed {
    return this.#changeClientIds(arn, (ids) => (ids.includes(clientId) ? ids : [...ids, clientId]))
  }

  removeClientId(arn: string, clientId: string): Changed {
    return this.#changeClientIds(arn, (ids) => ids.filter((id) => id !== clientId))
  }

  replaceThumbprints(arn: string, thumbprints: readonly string[]): Changed {
    return this.#change(arn, (provider) => ({ ...provider, thumbprints }))
  }

  tag(arn: string, added: Tags, removed: readonly string[]): Changed {
    return this.#change(arn, (provider) => ({ ...provider, tags: retagged(provider.tags, added, removed) }))
  }

  #changeClientIds(arn: string, change: (ids: readonly string[]) => readonly string[]): Changed {
    return this.#change(arn, (provider) => ({ ...provider, clientIds: change(provider.clientIds) }))
  }

  #change(arn: string, change: (provider: OidcProvider) => OidcProvider): Changed {
    const row = this.#sql.exec<OidcRow>('SELECT * FROM oidc_provider WHERE arn = ?', arn).toArray()[0]
    if (!row) return 'none'
    const { clientIds, tags, thumbprints } = change(oidcProvider(row))
    if (clientIds.length > MAX_CLIENT_IDS || tags.length > MAX_RECORD_TAGS) return 'limit'
    this.#sql.exec(
      'UPDATE oidc_provider SET client_ids = ?, thumbprints = ?, tags = ? WHERE arn = ?',
      JSON.stringify(clientIds),
      JSON.stringify(thumbprints),
      JSON.stringify(tags),
      arn,
    )
    return 'done'
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
