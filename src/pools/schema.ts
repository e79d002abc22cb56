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
    map TEXT NOT NULL,
    gives INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE peer (
    number INTEGER PRIMARY KEY,
    version INTEGER NOT NULL
  );
  CREATE TABLE route (
    slot INTEGER NOT NULL,
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    developer INTEGER NOT NULL,
    identity TEXT NOT NULL,
    claim TEXT NOT NULL,
    reserved_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (slot, provider, subject, developer)
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
  // Growth: slots that move to other objects. The tables have rows only meanwhile, but for the names of moves and how the
  // last growth went.
  `
  CREATE TABLE slot_move (
    op TEXT PRIMARY KEY,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('giving', 'sealed', 'released', 'staging', 'owned', 'refused')),
    clock INTEGER NOT NULL DEFAULT 1
  ) WITHOUT ROWID;
  CREATE TABLE slot_dirty (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
  ) WITHOUT ROWID;
  CREATE TABLE slot_staged (
    op TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    row TEXT,
    PRIMARY KEY (op, kind, key)
  ) WITHOUT ROWID;
  CREATE TABLE planned_move (
    op TEXT PRIMARY KEY,
    source INTEGER NOT NULL,
    target INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE growth (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    phase TEXT NOT NULL CHECK (phase IN ('indexing', 'moving', 'done')),
    objects_before INTEGER NOT NULL,
    goal TEXT NOT NULL,
    paused INTEGER NOT NULL DEFAULT 0,
    cursor TEXT,
    begun_at INTEGER NOT NULL,
    ended_at INTEGER,
    indexed INTEGER NOT NULL DEFAULT 0,
    given INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    error_at INTEGER
  );
  `,
  // What operators know and decide of an identity. A column stays empty until something is known.
  `
  ALTER TABLE identity ADD COLUMN used_day INTEGER;
  ALTER TABLE identity ADD COLUMN blocked_until INTEGER;
  ALTER TABLE identity ADD COLUMN block_reason TEXT;
  ALTER TABLE identity ADD COLUMN not_before INTEGER;
  ALTER TABLE identity ADD COLUMN source TEXT;
  ALTER TABLE login ADD COLUMN linked_day INTEGER;
  CREATE TABLE statistics (
    kind TEXT PRIMARY KEY CHECK (kind IN ('counted', 'counting')),
    slots TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    cursor TEXT NOT NULL,
    counts TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE guest_count (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    day INTEGER NOT NULL,
    made INTEGER NOT NULL
  );
  CREATE TABLE guest_sweep (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    since INTEGER NOT NULL,
    swept_day INTEGER,
    last_used_days INTEGER
  );
  CREATE TABLE import (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    run TEXT NOT NULL,
    source TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('importing', 'done')),
    open INTEGER NOT NULL DEFAULT 0,
    line INTEGER NOT NULL,
    last TEXT NOT NULL,
    identities INTEGER NOT NULL,
    logins INTEGER NOT NULL,
    begun_at INTEGER NOT NULL,
    ended_at INTEGER
  );
  `,
]
