/** In the order in which they were given. */
export type Tags = readonly (readonly [string, string])[]

/** A call that the platform repeats finds its own record, and is told `created` again. */
export type Created = 'created' | 'exists' | 'limit'

export type Changed = 'done' | 'none' | 'limit'

/** Adds tags, overwriting those with the same key, and takes some away. `keyOf`: what keys that are the same have in common. */
export function retagged(tags: Tags, added: Tags, removed: readonly string[], keyOf = (key: string) => key): Tags {
  const kept = new Map([...tags, ...added].map((tag) => [keyOf(tag[0]), tag]))
  for (const key of removed) kept.delete(keyOf(key))
  return [...kept.values()]
}

export function countOf(sql: SqlStorage, table: 'oidc_provider' | 'saml_provider' | 'role'): number {
  return sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n
}

/** The call that created a record, or `undefined` if there is no such record. */
export function creatorOf(sql: SqlStorage, table: 'oidc_provider' | 'saml_provider', arn: string): string | undefined {
  const found = sql.exec<{ created_by: string }>(`SELECT created_by FROM ${table} WHERE arn = ?`, arn)
  return found.toArray()[0]?.created_by
}
