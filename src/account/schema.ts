/** Append-only. Each entry runs once per object, in order; nothing here may take time that grows with the rows. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE pool (
    id TEXT PRIMARY KEY,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('creating', 'open', 'deleting')),
    since INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE oidc_provider (
    arn TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    client_ids TEXT NOT NULL,
    thumbprints TEXT NOT NULL,
    tags TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE saml_provider (
    arn TEXT PRIMARY KEY,
    record TEXT NOT NULL,
    created_by TEXT NOT NULL,
    document TEXT NOT NULL
  );
  CREATE TABLE role (
    folded_name TEXT PRIMARY KEY,
    arn TEXT NOT NULL,
    record TEXT NOT NULL,
    created_by TEXT NOT NULL
  ) WITHOUT ROWID;
  `,
  `
  CREATE TABLE role_policy (
    folded_role TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (folded_role, name)
  );
  CREATE TABLE attached_policy (
    folded_role TEXT NOT NULL,
    arn TEXT NOT NULL,
    PRIMARY KEY (folded_role, arn)
  ) WITHOUT ROWID;
  `,
  // What was erased in the pools, under marks that say nothing: HMACs of ids and logins.
  `
  CREATE TABLE erasure (
    id TEXT PRIMARY KEY,
    pool TEXT NOT NULL,
    erased_at INTEGER NOT NULL,
    kept_until INTEGER NOT NULL,
    receipt TEXT NOT NULL
  );
  CREATE INDEX erasure_by_pool ON erasure (pool);
  CREATE INDEX erasure_by_end ON erasure (kept_until);
  CREATE TABLE erasure_mark (
    mark TEXT NOT NULL,
    erasure TEXT NOT NULL,
    opener TEXT NOT NULL,
    PRIMARY KEY (mark, erasure)
  ) WITHOUT ROWID;
  CREATE INDEX erasure_mark_by_erasure ON erasure_mark (erasure);
  `,
  // Whether identities of the account may have tokens for other relying parties.
  `
  CREATE TABLE outbound_federation (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    enabled_at INTEGER NOT NULL,
    enabled_by TEXT NOT NULL
  );
  `,
]
