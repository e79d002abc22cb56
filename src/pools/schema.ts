/** Append-only. Each entry runs once per object, in order; nothing here may take time that grows with the rows. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE pool (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'deleted')),
    version INTEGER NOT NULL,
    settings TEXT NOT NULL,
    created_by TEXT NOT NULL,
    deleted_by TEXT
  );
  CREATE TABLE identity (
    uuid TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('guest', 'member', 'disabled')),
    created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    forward TEXT,
    changed_by TEXT
  ) WITHOUT ROWID;
  CREATE INDEX identity_by_forward ON identity (forward) WHERE forward IS NOT NULL;
  CREATE TABLE login (
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    identity TEXT NOT NULL,
    developer INTEGER NOT NULL,
    PRIMARY KEY (provider, subject, developer)
  ) WITHOUT ROWID;
  CREATE INDEX login_by_identity ON login (identity);
  CREATE TABLE used_proof (
    proof TEXT PRIMARY KEY,
    used_by TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX used_proof_by_expiry ON used_proof (expires_at);
  `,
]
