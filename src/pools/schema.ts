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
  // Pools that are spread over several objects. The columns stay as they are given here while a pool is in one object.
  `
  ALTER TABLE identity ADD COLUMN frozen_by TEXT;
  ALTER TABLE identity ADD COLUMN frozen_for TEXT;
  ALTER TABLE identity ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE login ADD COLUMN claim TEXT NOT NULL DEFAULT '';
  CREATE TABLE spread (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL,
    slots TEXT NOT NULL,
    map TEXT NOT NULL
  );
  CREATE TABLE peer (
    number INTEGER PRIMARY KEY,
    version INTEGER NOT NULL
  );
  CREATE TABLE route (
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    developer INTEGER NOT NULL,
    identity TEXT NOT NULL,
    claim TEXT NOT NULL,
    reserved_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (provider, subject, developer)
  ) WITHOUT ROWID;
  CREATE TABLE refused_claim (
    claim TEXT PRIMARY KEY,
    identity TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE merge_op (
    op TEXT PRIMARY KEY,
    survivor TEXT NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('absorbed', 'refused')),
    expires_at INTEGER
  ) WITHOUT ROWID;
  CREATE TABLE errand (
    number INTEGER PRIMARY KEY,
    identity TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    what TEXT NOT NULL
  );
  `,
]
