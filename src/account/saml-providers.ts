import { MAX_RECORD_TAGS, MAX_SAML_PROVIDERS } from './limits.ts'
import { type Changed, type Created, countOf, creatorOf, retagged, type Tags } from './records.ts'

/** What was read out of a metadata document when it was set, so that no login needs to read it again. */
export interface SamlMetadataRecord {
  entityId: string
  certificates: readonly string[]
  /** Milliseconds since the epoch. */
  validUntil?: number
}

/** An IAM SAML provider, without its metadata document. */
export interface SamlProviderRecord {
  arn: string
  /** The id that stays with this provider and no later one of its name. */
  id: string
  metadata: SamlMetadataRecord
  tags: Tags
  createdAt: number
}

/**
 * The SAML providers of an account. Synchronous, like all of the account's tables. Documents are large, and nothing but
 * their own reader touches them.
 */
export class SamlProviders {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  create(provider: SamlProviderRecord, document: string, operation: string): Created {
    const creator = creatorOf(this.#sql, 'saml_provider', provider.arn)
    if (creator !== undefined) return creator === operation ? 'created' : 'exists'
    if (countOf(this.#sql, 'saml_provider') >= MAX_SAML_PROVIDERS) return 'limit'
    this.#sql.exec(
      'INSERT INTO saml_provider (arn, record, created_by, document) VALUES (?, ?, ?, ?)',
      provider.arn,
      JSON.stringify(provider),
      operation,
      document,
    )
    return 'created'
  }

  all(): SamlProviderRecord[] {
    return this.#sql.exec<Row>('SELECT record FROM saml_provider ORDER BY arn').toArray().map(samlProvider)
  }

  /** Those of these ARNs that are registered. */
  named(arns: readonly string[]): SamlProviderRecord[] {
    const rows = this.#sql.exec<Row>(
      'SELECT record FROM saml_provider WHERE arn IN (SELECT value FROM json_each(?))',
      JSON.stringify(arns),
    )
    return rows.toArray().map(samlProvider)
  }

  document(arn: string): string | undefined {
    const rows = this.#sql.exec<{ document: string }>('SELECT document FROM saml_provider WHERE arn = ?', arn)
    return rows.toArray()[0]?.document
  }

  replaceMetadata(arn: string, metadata: SamlMetadataRecord, document: string): Changed {
    const changed = this.#change(arn, (provider) => ({ ...provider, metadata }))
    if (changed === 'done') this.#sql.exec('UPDATE saml_provider SET document = ? WHERE arn = ?', document, arn)
    return changed
  }

  tag(arn: string, added: Tags, removed: readonly string[]): Changed {
    return this.#change(arn, (provider) => ({ ...provider, tags: retagged(provider.tags, added, removed) }))
  }

  delete(arn: string): Changed {
    if (this.named([arn]).length === 0) return 'none'
    this.#sql.exec('DELETE FROM saml_provider WHERE arn = ?', arn)
    return 'done'
  }

  #change(arn: string, change: (provider: SamlProviderRecord) => SamlProviderRecord): Changed {
    const provider = this.named([arn])[0]
    if (!provider) return 'none'
    const changed = change(provider)
    if (changed.tags.length > MAX_RECORD_TAGS) return 'limit'
    this.#sql.exec('UPDATE saml_provider SET record = ? WHERE arn = ?', JSON.stringify(changed), arn)
    return 'done'
  }
}

interface Row extends Record<string, SqlStorageValue> {
  record: string
}

function samlProvider({ record }: Row): SamlProviderRecord {
  return JSON.parse(record) as SamlProviderRecord
}
