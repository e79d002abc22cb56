// The objects of 0.2.0 and the Worker's way to them, for tests with both builds. Made once, at commit 559a9d4, and never changed:
// CONTRIBUTING.md, "Versions", has the command.
// src/pools/identity-pool.ts
import { DurableObject } from "cloudflare:workers";

// src/base/bytes.ts
import { base64url } from "jose";
var encoder = new TextEncoder();
function utf8(text2) {
  return encoder.encode(text2);
}
function hex(bytes) {
  return bytes.toHex();
}
async function sha256(data) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}
async function deriveKey(secret2, label) {
  const material = await crypto.subtle.importKey("raw", secret2, "HKDF", false, ["deriveBits"]);
  const params = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: utf8(label) };
  return new Uint8Array(await crypto.subtle.deriveBits(params, material, 256));
}

// src/base/migrations.ts
function isOpened(storage) {
  return storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'migration'").toArray().length > 0;
}
function migrate(storage, migrations) {
  storage.transactionSync(() => {
    storage.sql.exec("CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY)");
    const done = storage.sql.exec("SELECT coalesce(max(number), 0) AS n FROM migration").one().n;
    migrations.slice(done).forEach((statements, index) => {
      storage.sql.exec(statements);
      storage.sql.exec("INSERT INTO migration (number) VALUES (?)", done + index + 1);
    });
  });
}

// src/pools/limits.ts
var MAX_LOGINS_PER_IDENTITY = 20;
var MAX_FORWARDS = 100;
var MAX_SETTINGS_BYTES = 1e6;
var PURGE_ROWS = 500;
var PURGE_INTERVAL_MS = 100;
var MAX_CACHED_POOLS = 500;
var MAX_TAGS = 50;

// src/pools/resolve.ts
function resolve(table, request) {
  const owners = table.owners(request.logins);
  if (request.identity === void 0) return owners.length > 0 ? unite(table, owners, request) : make(table, request);
  const named = table.row(request.identity);
  if (!named) return { kind: "no_identity" };
  if (request.logins.length === 0) return resumeGuest(named, request.allowGuests);
  const target = targetOf(table, named, owners);
  if (!target) return { kind: "forbidden" };
  if (!areMembers(table, request.logins, target)) return { kind: "logins_mismatch" };
  if (takesDeveloperUser(table, request.logins, target)) return { kind: "developer_user_taken" };
  if (target.state === "member" && !isOneOf(owners, target)) return { kind: "logins_mismatch" };
  return unite(table, [target, ...owners.filter((owner) => owner.uuid !== target.uuid)], request);
}
function targetOf(table, named, owners) {
  const last = forwardsOf(table, named).at(-1);
  if (!last || last.state === "disabled") return void 0;
  return last.uuid === named.uuid || isOneOf(owners, last) ? last : void 0;
}
function forwardsOf(table, named) {
  const rows = [];
  let row = named;
  while (row && rows.length <= MAX_FORWARDS) {
    rows.push(row);
    row = row.forward === null ? void 0 : table.row(row.forward);
  }
  return rows;
}
function isOneOf(rows, row) {
  return rows.some(({ uuid }) => uuid === row.uuid);
}
function tooManyLogins(logins) {
  const seen = /* @__PURE__ */ new Set();
  for (const { developer, provider } of logins) {
    if (developer) continue;
    if (seen.has(provider)) return { kind: "second_login", provider };
    seen.add(provider);
  }
  return logins.length > MAX_LOGINS_PER_IDENTITY ? { kind: "too_many_logins" } : void 0;
}
function make(table, { allowGuests, fresh, logins, now }) {
  const guest = logins.length === 0;
  if (guest && !allowGuests) return { kind: "guests_refused" };
  const refused = tooManyLogins(logins);
  if (refused) return refused;
  if (!table.insert(fresh, guest ? "guest" : "member", now)) {
    const made = table.row(fresh);
    return guest && made ? resumeGuest(made, allowGuests) : { kind: "forbidden" };
  }
  for (const login of logins) table.link(login, fresh);
  return { kind: "identity", uuid: fresh, guest };
}
function resumeGuest(named, allowGuests) {
  if (named.state !== "guest") return { kind: "forbidden" };
  return allowGuests ? { kind: "identity", uuid: named.uuid, guest: true } : { kind: "guests_refused" };
}
function unite(table, identities, request) {
  const [survivor, ...losers] = [...identities].sort(bySurvival);
  if (!survivor) return { kind: "no_identity" };
  const kept = table.logins(identities.map((row) => row.uuid));
  const added = request.logins.filter((login) => !kept.some((other) => isSameLogin(login, other)));
  const refused = tooManyLogins([...kept, ...added]);
  if (refused) return refused;
  for (const loser of losers) table.retire(loser.uuid, survivor.uuid, request.now);
  for (const login of added) table.link(login, survivor.uuid);
  if (added.length > 0 || losers.length > 0) table.settle(survivor.uuid, request.now);
  return { kind: "identity", uuid: survivor.uuid, guest: false };
}
function bySurvival(a, b) {
  const guests = Number(a.state === "guest") - Number(b.state === "guest");
  return guests || a.created_at - b.created_at || (a.uuid < b.uuid ? -1 : 1);
}
function isSameLogin(a, b) {
  return a.provider === b.provider && a.subject === b.subject && a.developer === b.developer;
}
function areMembers(table, logins, target) {
  return logins.every((login) => !login.mustBeMember || isOneOf(table.owners([login]), target));
}
function takesDeveloperUser(table, logins, target) {
  const elsewhere = table.owners(logins.filter((login) => login.developer)).filter(({ uuid }) => uuid !== target.uuid);
  if (elsewhere.length === 0) return false;
  const proven = table.owners(logins.filter((login) => !login.developer));
  return ![target, ...elsewhere].every((row) => isOneOf(proven, row));
}

// src/pools/developers.ts
function lookupDeveloper(table, request) {
  const { after, identity, limit, provider, subject } = request;
  if (identity !== void 0 && !table.row(identity)) return { kind: "no_identity" };
  const owner = subject === void 0 ? identity : table.owners([{ provider, subject, developer: true }])[0]?.uuid;
  if (owner === void 0) return { kind: "no_developer_user" };
  if (identity !== void 0 && identity !== owner) return { kind: "mismatch" };
  return { kind: "developer_users", uuid: owner, subjects: table.developerUsers(owner, provider, after, limit) };
}
function mergeDevelopers(table, request) {
  const { destination, now, provider, source } = request;
  const [from] = table.owners([{ provider, subject: source, developer: true }]);
  const [to] = table.owners([{ provider, subject: destination, developer: true }]);
  if (!from) return { kind: "no_developer_user", subject: source };
  if (!to) return { kind: "no_developer_user", subject: destination };
  if (from.uuid === to.uuid) return { kind: "merged", uuid: to.uuid };
  const refused = tooManyLogins(table.logins([from.uuid, to.uuid]));
  if (refused) return refused;
  table.retire(from.uuid, to.uuid, now);
  table.settle(to.uuid, now);
  return { kind: "merged", uuid: to.uuid };
}

// src/pools/identity-table.ts
var IdentityTable = class {
  #sql;
  constructor(sql) {
    this.#sql = sql;
  }
  row(uuid) {
    return this.#sql.exec("SELECT * FROM identity WHERE uuid = ?", uuid).toArray()[0];
  }
  /** The identities that these logins are members of. */
  owners(logins) {
    const owners = /* @__PURE__ */ new Map();
    for (const { developer, provider, subject } of logins) {
      const owned = this.#sql.exec(
        `SELECT identity.* FROM login JOIN identity ON identity.uuid = login.identity
         WHERE provider = ? AND subject = ? AND developer = ?`,
        provider,
        subject,
        Number(developer)
      );
      for (const row of owned) owners.set(row.uuid, row);
    }
    return [...owners.values()];
  }
  logins(uuids) {
    return this.#loginRows(uuids).map(({ developer, provider, subject }) => ({
      provider,
      subject,
      developer: developer === 1
    }));
  }
  /** Adds an identity, unless there is one of that id; tells whether it did. */
  insert(uuid, state, now) {
    const inserted = this.#sql.exec(
      "INSERT INTO identity (uuid, state, created_at, modified_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
      uuid,
      state,
      now,
      now
    );
    return inserted.rowsWritten > 0;
  }
  link(login, uuid) {
    this.#sql.exec(
      "INSERT INTO login (provider, subject, identity, developer) VALUES (?, ?, ?, ?)",
      login.provider,
      login.subject,
      uuid,
      Number(login.developer)
    );
  }
  unlinkPublic(uuid, providers) {
    this.#sql.exec(
      "DELETE FROM login WHERE identity = ? AND developer = 0 AND provider IN (SELECT value FROM json_each(?))",
      uuid,
      JSON.stringify(providers)
    );
  }
  unlinkDeveloper(uuid, provider, subject) {
    this.#sql.exec(
      "DELETE FROM login WHERE identity = ? AND provider = ? AND subject = ? AND developer = 1",
      uuid,
      provider,
      subject
    );
  }
  /** Hands all logins to the survivor and disables the loser, which forwards from now on. */
  retire(loser, survivor, now) {
    this.#sql.exec("UPDATE login SET identity = ? WHERE identity = ?", survivor, loser);
    this.#sql.exec(
      "UPDATE identity SET state = 'disabled', forward = ?, modified_at = ? WHERE uuid = ?",
      survivor,
      now,
      loser
    );
  }
  /** Sets the state that the logins of an identity give it: a member, or disabled when none is left. */
  settle(uuid, now, operation = null) {
    const state = this.#loginRows([uuid]).length > 0 ? "member" : "disabled";
    this.#sql.exec(
      "UPDATE identity SET state = ?, modified_at = ?, changed_by = coalesce(?, changed_by) WHERE uuid = ?",
      state,
      now,
      operation,
      uuid
    );
  }
  /** Up to `limit` developer users of an identity, in order, after the given one. */
  developerUsers(uuid, provider, after, limit) {
    return this.#sql.exec(
      `SELECT subject FROM login WHERE identity = ? AND provider = ? AND developer = 1 AND subject > ?
         ORDER BY subject LIMIT ?`,
      uuid,
      provider,
      after,
      limit
    ).toArray().map((row) => row.subject);
  }
  describe(uuid) {
    const row = this.row(uuid);
    return row && this.#descriptions([row])[0];
  }
  /** Up to `limit` identities in order of UUID, after the given one. Disabled ones are listed unless hidden. */
  list(after, limit, hideDisabled) {
    const shown = hideDisabled ? "AND state <> 'disabled'" : "";
    const page = this.#sql.exec(
      `SELECT * FROM identity WHERE uuid > ? ${shown} ORDER BY uuid LIMIT ?`,
      after,
      limit
    );
    return this.#descriptions(page.toArray());
  }
  /**
   * Deletes identities and frees their logins; what forwarded to one of them forwards to its survivor from now on. Ids
   * that are not there are passed over.
   */
  delete(uuids) {
    for (const uuid of uuids) this.#bypass(uuid);
    const listed = JSON.stringify(uuids);
    this.#sql.exec("DELETE FROM login WHERE identity IN (SELECT value FROM json_each(?))", listed);
    this.#sql.exec("DELETE FROM identity WHERE uuid IN (SELECT value FROM json_each(?))", listed);
  }
  isEmpty() {
    return this.#sql.exec("SELECT 1 FROM login UNION ALL SELECT 1 FROM identity LIMIT 1").toArray().length === 0;
  }
  /** Deletes up to `rows` rows of a pool that is gone. */
  purge(rows) {
    const half = Math.floor(rows / 2);
    this.#sql.exec(
      `DELETE FROM login WHERE (provider, subject, developer) IN
       (SELECT provider, subject, developer FROM login LIMIT ?)`,
      half
    );
    this.#sql.exec("DELETE FROM identity WHERE uuid IN (SELECT uuid FROM identity LIMIT ?)", half);
  }
  #bypass(uuid) {
    const survivor = this.row(uuid)?.forward;
    if (survivor) this.#sql.exec("UPDATE identity SET forward = ? WHERE forward = ?", survivor, uuid);
  }
  #descriptions(rows) {
    const logins = this.#loginRows(rows.map((row) => row.uuid));
    return rows.map((row) => ({
      uuid: row.uuid,
      logins: logins.filter((login) => login.identity === row.uuid).map((login) => login.provider),
      createdAt: row.created_at,
      modifiedAt: row.modified_at
    }));
  }
  #loginRows(uuids) {
    return this.#sql.exec(
      `SELECT * FROM login WHERE identity IN (SELECT value FROM json_each(?)) ORDER BY provider, subject`,
      JSON.stringify(uuids)
    ).toArray();
  }
};

// src/pools/schema.ts
var MIGRATIONS = [
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
  `
];

// src/pools/settings.ts
function changed(settings, change) {
  switch (change.kind) {
    case "replace":
      return { ...settings, ...change.settings };
    case "tag":
      return { ...settings, tags: new Map([...settings.tags ?? [], ...change.tags]) };
    case "untag":
      return { ...settings, tags: new Map([...settings.tags ?? []].filter(([key]) => !change.keys.includes(key))) };
    case "map_principal_tags":
      return { ...settings, principalTags: new Map([...settings.principalTags, [change.provider, change.map]]) };
  }
}
function encodeSettings(settings) {
  return JSON.stringify(settings, (_key, value) => value instanceof Map ? { $map: [...value] } : value);
}
function decodeSettings(text2) {
  return JSON.parse(text2, (_key, value) => isMap(value) ? new Map(value.$map) : value);
}
function isMap(value) {
  return typeof value === "object" && value !== null && "$map" in value;
}

// src/pools/unlink.ts
function unlink(table, request) {
  const named = table.row(request.identity);
  if (!named) return { kind: "no_identity" };
  if (wasDone(table, named, request.operation)) return { kind: "unlinked" };
  const owners = table.owners(request.proven);
  const target = targetOf(table, named, owners);
  if (!target || target.state === "guest") return { kind: "forbidden" };
  if (!isOneOf(owners, target)) return { kind: "logins_mismatch" };
  table.unlinkPublic(target.uuid, request.providers);
  table.settle(target.uuid, request.now, request.operation);
  return { kind: "unlinked" };
}
function unlinkDeveloper(table, request) {
  const { identity, operation, provider, subject } = request;
  const named = table.row(identity);
  if (!named) return { kind: "no_identity" };
  if (wasDone(table, named, operation)) return { kind: "unlinked" };
  const [owner] = table.owners([{ provider, subject, developer: true }]);
  if (!owner) return { kind: "no_developer_user" };
  if (targetOf(table, named, [owner])?.uuid !== owner.uuid) return { kind: "developer_user_taken" };
  table.unlinkDeveloper(owner.uuid, provider, subject);
  table.settle(owner.uuid, request.now, operation);
  return { kind: "unlinked" };
}
function wasDone(table, named, operation) {
  return forwardsOf(table, named).some((row) => row.changed_by === operation);
}

// src/pools/used-proofs.ts
var UsedProofs = class {
  #sql;
  constructor(sql) {
    this.#sql = sql;
  }
  /** Whether another call than `operation` has used one of these. A call that the platform repeats is not another. */
  anyUsed(proofs, operation) {
    return proofs.some(({ name }) => {
      const used = this.#sql.exec("SELECT used_by FROM used_proof WHERE proof = ?", name).toArray()[0];
      return used !== void 0 && used.used_by !== operation;
    });
  }
  use(proofs, operation) {
    for (const { expiresAt, name } of proofs)
      this.#sql.exec(
        "INSERT INTO used_proof (proof, used_by, expires_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        name,
        operation,
        expiresAt
      );
  }
  /** Forgets up to `rows` proofs that had expired by `now`. */
  forget(now, rows) {
    this.#sql.exec(
      "DELETE FROM used_proof WHERE proof IN (SELECT proof FROM used_proof WHERE expires_at <= ? LIMIT ?)",
      now,
      rows
    );
  }
  /** When the next one expires, in milliseconds since the epoch. */
  nextExpiry() {
    return this.#sql.exec("SELECT min(expires_at) AS at FROM used_proof").toArray().flatMap(({ at }) => at ?? [])[0];
  }
};

// src/pools/identity-pool.ts
var IdentityPool = class extends DurableObject {
  #identities;
  #proofs;
  /** Copy of the pool row. The table is the truth; this only spares parsing. */
  #cached;
  constructor(state, env) {
    super(state, env);
    this.#identities = new IdentityTable(state.storage.sql);
    this.#proofs = new UsedProofs(state.storage.sql);
    if (isOpened(state.storage)) {
      migrate(state.storage, MIGRATIONS);
      if (this.#row()?.state === "deleted" && !this.#isEmpty()) void this.#purgeSoon();
    }
  }
  /** Opens the pool, unless its tag is taken. `operation` names the call, so that a repeated one finds its own pool. */
  create(id, account, settings, operation) {
    const encoded = encodeSettings(settings);
    if (utf8(encoded).length > MAX_SETTINGS_BYTES) return { kind: "too_large" };
    migrate(this.ctx.storage, MIGRATIONS);
    return this.ctx.storage.transactionSync(() => {
      const taken = this.#row();
      if (taken && (taken.created_by !== operation || taken.state !== "open")) return { kind: "taken" };
      if (!taken)
        this.ctx.storage.sql.exec(
          "INSERT INTO pool (one, id, account, state, version, settings, created_by) VALUES (1, ?, ?, 'open', 1, ?, ?)",
          id,
          account,
          encoded,
          operation
        );
      return this.read({ id, account });
    });
  }
  read(address) {
    const pool = this.#open();
    if (!pool || pool.id !== address.id) return { kind: "no_pool" };
    if (address.account !== void 0 && pool.account !== address.account) return { kind: "no_pool" };
    return { kind: "pool", pool };
  }
  /** The pool that an identity of this object belongs to. */
  readByRegion(region) {
    const pool = this.#open();
    return pool?.id.startsWith(`${region}:`) ? { kind: "pool", pool } : { kind: "no_pool" };
  }
  /** Changes settings; the version grows only if something really changed. */
  change(address, change) {
    return this.ctx.storage.transactionSync(() => {
      const found = this.read(address);
      if (found.kind !== "pool") return found;
      const before = found.pool.settings;
      const after = changed(before, change);
      if (before.developerProvider !== void 0 && after.developerProvider !== before.developerProvider)
        return { kind: "developer_provider_fixed" };
      if ((after.tags?.size ?? 0) > MAX_TAGS) return { kind: "too_many_tags" };
      const encoded = encodeSettings(after);
      if (utf8(encoded).length > MAX_SETTINGS_BYTES) return { kind: "too_large" };
      if (encoded !== this.#row()?.settings) {
        this.ctx.storage.sql.exec("UPDATE pool SET settings = ?, version = version + 1", encoded);
        this.#cached = void 0;
      }
      return this.read(address);
    });
  }
  /** Closes the pool at once; its identities are deleted in the background. */
  delete(address, operation) {
    const closed = this.ctx.storage.transactionSync(() => {
      if (this.#row()?.deleted_by === operation) return true;
      if (this.read(address).kind !== "pool") return false;
      this.ctx.storage.sql.exec("UPDATE pool SET state = 'deleted', settings = '{}', deleted_by = ?", operation);
      this.#cached = void 0;
      return true;
    });
    if (!closed) return { kind: "no_pool" };
    void this.#purgeSoon();
    return { kind: "deleted" };
  }
  /** Finds, makes, extends or merges the identity of these logins. */
  resolve(call) {
    if (call.trial) return this.#tried(() => this.#resolve(call));
    if (call.logins.length === 0 && !call.once) return this.#resolve(call);
    const resolved = this.ctx.storage.transactionSync(() => this.#resolve(call));
    if (call.once && resolved.kind === "identity") void this.#alarmForProofs();
    return resolved;
  }
  /** Takes public logins off an identity, one of whose logins the caller has proven. */
  unlink(call) {
    const { once, operation } = call;
    const unlinked = this.ctx.storage.transactionSync(() => {
      const found = this.readByRegion(call.region);
      if (found.kind !== "pool") return found;
      if (call.version < found.pool.version) return { kind: "stale", pool: found.pool };
      if (once && this.#proofs.anyUsed(once.proofs, operation)) return { kind: "proof_used" };
      const outcome = unlink(this.#identities, { ...call, now: Date.now() });
      if (once && outcome.kind === "unlinked") this.#proofs.use(once.proofs, operation);
      return outcome;
    });
    if (once && unlinked.kind === "unlinked") void this.#alarmForProofs();
    return unlinked;
  }
  unlinkDeveloper(address, request) {
    return this.#inPool(address, () => unlinkDeveloper(this.#identities, { ...request, now: Date.now() }));
  }
  lookupDeveloper(address, request) {
    return this.#inPool(address, () => lookupDeveloper(this.#identities, request));
  }
  mergeDevelopers(address, request) {
    return this.#inPool(address, () => mergeDevelopers(this.#identities, { ...request, now: Date.now() }));
  }
  /** Deletes those of these identities that are there. */
  deleteIdentities(region, account, uuids) {
    const found = this.readByRegion(region);
    if (found.kind !== "pool" || found.pool.account !== account) return { kind: "no_pool" };
    this.ctx.storage.transactionSync(() => this.#identities.delete(uuids));
    return { kind: "deleted" };
  }
  describeIdentity(region, account, uuid) {
    const found = this.readByRegion(region);
    return found.kind === "pool" && found.pool.account === account ? this.#identities.describe(uuid) : void 0;
  }
  listIdentities(address, after, limit, hideDisabled) {
    return this.#inPool(address, () => ({
      kind: "page",
      identities: this.#identities.list(after, limit, hideDisabled)
    }));
  }
  /** Deletes what is left of a deleted pool, or forgets the proofs that have expired; some rows at a time. */
  async alarm() {
    if (this.#row()?.state !== "deleted") {
      this.ctx.storage.transactionSync(() => this.#proofs.forget(Date.now(), PURGE_ROWS));
      return this.#alarmForProofs();
    }
    this.ctx.storage.transactionSync(() => {
      if (this.#identities.isEmpty()) this.#proofs.forget(Number.MAX_SAFE_INTEGER, PURGE_ROWS);
      else this.#identities.purge(PURGE_ROWS);
    });
    if (!this.#isEmpty()) await this.ctx.storage.setAlarm(Date.now() + PURGE_INTERVAL_MS);
  }
  #isEmpty() {
    return this.#identities.isEmpty() && this.#proofs.nextExpiry() === void 0;
  }
  async #purgeSoon() {
    await this.ctx.storage.setAlarm(Date.now());
  }
  async #alarmForProofs() {
    const expiry = this.#proofs.nextExpiry();
    if (expiry === void 0 || await this.ctx.storage.getAlarm() !== null) return;
    await this.ctx.storage.setAlarm(Math.max(expiry, Date.now() + PURGE_INTERVAL_MS));
  }
  #resolve(call) {
    const found = this.readByRegion(call.region);
    if (found.kind !== "pool") return found;
    const { pool } = found;
    if (call.version < pool.version) return { kind: "stale", pool };
    if (call.once && this.#proofs.anyUsed(call.once.proofs, call.once.operation)) return { kind: "proof_used" };
    const { allowGuests } = pool.settings;
    const resolution = resolve(this.#identities, { ...call, allowGuests, now: Date.now() });
    if (call.once && resolution.kind === "identity") this.#proofs.use(call.once.proofs, call.once.operation);
    return resolution;
  }
  /** What `work` answers, without what it changes. */
  #tried(work) {
    const answers = [];
    const undone = new Error("undone");
    try {
      this.ctx.storage.transactionSync(() => {
        answers.push(work());
        throw undone;
      });
    } catch (error) {
      if (error !== undone) throw error;
    }
    return answers[0];
  }
  #inPool(address, work) {
    return this.ctx.storage.transactionSync(() => this.read(address).kind === "pool" ? work() : { kind: "no_pool" });
  }
  #open() {
    const row = this.#row();
    if (row?.state !== "open") return void 0;
    this.#cached ??= {
      row,
      pool: { id: row.id, account: row.account, version: row.version, settings: decodeSettings(row.settings) }
    };
    return this.#cached.pool;
  }
  #row() {
    if (this.#cached) return this.#cached.row;
    return isOpened(this.ctx.storage) ? this.ctx.storage.sql.exec("SELECT * FROM pool").toArray()[0] : void 0;
  }
};

// src/base/bounded-map.ts
var BoundedMap = class extends Map {
  #capacity;
  #weigh;
  #weight = 0;
  constructor({ capacity, weigh = () => 1 }) {
    super();
    this.#capacity = capacity;
    this.#weigh = weigh;
  }
  get(key) {
    const value = super.get(key);
    if (value === void 0) return void 0;
    super.delete(key);
    super.set(key, value);
    return value;
  }
  set(key, value) {
    this.delete(key);
    const weight = this.#weigh(value);
    if (weight > this.#capacity) return this;
    for (const oldest of this.keys()) {
      if (this.#weight + weight <= this.#capacity) break;
      this.delete(oldest);
    }
    this.#weight += weight;
    return super.set(key, value);
  }
  delete(key) {
    const value = super.get(key);
    if (value !== void 0) this.#weight -= this.#weigh(value);
    return super.delete(key);
  }
  clear() {
    this.#weight = 0;
    super.clear();
  }
};

// src/base/objects.ts
var Overloaded = class extends Error {
  name = "Overloaded";
};
async function callObject(call) {
  try {
    return await call(false);
  } catch (error) {
    const { retryable, overloaded, durableObjectReset } = error;
    if (overloaded || !(retryable || durableObjectReset)) throw asOverloaded(error);
  }
  try {
    return await call(true);
  } catch (error) {
    throw asOverloaded(error);
  }
}
function asOverloaded(error) {
  return error.overloaded ? new Overloaded("durable object overloaded") : error;
}

// src/pools/location.ts
var HINTS = [
  ["us-west", "wnam"],
  ["us-gov-west", "wnam"],
  ["ca-west", "wnam"],
  ["us-", "enam"],
  ["ca-", "enam"],
  ["mx-", "wnam"],
  ["sa-", "sam"],
  ["eu-central", "eeur"],
  ["eu-south-1", "eeur"],
  ["eu-north", "eeur"],
  ["eu-", "weur"],
  ["eusc-", "eeur"],
  ["ap-southeast-2", "oc"],
  ["ap-southeast-4", "oc"],
  ["ap-southeast-6", "oc"],
  ["ap-", "apac"],
  ["cn-", "apac"],
  ["af-", "afr"],
  ["me-", "me"],
  ["il-", "me"]
];
function locationHint(region) {
  return HINTS.find(([prefix]) => region.startsWith(prefix))?.[1];
}

// src/pools/pools.ts
var Pools = class {
  #namespace;
  #settings = new BoundedMap({ capacity: MAX_CACHED_POOLS });
  constructor(namespace) {
    this.#namespace = namespace;
  }
  create(id, account, settings, operation) {
    return this.#call(id, (object) => object.create(id.text, account, settings, operation), locationHint(id.region));
  }
  read(id, account) {
    return this.#call(id, (object) => object.read({ id: id.text, account }));
  }
  /** The pool where an id lives, whosever it is. */
  readHome(id) {
    return this.#call(id, (object) => object.readByRegion(id.region));
  }
  change(id, account, change) {
    return this.#call(id, (object) => object.change({ id: id.text, account }, change));
  }
  delete(id, account, operation) {
    this.#settings.delete(home(id));
    return this.#call(id, (object) => object.delete({ id: id.text, account }, operation));
  }
  describeIdentity(id, account) {
    return this.#call(id, (object) => object.describeIdentity(id.region, account, uuidOf(id)));
  }
  listIdentities(id, account, page) {
    const address = { id: id.text, account };
    return this.#call(id, (object) => object.listIdentities(address, page.after, page.limit, page.hideDisabled));
  }
  unlinkDeveloper(id, pool, account, login, operation) {
    const request = { ...login, identity: uuidOf(id), operation };
    return this.#call(pool, (object) => object.unlinkDeveloper({ id: pool.text, account }, request));
  }
  lookupDeveloper(id, account, request) {
    return this.#call(id, (object) => object.lookupDeveloper({ id: id.text, account }, request));
  }
  mergeDevelopers(id, account, request) {
    return this.#call(id, (object) => object.mergeDevelopers({ id: id.text, account }, request));
  }
  /** Deletes identities that all live in the object of the first. */
  deleteIdentities(ids, account) {
    const [first] = ids;
    return this.#call(first, (object) => object.deleteIdentities(first.region, account, ids.map(uuidOf)));
  }
  /**
   * Runs `work` with the settings of the pool where `id` lives, from memory if they are there. Nothing is decided by
   * outdated settings: `work` hands their version to the object, which answers `stale` when it knows newer ones; and when
   * `work` throws, having refused on its own, the settings are read again. Either way the work starts again with the new.
   */
  async withSettings(id, work) {
    const remembered = this.#settings.get(home(id));
    const pool = remembered ?? await this.#load(id);
    if (!pool) return { kind: "no_pool" };
    let answer = remembered ? await this.#doubting(id, pool, work) : await work(pool);
    while (isStale(answer)) answer = await work(this.#remember(id, answer.pool));
    if (answer.kind === "no_pool") this.#settings.delete(home(id));
    return answer;
  }
  resolve(pool, call) {
    const { fresh, identity, logins, once, dryRun } = call;
    const request = {
      region: fresh.region,
      version: pool.version,
      logins,
      fresh: uuidOf(fresh),
      ...identity && { identity: uuidOf(identity) },
      ...once && { once },
      // On its way to the object a dry run is called a trial: an object of an older build would pass over another name, and link.
      ...dryRun && { trial: true }
    };
    return this.#call(fresh, (object) => object.resolve(request));
  }
  unlink(pool, call) {
    const { identity, ...rest } = call;
    const request = { ...rest, region: identity.region, version: pool.version, identity: uuidOf(identity) };
    return this.#call(identity, (object) => object.unlink(request));
  }
  async #doubting(id, pool, work) {
    try {
      return await work(pool);
    } catch (refusal) {
      if (refusal instanceof Overloaded) throw refusal;
      const current = await this.#load(id);
      if (current?.version === pool.version) throw refusal;
      return current ? work(current) : { kind: "no_pool" };
    }
  }
  async #load(id) {
    const found = await this.readHome(id);
    if (found.kind === "pool") return this.#remember(id, found.pool);
    this.#settings.delete(home(id));
    return void 0;
  }
  #remember(id, pool) {
    this.#settings.set(home(id), pool);
    return pool;
  }
  /** The one place where an id chooses its object. */
  #call(id, ask, hint) {
    const options = hint && { locationHint: hint };
    return callObject(() => ask(this.#namespace.getByName(id.tag, options)));
  }
};
function uuidOf(id) {
  return id.text.slice(id.region.length + 1);
}
function home(id) {
  return `${id.region}:${id.tag}`;
}
function isStale(answer) {
  return answer.kind === "stale";
}

// src/account/account.ts
import { DurableObject as DurableObject2 } from "cloudflare:workers";

// src/account/limits.ts
var MAX_POOLS_PER_REGION = 1e3;
var MAX_OIDC_PROVIDERS = 100;
var MAX_SAML_PROVIDERS = 100;
var MAX_CLIENT_IDS = 100;
var MAX_RECORD_TAGS = 50;
var MAX_ROLES = 1e3;
var MAX_INLINE_POLICY_CHARS = 10240;
var MAX_ATTACHED_POLICIES = 10;
var RECORDS_MAX_AGE_MS = 3e4;
var RECORDS_MIN_AGE_MS = 1e3;
var MAX_CACHED_ACCOUNTS = 100;
var MAX_CACHED_SAML_PROVIDERS = 200;
var MAX_CACHED_ROLES = 1e3;
var MAX_CACHED_ROLE_POLICIES = 100;
var SETTLE_AFTER_MS = 6e4;
var SETTLE_BATCH = 5;
var MAX_PAGE_CHARS = 1e6;

// src/account/records.ts
function retagged(tags, added, removed, keyOf = (key) => key) {
  const kept = new Map([...tags, ...added].map((tag) => [keyOf(tag[0]), tag]));
  for (const key of removed) kept.delete(keyOf(key));
  return [...kept.values()];
}
function countOf(sql, table) {
  return sql.exec(`SELECT count(*) AS n FROM ${table}`).one().n;
}
function creatorOf(sql, table, arn2) {
  const found = sql.exec(`SELECT created_by FROM ${table} WHERE arn = ?`, arn2);
  return found.toArray()[0]?.created_by;
}

// src/account/oidc-providers.ts
var OidcProviders = class {
  #sql;
  constructor(sql) {
    this.#sql = sql;
  }
  create(provider, operation) {
    const creator = creatorOf(this.#sql, "oidc_provider", provider.arn);
    if (creator !== void 0) return creator === operation ? "created" : "exists";
    if (countOf(this.#sql, "oidc_provider") >= MAX_OIDC_PROVIDERS) return "limit";
    this.#sql.exec(
      `INSERT INTO oidc_provider (arn, url, client_ids, thumbprints, tags, created_at, created_by)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      provider.arn,
      provider.url,
      JSON.stringify(provider.clientIds),
      JSON.stringify(provider.thumbprints),
      JSON.stringify(provider.tags),
      provider.createdAt,
      operation
    );
    return "created";
  }
  all() {
    return this.#sql.exec("SELECT * FROM oidc_provider ORDER BY arn").toArray().map(oidcProvider);
  }
  delete(arn2) {
    this.#sql.exec("DELETE FROM oidc_provider WHERE arn = ?", arn2);
  }
  addClientId(arn2, clientId) {
    return this.#changeClientIds(arn2, (ids) => ids.includes(clientId) ? ids : [...ids, clientId]);
  }
  removeClientId(arn2, clientId) {
    return this.#changeClientIds(arn2, (ids) => ids.filter((id) => id !== clientId));
  }
  replaceThumbprints(arn2, thumbprints) {
    return this.#change(arn2, (provider) => ({ ...provider, thumbprints }));
  }
  tag(arn2, added, removed) {
    return this.#change(arn2, (provider) => ({ ...provider, tags: retagged(provider.tags, added, removed) }));
  }
  #changeClientIds(arn2, change) {
    return this.#change(arn2, (provider) => ({ ...provider, clientIds: change(provider.clientIds) }));
  }
  #change(arn2, change) {
    const row = this.#sql.exec("SELECT * FROM oidc_provider WHERE arn = ?", arn2).toArray()[0];
    if (!row) return "none";
    const { clientIds, tags, thumbprints } = change(oidcProvider(row));
    if (clientIds.length > MAX_CLIENT_IDS || tags.length > MAX_RECORD_TAGS) return "limit";
    this.#sql.exec(
      "UPDATE oidc_provider SET client_ids = ?, thumbprints = ?, tags = ? WHERE arn = ?",
      JSON.stringify(clientIds),
      JSON.stringify(thumbprints),
      JSON.stringify(tags),
      arn2
    );
    return "done";
  }
};
function oidcProvider(row) {
  return {
    arn: row.arn,
    url: row.url,
    clientIds: JSON.parse(row.client_ids),
    thumbprints: JSON.parse(row.thumbprints),
    tags: JSON.parse(row.tags),
    createdAt: row.created_at
  };
}

// src/account/role-policies.ts
var RolePolicies = class {
  #sql;
  #role;
  constructor(sql, role) {
    this.#sql = sql;
    this.#role = role.toLowerCase();
  }
  /** White space does not count (IAM User Guide, "IAM and AWS STS quotas"). */
  put(name, document) {
    const size = document.replace(/\s/g, "").length;
    const others = this.#sql.exec(
      "SELECT coalesce(sum(size), 0) AS size FROM role_policy WHERE folded_role = ? AND name <> ?",
      this.#role,
      name
    );
    if (others.one().size + size > MAX_INLINE_POLICY_CHARS) return "limit";
    this.#sql.exec(
      "INSERT OR REPLACE INTO role_policy (folded_role, name, size, document) VALUES (?, ?, ?, ?)",
      this.#role,
      name,
      size,
      document
    );
    return "done";
  }
  document(name) {
    const rows = this.#sql.exec(
      "SELECT document FROM role_policy WHERE folded_role = ? AND name = ?",
      this.#role,
      name
    );
    return rows.toArray()[0]?.document;
  }
  names() {
    const rows = this.#sql.exec("SELECT name FROM role_policy WHERE folded_role = ?", this.#role);
    return rows.toArray().map(({ name }) => name);
  }
  delete(name) {
    const deleted = this.#sql.exec(
      "DELETE FROM role_policy WHERE folded_role = ? AND name = ? RETURNING name",
      this.#role,
      name
    );
    return deleted.toArray().length > 0 ? "done" : "none";
  }
  attach(arn2) {
    const attached = this.attached();
    if (attached.includes(arn2)) return "done";
    if (attached.length >= MAX_ATTACHED_POLICIES) return "limit";
    this.#sql.exec("INSERT INTO attached_policy (folded_role, arn) VALUES (?, ?)", this.#role, arn2);
    return "done";
  }
  attached() {
    const rows = this.#sql.exec("SELECT arn FROM attached_policy WHERE folded_role = ?", this.#role);
    return rows.toArray().map(({ arn: arn2 }) => arn2);
  }
  detach(arn2) {
    const detached = this.#sql.exec(
      "DELETE FROM attached_policy WHERE folded_role = ? AND arn = ? RETURNING arn",
      this.#role,
      arn2
    );
    return detached.toArray().length > 0 ? "done" : "none";
  }
};

// src/account/roles.ts
var Roles = class {
  #sql;
  constructor(sql) {
    this.#sql = sql;
  }
  create(role, operation) {
    const folded = role.name.toLowerCase();
    const found = this.#sql.exec("SELECT created_by FROM role WHERE folded_name = ?", folded);
    const creator = found.toArray()[0]?.created_by;
    if (creator !== void 0) return creator === operation ? "created" : "exists";
    if (countOf(this.#sql, "role") >= MAX_ROLES) return "limit";
    this.#sql.exec(
      "INSERT INTO role (folded_name, arn, record, created_by) VALUES (?, ?, ?, ?)",
      folded,
      role.arn,
      JSON.stringify(role),
      operation
    );
    return "created";
  }
  /**
   * The role of this very name. No two differ by case alone, but a policy that allows one spelling says nothing of
   * another, so that a name in another case finds nothing.
   */
  named(name) {
    const row = this.#sql.exec("SELECT record FROM role WHERE folded_name = ?", name.toLowerCase());
    const roles = row.toArray().map(({ record }) => JSON.parse(record));
    return roles.find((role) => role.name === name);
  }
  /** Roles in order of name, after the given one. */
  list(pathPrefix, after, limit) {
    const rows = this.#sql.exec(
      "SELECT record FROM role WHERE folded_name > ? ORDER BY folded_name",
      after.toLowerCase()
    );
    const roles = [];
    let size = 0;
    for (const { record } of rows) {
      const role = JSON.parse(record);
      if (!role.path.startsWith(pathPrefix)) continue;
      if (roles.length >= limit || size > MAX_PAGE_CHARS) return { roles, more: true };
      roles.push(role);
      size += record.length;
    }
    return { roles, more: false };
  }
  change(name, change) {
    return this.#change(name, (role) => ({ ...role, ...change }));
  }
  /** Keys that differ by case alone are one (IAM User Guide, "Tags for IAM resources"). */
  tag(name, added, removed) {
    return this.#change(name, (role) => ({
      ...role,
      tags: retagged(role.tags, added, removed, (key) => key.toLowerCase())
    }));
  }
  delete(name) {
    this.#sql.exec("DELETE FROM role WHERE folded_name = ?", name.toLowerCase());
  }
  #change(name, change) {
    const role = this.named(name);
    if (!role) return "none";
    const changed2 = change(role);
    if (changed2.tags.length > MAX_RECORD_TAGS) return "limit";
    this.#sql.exec("UPDATE role SET record = ? WHERE folded_name = ?", JSON.stringify(changed2), name.toLowerCase());
    return "done";
  }
};

// src/account/saml-providers.ts
var SamlProviders = class {
  #sql;
  constructor(sql) {
    this.#sql = sql;
  }
  create(provider, document, operation) {
    const creator = creatorOf(this.#sql, "saml_provider", provider.arn);
    if (creator !== void 0) return creator === operation ? "created" : "exists";
    if (countOf(this.#sql, "saml_provider") >= MAX_SAML_PROVIDERS) return "limit";
    this.#sql.exec(
      "INSERT INTO saml_provider (arn, record, created_by, document) VALUES (?, ?, ?, ?)",
      provider.arn,
      JSON.stringify(provider),
      operation,
      document
    );
    return "created";
  }
  all() {
    return this.#sql.exec("SELECT record FROM saml_provider ORDER BY arn").toArray().map(samlProvider);
  }
  /** Those of these ARNs that are registered. */
  named(arns) {
    const rows = this.#sql.exec(
      "SELECT record FROM saml_provider WHERE arn IN (SELECT value FROM json_each(?))",
      JSON.stringify(arns)
    );
    return rows.toArray().map(samlProvider);
  }
  document(arn2) {
    const rows = this.#sql.exec("SELECT document FROM saml_provider WHERE arn = ?", arn2);
    return rows.toArray()[0]?.document;
  }
  replaceMetadata(arn2, metadata, document) {
    const changed2 = this.#change(arn2, (provider) => ({ ...provider, metadata }));
    if (changed2 === "done") this.#sql.exec("UPDATE saml_provider SET document = ? WHERE arn = ?", document, arn2);
    return changed2;
  }
  tag(arn2, added, removed) {
    return this.#change(arn2, (provider) => ({ ...provider, tags: retagged(provider.tags, added, removed) }));
  }
  delete(arn2) {
    if (this.named([arn2]).length === 0) return "none";
    this.#sql.exec("DELETE FROM saml_provider WHERE arn = ?", arn2);
    return "done";
  }
  #change(arn2, change) {
    const provider = this.named([arn2])[0];
    if (!provider) return "none";
    const changed2 = change(provider);
    if (changed2.tags.length > MAX_RECORD_TAGS) return "limit";
    this.#sql.exec("UPDATE saml_provider SET record = ? WHERE arn = ?", JSON.stringify(changed2), arn2);
    return "done";
  }
};
function samlProvider({ record }) {
  return JSON.parse(record);
}

// src/account/schema.ts
var MIGRATIONS2 = [
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
  `
];

// src/account/account.ts
var Account = class extends DurableObject2 {
  constructor(state, env) {
    super(state, env);
    if (isOpened(state.storage)) migrate(state.storage, MIGRATIONS2);
  }
  /** Takes a place in the directory for a pool about to be created. */
  reservePool(id, region, name) {
    return this.#write((sql) => {
      const count = sql.exec("SELECT count(*) AS n FROM pool WHERE region = ? AND id <> ?", region, id);
      if (count.one().n >= MAX_POOLS_PER_REGION) return "limit";
      sql.exec(
        "INSERT OR REPLACE INTO pool (id, region, name, state, since) VALUES (?, ?, ?, 'creating', ?)",
        id,
        region,
        name,
        Date.now()
      );
      return "reserved";
    });
  }
  /**
   * Records that a pool is open under this name: after its creation, after every change of it, and when a listing finds
   * that its deletion was given up. A deletion under way is not undone.
   */
  poolIsOpen(id, name) {
    this.#write(
      (sql) => sql.exec(
        "UPDATE pool SET state = 'open', name = ? WHERE id = ? AND (state <> 'deleting' OR since < ?)",
        name,
        id,
        Date.now() - SETTLE_AFTER_MS
      )
    );
  }
  poolIsClosing(id) {
    this.#write((sql) => sql.exec("UPDATE pool SET state = 'deleting', since = ? WHERE id = ?", Date.now(), id));
  }
  poolIsGone(id) {
    this.#write((sql) => sql.exec("DELETE FROM pool WHERE id = ?", id));
  }
  /** Pools of a region in order of id, after the given one. Those that are being created or deleted are not listed. */
  listPools(region, after, limit) {
    if (!isOpened(this.ctx.storage)) return { pools: [], more: false, unsettled: [] };
    const { sql } = this.ctx.storage;
    const rows = sql.exec(
      "SELECT id, name FROM pool WHERE region = ? AND state = 'open' AND id > ? ORDER BY id LIMIT ?",
      region,
      after,
      limit + 1
    ).toArray();
    const unsettled = sql.exec(
      "SELECT id FROM pool WHERE region = ? AND state <> 'open' AND since < ? LIMIT ?",
      region,
      Date.now() - SETTLE_AFTER_MS,
      SETTLE_BATCH
    );
    return {
      pools: rows.slice(0, limit),
      more: rows.length > limit,
      unsettled: unsettled.toArray().map((row) => row.id)
    };
  }
  createOidcProvider(provider, operation) {
    return this.#write((sql) => new OidcProviders(sql).create(provider, operation));
  }
  oidcProviders() {
    return this.#read((sql) => new OidcProviders(sql).all()) ?? [];
  }
  deleteOidcProvider(arn2) {
    this.#write((sql) => new OidcProviders(sql).delete(arn2));
  }
  addClientId(arn2, clientId) {
    return this.#write((sql) => new OidcProviders(sql).addClientId(arn2, clientId));
  }
  removeClientId(arn2, clientId) {
    return this.#write((sql) => new OidcProviders(sql).removeClientId(arn2, clientId));
  }
  replaceThumbprints(arn2, thumbprints) {
    return this.#write((sql) => new OidcProviders(sql).replaceThumbprints(arn2, thumbprints));
  }
  tagOidcProvider(arn2, added, removed) {
    return this.#write((sql) => new OidcProviders(sql).tag(arn2, added, removed));
  }
  createSamlProvider(provider, document, operation) {
    return this.#write((sql) => new SamlProviders(sql).create(provider, document, operation));
  }
  samlProviders() {
    return this.#read((sql) => new SamlProviders(sql).all()) ?? [];
  }
  /** Those of these ARNs that are registered. */
  samlProvidersNamed(arns) {
    return this.#read((sql) => new SamlProviders(sql).named(arns)) ?? [];
  }
  samlMetadataDocument(arn2) {
    return this.#read((sql) => new SamlProviders(sql).document(arn2));
  }
  replaceSamlMetadata(arn2, metadata, document) {
    return this.#write((sql) => new SamlProviders(sql).replaceMetadata(arn2, metadata, document));
  }
  tagSamlProvider(arn2, added, removed) {
    return this.#write((sql) => new SamlProviders(sql).tag(arn2, added, removed));
  }
  deleteSamlProvider(arn2) {
    return this.#write((sql) => new SamlProviders(sql).delete(arn2));
  }
  createRole(role, operation) {
    return this.#write((sql) => new Roles(sql).create(role, operation));
  }
  role(name) {
    return this.#read((sql) => new Roles(sql).named(name));
  }
  listRoles(pathPrefix, after, limit) {
    return this.#read((sql) => new Roles(sql).list(pathPrefix, after, limit)) ?? { roles: [], more: false };
  }
  changeRole(name, change) {
    return this.#write((sql) => new Roles(sql).change(name, change));
  }
  tagRole(name, added, removed) {
    return this.#write((sql) => new Roles(sql).tag(name, added, removed));
  }
  /** A role keeps its place as long as policies hang on it: `attached` managed ones, or inline ones in `policies`. */
  deleteRole(name) {
    return this.#write((sql) => {
      const roles = new Roles(sql);
      if (!roles.named(name)) return "none";
      const policies = new RolePolicies(sql, name);
      if (policies.attached().length > 0) return "attached";
      if (policies.names().length > 0) return "policies";
      roles.delete(name);
      return "done";
    });
  }
  /** Sets an inline policy of a role, in place of one of the same name. */
  putRolePolicy(role, name, document) {
    return this.#write((sql) => new Roles(sql).named(role) ? new RolePolicies(sql, role).put(name, document) : "none");
  }
  /** An inline policy of a role, with the role's ARN to tell which one it is; `undefined` if there is no such role. */
  rolePolicy(role, name) {
    const found = this.role(role);
    return found && this.#read((sql) => ({ roleArn: found.arn, document: new RolePolicies(sql, role).document(name) }));
  }
  /** Names of a role's inline policies; `undefined` if there is no such role. */
  rolePolicyNames(role) {
    return this.role(role) && this.#read((sql) => new RolePolicies(sql, role).names());
  }
  deleteRolePolicy(role, name) {
    return this.#write((sql) => new Roles(sql).named(role) ? new RolePolicies(sql, role).delete(name) : "no_role");
  }
  attachRolePolicy(role, arn2) {
    return this.#write((sql) => new Roles(sql).named(role) ? new RolePolicies(sql, role).attach(arn2) : "none");
  }
  /** ARNs of the managed policies that are attached to a role; `undefined` if there is no such role. */
  attachedRolePolicies(role) {
    return this.role(role) && this.#read((sql) => new RolePolicies(sql, role).attached());
  }
  detachRolePolicy(role, arn2) {
    return this.#write((sql) => new Roles(sql).named(role) ? new RolePolicies(sql, role).detach(arn2) : "no_role");
  }
  /** Nothing is stored by reading: an account that was never used has no tables, and is answered `undefined`. */
  #read(work) {
    return isOpened(this.ctx.storage) ? work(this.ctx.storage.sql) : void 0;
  }
  #write(work) {
    migrate(this.ctx.storage, MIGRATIONS2);
    return this.ctx.storage.transactionSync(() => work(this.ctx.storage.sql));
  }
};

// src/base/arn.ts
function parseArn(text2) {
  const [arn2, partition, service, region, account, ...resource] = text2.split(":");
  if (arn2 !== "arn" || !partition || !service || region === void 0 || account === void 0 || resource.length === 0)
    return void 0;
  return { partition, service, region, account, resource: resource.join(":") };
}

// src/account/accounts.ts
var Accounts = class {
  #namespace;
  #world;
  #records = new BoundedMap({ capacity: MAX_CACHED_ACCOUNTS });
  #samlProviders = new BoundedMap({
    capacity: MAX_CACHED_SAML_PROVIDERS
  });
  /** By account, role ARN and name. */
  #rolePolicies = new BoundedMap({
    capacity: MAX_CACHED_ROLE_POLICIES
  });
  constructor(namespace, world) {
    this.#namespace = namespace;
    this.#world = world;
  }
  /** Asks the account's object. A question that the platform makes us put again is told so. */
  ask(account, question) {
    return callObject((repeated) => question(this.#namespace.getByName(account), repeated));
  }
  /** Asks for a change, and forgets what this isolate knows of the account by then. */
  async change(account, question) {
    const changed2 = await this.ask(account, question);
    this.forget(account);
    return changed2;
  }
  /** Deletes a record; one that is gone when the platform makes us ask again was deleted by the first call. */
  remove(account, deletion) {
    return this.change(account, async (object, repeated) => {
      const outcome = await deletion(object);
      return outcome === "none" && repeated ? "done" : outcome;
    });
  }
  /** Forgets what this isolate knows of the account, after changing it. */
  forget(account) {
    this.#records.delete(account);
    for (const arn2 of this.#samlProviders.keys())
      if (parseArn(arn2)?.account === account) this.#samlProviders.delete(arn2);
    for (const key of this.#rolePolicies.keys()) if (key.startsWith(`${account} `)) this.#rolePolicies.delete(key);
  }
  async oidcProviders(account, arns) {
    if (arns.length === 0) return [];
    let records = await this.#recordsOf(account, RECORDS_MAX_AGE_MS);
    if (arns.some((arn2) => !records.oidcProviders.has(arn2)))
      records = await this.#recordsOf(account, RECORDS_MIN_AGE_MS);
    return arns.flatMap((arn2) => records.oidcProviders.get(arn2) ?? []);
  }
  /** Those of these ARNs that are registered. All are of this account. */
  async samlProviders(account, arns) {
    const now = this.#world.now();
    const known = arns.flatMap((arn2) => {
      const { provider, readAt } = this.#samlProviders.get(arn2) ?? { readAt: Number.NEGATIVE_INFINITY };
      return now - readAt < (provider ? RECORDS_MAX_AGE_MS : RECORDS_MIN_AGE_MS) ? [{ arn: arn2, provider }] : [];
    });
    const asked = arns.filter((arn2) => !known.some((one) => one.arn === arn2));
    const found = asked.length > 0 ? await this.ask(account, (object) => object.samlProvidersNamed(asked)) : [];
    for (const arn2 of asked) {
      const provider = found.find((one) => one.arn === arn2);
      this.#samlProviders.set(arn2, { provider, readAt: now });
    }
    return [...known.flatMap(({ provider }) => provider ?? []), ...found];
  }
  /** The role with this very ARN, or `undefined` if none is registered. */
  async role(account, arn2) {
    const { roles } = await this.#recordsOf(account, RECORDS_MAX_AGE_MS);
    const known = roles.get(arn2);
    const now = this.#world.now();
    if (known && (known.role || now - known.readAt < RECORDS_MIN_AGE_MS)) return known.role;
    const found = await this.ask(account, (object) => object.role(roleNameIn(arn2)));
    const role = found?.arn === arn2 ? found : void 0;
    roles.set(arn2, { role, readAt: now });
    return role;
  }
  /** This inline policy of the role with this very ARN, or `undefined` if there is no such role or policy. */
  async rolePolicy(account, roleArn, policyName) {
    const key = `${account} ${roleArn} ${policyName}`;
    const known = this.#rolePolicies.get(key);
    const now = this.#world.now();
    const maxAge = known?.document === void 0 ? RECORDS_MIN_AGE_MS : RECORDS_MAX_AGE_MS;
    if (known && now - known.readAt < maxAge) return known.document;
    const found = await this.ask(account, (object) => object.rolePolicy(roleNameIn(roleArn), policyName));
    const document = found?.roleArn === roleArn ? found.document : void 0;
    this.#rolePolicies.set(key, { document, readAt: now });
    return document;
  }
  async #recordsOf(account, maxAge) {
    const known = this.#records.get(account);
    const now = this.#world.now();
    if (known && now - known.readAt < maxAge) return known;
    const providers = await this.ask(account, (object) => object.oidcProviders());
    const roles = new BoundedMap({ capacity: MAX_CACHED_ROLES });
    const records = { oidcProviders: new Map(providers.map((p) => [p.arn, p])), roles, readAt: now };
    this.#records.set(account, records);
    return records;
  }
};
function roleNameIn(arn2) {
  return arn2.slice(arn2.lastIndexOf("/") + 1);
}

// src/tokens/key-ring.ts
import { DurableObject as DurableObject3 } from "cloudflare:workers";

// src/base/log.ts
var consoleLog = {
  info: (event, fields) => console.log(JSON.stringify({ level: "info", event, ...fields })),
  warn: (event, fields) => console.warn(JSON.stringify({ level: "warn", event, ...fields })),
  error: (event, fields) => console.error(JSON.stringify({ level: "error", event, ...fields }))
};

// src/base/result.ts
function ok(value) {
  return { ok: true, value };
}
function err(error) {
  return { ok: false, error };
}

// src/base/json.ts
function isJsonObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// src/config/setting.ts
var SettingError = class extends Error {
  name = "SettingError";
  setting;
  problem;
  constructor(setting, problem) {
    super(`Edge Identity is not configured: ${setting} ${problem}.`);
    this.setting = setting;
    this.problem = problem;
  }
};
function oneOf(name, value, accepted) {
  const found = accepted.find((one) => one === value);
  if (found !== void 0) return found;
  throw new SettingError(name, `must be one of ${accepted.join(", ")}`);
}
function jsonObject(name, text2, members) {
  let value;
  try {
    value = JSON.parse(text2);
  } catch {
    value = void 0;
  }
  if (!isJsonObject(value)) throw new SettingError(name, `must be a JSON object with ${members}`);
  return value;
}
function listFrom(value) {
  return (value ?? "").split(",").flatMap((item) => item.trim() || []);
}

// src/policy/glob.ts
var RUN = /* @__PURE__ */ Symbol("*");
var ONE = /* @__PURE__ */ Symbol("?");
function fits(glob, text2) {
  const characters = [...text2];
  let g = 0;
  let t = 0;
  let behindRun = -1;
  let runEnd = 0;
  while (t < characters.length) {
    const wanted = glob[g];
    if (wanted === RUN) {
      behindRun = ++g;
      runEnd = t;
    } else if (wanted === ONE || wanted === characters[t]) {
      g++;
      t++;
    } else if (behindRun >= 0) {
      g = behindRun;
      t = ++runEnd;
    } else return false;
  }
  while (glob[g] === RUN) g++;
  return g === glob.length;
}

// src/policy/limits.ts
var MAX_DOCUMENT_CHARS = { identity: 20 * 1024, trust: 128 * 1024 };
var MAX_STATEMENTS = 200;
var MAX_QUOTED_CHARS = 64;

// src/policy/parsed.ts
function malformed(detail) {
  return err({ reason: "malformed_policy", detail });
}
function parseAll(items, parse) {
  const values = [];
  for (const item of items) {
    const parsed = parse(item);
    if (!parsed.ok) return parsed;
    values.push(parsed.value);
  }
  return ok(values);
}
function quote(text2) {
  return text2.length > MAX_QUOTED_CHARS ? `'${text2.slice(0, MAX_QUOTED_CHARS)}\u2026'` : `'${text2}'`;
}
function membersOf(value) {
  return isJsonObject(value) ? new Map(Object.entries(value)) : void 0;
}
function readMembers(value, known) {
  const members = membersOf(value);
  if (!members) return malformed("Syntax errors in policy.");
  const unknown = [...members.keys()].find((name) => !known.has(name));
  return unknown === void 0 ? ok(Object.fromEntries(members)) : malformed(`Unknown field ${quote(unknown)}.`);
}
function stringsOf(value) {
  const items = Array.isArray(value) ? value : [value];
  return items.length > 0 && items.every((item) => typeof item === "string") ? items : void 0;
}

// src/policy/template.ts
var WILDCARDS = /* @__PURE__ */ new Map([
  ["*", RUN],
  ["?", ONE]
]);
function parseTemplate(text2, { variables, wildcards }) {
  const template = [];
  const tokens = variables ? text2.matchAll(/\$\{((?:[^}']|'[^']*')*)\}|\$\{|./gsu) : text2.matchAll(/./gsu);
  for (const [token, body] of tokens) {
    if (body !== void 0) {
      const variable2 = parseVariable(body);
      if (!variable2.ok) return variable2;
      template.push(variable2.value);
    } else if (token === "${") {
      return malformed(`Variable without closing brace in ${quote(text2)}.`);
    } else {
      template.push((wildcards ? WILDCARDS.get(token) : void 0) ?? token);
    }
  }
  return ok(template);
}
function parseVariable(body) {
  if (body === "*" || body === "?" || body === "$") return ok(body);
  const comma = body.indexOf(",");
  const key = (comma < 0 ? body : body.slice(0, comma)).trim();
  if (!/^[^'*?${}]+$/.test(key)) return malformed(`Invalid variable name in ${quote(body)}.`);
  if (comma < 0) return ok({ key: key.toLowerCase(), fallback: void 0 });
  const [, fallback] = /^'((?:[^']|'')*)'$/.exec(body.slice(comma + 1).trim()) ?? [];
  if (fallback === void 0) return malformed(`The default of a variable must be in single quotes in ${quote(body)}.`);
  return ok({ key: key.toLowerCase(), fallback: fallback.replaceAll("''", "'") });
}
function resolve2(template, context) {
  const glob = [];
  for (const part of template) {
    if (typeof part !== "object") {
      glob.push(part);
      continue;
    }
    const value = variableValue(part, context);
    if (value === void 0) return void 0;
    for (const character of value) glob.push(character);
  }
  return glob;
}
function variableValue({ key, fallback }, context) {
  const values = context.get(key) ?? [];
  if (values.length === 0) return fallback;
  return values.length === 1 ? values[0] : void 0;
}
function plainText(glob) {
  return glob.join("");
}

// src/base/ip.ts
function parseIpRange(text2) {
  const [, address = "", length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text2) ?? [];
  const mapped = address.includes(":") ? 96 : 0;
  const ip2 = parseIp(address);
  if (ip2 === void 0) return void 0;
  const written = length === void 0 ? void 0 : Number(length) - (ip2.width === 32 ? mapped : 0);
  const prefix = written ?? ip2.width;
  if (prefix < 0 || prefix > ip2.width) return void 0;
  const hostBits = BigInt(ip2.width - prefix);
  return { width: ip2.width, prefix, network: ip2.value >> hostBits << hostBits };
}
function rangeHolds({ width, network, prefix }, text2) {
  const ip2 = parseIp(text2);
  return ip2?.width === width && (ip2.value ^ network) >> BigInt(width - prefix) === 0n;
}
function parseIp(text2) {
  if (!text2.includes(":")) {
    const value2 = parseV4(text2);
    return value2 === void 0 ? void 0 : { width: 32, value: value2 };
  }
  const value = parseV6(text2);
  if (value === void 0) return void 0;
  return value >> 32n === 0xffffn ? { width: 32, value: value & 0xffffffffn } : { width: 128, value };
}
function parseV4(text2) {
  const octets = text2.split(".");
  if (octets.length !== 4 || !octets.every((octet) => /^(?:0|[1-9]\d{0,2})$/.test(octet) && Number(octet) < 256))
    return void 0;
  return octets.reduce((sum, octet) => sum << 8n | BigInt(octet), 0n);
}
function parseV6(text2) {
  const [head, tail, more] = groupsInHex(text2).split("::");
  if (head === void 0 || more !== void 0) return void 0;
  const before = head === "" ? [] : head.split(":");
  const after = tail === void 0 || tail === "" ? [] : tail.split(":");
  const missing = 8 - before.length - after.length;
  if (tail === void 0 ? missing !== 0 : missing < 1) return void 0;
  const groups = [...before, ...Array(missing).fill("0"), ...after];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return void 0;
  return groups.reduce((sum, group) => sum << 16n | BigInt(`0x${group}`), 0n);
}
function groupsInHex(text2) {
  const ending = text2.lastIndexOf(":") + 1;
  const value = parseV4(text2.slice(ending));
  return value === void 0 ? text2 : `${text2.slice(0, ending)}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
}

// src/policy/comparands.ts
var exactly = text(false, (wanted) => {
  const plain = plainText(wanted);
  return (value) => value === plain;
});
var ignoringCase = text(false, (wanted) => {
  const folded = plainText(wanted).toLowerCase();
  return (value) => value.toLowerCase() === folded;
});
var like = text(true, (wanted) => (value) => fits(wanted, value));
var arn = (written, variables) => {
  const template = parseTemplate(written, { variables, wildcards: true });
  if (!template.ok) return template;
  const wanted = arnParts(template.value);
  if (!wanted || !written.startsWith("arn:")) return malformed(`${quote(written)} is not an ARN.`);
  return ok((context) => {
    const globs = wanted.map((part) => resolve2(part, context)).filter((glob) => glob !== void 0);
    return globs.length < wanted.length ? void 0 : (value) => fitsParts(globs, value);
  });
};
var ip = constant("an IP address or range", parseIpRange, rangeHolds);
var bool = constant(
  "true or false",
  (written) => /^(?:true|false)$/i.test(written) ? written.toLowerCase() : void 0,
  (wanted, value) => value.toLowerCase() === wanted
);
function number(compare) {
  return compared("a number", parseNumber, compare);
}
function date(compare) {
  return compared("a date", parseDate, compare);
}
function text(wildcards, test) {
  return (written, variables) => {
    const template = parseTemplate(written, { variables, wildcards });
    if (!template.ok) return template;
    return ok((context) => {
      const wanted = resolve2(template.value, context);
      return wanted && test(wanted);
    });
  };
}
function constant(kind, parse, holds) {
  return (written) => {
    const wanted = parse(written);
    if (wanted === void 0) return malformed(`${quote(written)} is not ${kind}.`);
    const test = (value) => holds(wanted, value);
    return ok(() => test);
  };
}
function compared(kind, parse, compare) {
  return constant(kind, parse, (wanted, value) => {
    const got = parse(value);
    return got !== void 0 && compare(got, wanted);
  });
}
function parseNumber(written) {
  return /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(written) ? Number(written) : void 0;
}
var ISO_DATE = /^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?)?)?$/;
function parseDate(written) {
  const date2 = ISO_DATE.test(written) ? Date.parse(written) : /^\d+$/.test(written) ? Number(written) * 1e3 : Number.NaN;
  return Number.isNaN(date2) ? void 0 : date2;
}
function fitsParts(wanted, value) {
  const got = arnParts([...value]);
  return got !== void 0 && wanted.every((glob, n) => fits(glob, got[n]?.join("") ?? ""));
}
function arnParts(characters) {
  const parts = [[]];
  for (const character of characters) {
    if (character === ":" && parts.length < 6) parts.push([]);
    else parts.at(-1)?.push(character);
  }
  return parts.length === 6 ? parts : void 0;
}

// src/policy/operators.ts
var operators = new Map([
  ["StringEquals", when(exactly)],
  ["StringNotEquals", unless(exactly)],
  ["StringEqualsIgnoreCase", when(ignoringCase)],
  ["StringNotEqualsIgnoreCase", unless(ignoringCase)],
  ["StringLike", when(like)],
  ["StringNotLike", unless(like)],
  ...ordered("Numeric", number),
  ...ordered("Date", date),
  ["Bool", when(bool)],
  ["IpAddress", when(ip)],
  ["NotIpAddress", unless(ip)],
  ["ArnEquals", when(arn)],
  ["ArnNotEquals", unless(arn)],
  ["ArnLike", when(arn)],
  ["ArnNotLike", unless(arn)]
]);
function when(comparand) {
  return { negated: false, comparand };
}
function unless(comparand) {
  return { negated: true, comparand };
}
function ordered(type, comparand) {
  return [
    [`${type}Equals`, when(comparand((got, wanted) => got === wanted))],
    [`${type}NotEquals`, unless(comparand((got, wanted) => got === wanted))],
    [`${type}LessThan`, when(comparand((got, wanted) => got < wanted))],
    [`${type}LessThanEquals`, when(comparand((got, wanted) => got <= wanted))],
    [`${type}GreaterThan`, when(comparand((got, wanted) => got > wanted))],
    [`${type}GreaterThanEquals`, when(comparand((got, wanted) => got >= wanted))]
  ];
}

// src/policy/conditions.ts
function parseConditions(element, variables) {
  const blocks = membersOf(element);
  if (!blocks) return malformed("Condition must be an object.");
  const parsed = parseAll([...blocks], ([name, block]) => parseBlock(name, block, variables));
  return parsed.ok ? ok(parsed.value.flat()) : parsed;
}
function parseBlock(name, block, variables) {
  const parse = name === "Null" ? parsePresence : comparisonParser(name, variables);
  if (!parse) return malformed(`Invalid condition operator ${quote(name)}.`);
  const keys = membersOf(block);
  if (!keys) return malformed(`Condition ${quote(name)} must be an object.`);
  return parseAll([...keys], ([key, value]) => {
    const values = scalars(value);
    if (!values) return malformed(`The values of ${quote(key)} must be strings.`);
    if (!key.includes(":")) return malformed(`Condition keys must be prefaced by a vendor, not ${quote(key)}.`);
    const holds = parse(key.toLowerCase(), values);
    return holds.ok ? ok({ operator: name, key, wanted: values, holds: holds.value }) : holds;
  });
}
function scalars(value) {
  const items = Array.isArray(value) ? value : [value];
  const simple = items.every((item) => ["string", "number", "boolean"].includes(typeof item));
  return simple && items.length > 0 ? items.map(String) : void 0;
}
function parsePresence(key, values) {
  const wanted = new Set(values.map((value) => value.toLowerCase()));
  if (wanted.difference(/* @__PURE__ */ new Set(["true", "false"])).size > 0) return malformed("Null must be true or false.");
  return ok((context) => wanted.has(String(valuesOf(key, context).length === 0)));
}
function comparisonParser(name, variables) {
  const [, quantifier, plain = "", suffix] = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
  const operator = operators.get(plain);
  if (!operator) return void 0;
  const { negated } = operator;
  const whenAbsent = suffix !== void 0 || quantifier === "ForAllValues" || negated && quantifier === void 0;
  return (key, values) => {
    const comparands = parseAll(values, (value) => operator.comparand(value, variables));
    if (!comparands.ok) return comparands;
    return ok(
      comparison({ key, negated, comparands: comparands.value, all: quantifier === "ForAllValues", whenAbsent })
    );
  };
}
function comparison({ key, negated, comparands, all, whenAbsent }) {
  return (context, effect) => {
    const tests = comparands.map((comparand) => comparand(context)).filter((test) => test !== void 0);
    const unknown = negated ? tests.length < comparands.length : tests.length === 0;
    if (unknown && effect === "allow") return false;
    const values = valuesOf(key, context);
    if (values.length === 0) return whenAbsent;
    const satisfies = (value) => tests.some((test) => test(value)) !== negated;
    return all ? values.every(satisfies) : values.some(satisfies);
  };
}
function valuesOf(key, context) {
  return context.get(key) ?? [];
}

// src/policy/grammar.ts
var DOCUMENT_MEMBERS = /* @__PURE__ */ new Set(["Version", "Id", "Statement"]);
var STATEMENT_MEMBERS = new Set(
  "Sid Effect Principal Action NotAction Resource NotResource Condition".split(" ")
);
var DEFAULT_VERSION = "2008-10-17";
var VERSIONS = /* @__PURE__ */ new Set(["2012-10-17", DEFAULT_VERSION]);
var EFFECTS = /* @__PURE__ */ new Map([
  ["Allow", "allow"],
  ["Deny", "deny"]
]);

// src/policy/json.ts
var NOT_JSON = malformed("Syntax errors in policy.");
function readDocument(document, maxChars) {
  const text2 = typeof document === "string" ? document : asText(document);
  if (text2 === void 0) return NOT_JSON;
  if (text2.length > maxChars) return malformed(`The policy is longer than ${maxChars} characters.`);
  try {
    const value = JSON.parse(text2);
    return hasRepeatedMember(text2) ? malformed("The policy names a member of an object twice.") : ok(value);
  } catch {
    return NOT_JSON;
  }
}
function asText(value) {
  try {
    return JSON.stringify(value);
  } catch {
    return void 0;
  }
}
function hasRepeatedMember(text2) {
  const open = [];
  let latest = "";
  for (const [token] of text2.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (token === "{") open.push(/* @__PURE__ */ new Set());
    else if (token === "[") open.push(void 0);
    else if (token === "}" || token === "]") open.pop();
    else if (token !== ":") latest = token;
    else {
      const name = JSON.parse(latest);
      const names = open.at(-1);
      if (names?.has(name)) return true;
      names?.add(name);
    }
  }
  return false;
}

// src/policy/statement.ts
var PROHIBITED = {
  identity: ["Principal"],
  trust: ["Resource", "NotResource"]
};
function parseStatement(item, kind, variables) {
  const read = readMembers(item, STATEMENT_MEMBERS);
  if (!read.ok) return read;
  const members = read.value;
  const prohibited = PROHIBITED[kind].find((name) => members[name] !== void 0);
  if (prohibited !== void 0) return malformed(`Has prohibited field ${prohibited}.`);
  const { Sid: sid = "", Condition: condition = {} } = members;
  if (typeof sid !== "string" || !/^[0-9A-Za-z]*$/.test(sid))
    return malformed("Statement IDs (SID) must be alpha-numeric.");
  const effect = EFFECTS.get(members.Effect);
  if (!effect) return malformed("Effect must be Allow or Deny.");
  const principals = kind === "trust" ? parsePrincipals(members.Principal) : ok(void 0);
  if (!principals.ok) return principals;
  const actions = parseListed(members, "Action", parseAction);
  if (!actions.ok) return actions;
  const resources = kind === "identity" ? parseListed(members, "Resource", resourceParser(variables)) : ok(void 0);
  if (!resources.ok) return resources;
  const conditions = parseConditions(condition, variables);
  if (!conditions.ok) return conditions;
  return ok({
    sid,
    effect,
    principals: principals.value,
    actions: actions.value,
    resources: resources.value,
    conditions: conditions.value
  });
}
function parseListed(members, name, parse) {
  const { [name]: plain, [`Not${name}`]: inverted } = members;
  if (plain === void 0 === (inverted === void 0))
    return malformed(`A statement must have either ${name} or Not${name}.`);
  const texts = stringsOf(plain ?? inverted);
  if (!texts) return malformed(`${name} must be a string or a list of strings.`);
  const templates = parseAll(texts, parse);
  return templates.ok ? ok({ negated: plain === void 0, wanted: texts, templates: templates.value }) : templates;
}
function parseAction(text2) {
  if (text2 !== "*" && !/^[a-z0-9*?-]+:[a-z0-9*?]+$/i.test(text2))
    return malformed(`Actions must be prefaced by a vendor, e.g., iam, not ${quote(text2)}.`);
  return parseTemplate(text2.toLowerCase(), { variables: false, wildcards: true });
}
function resourceParser(variables) {
  return (text2) => {
    const template = parseTemplate(text2, { variables, wildcards: true });
    if (!template.ok || text2 === "*") return template;
    const colons = template.value.filter((part) => part === ":").length;
    if (!text2.startsWith("arn:") || colons < 5 && !text2.endsWith("*"))
      return malformed(`Resource ${quote(text2)} must be in ARN format or "*".`);
    return template;
  };
}
function parsePrincipals(element) {
  if (element === void 0) return malformed("Missing required field Principal.");
  if (element === "*") return ok("everyone");
  const types = membersOf(element);
  if (!types || types.size === 0) return malformed('Principal must be "*" or an object.');
  const parsed = parseAll([...types], ([type, value]) => parseNames(type, value));
  if (!parsed.ok) return parsed;
  const names = new Map(parsed.value);
  return ok(names.get("AWS")?.includes("*") ? "everyone" : names);
}
function parseNames(type, value) {
  if (type !== "Federated" && type !== "AWS" && type !== "Service")
    return malformed(`Unknown principal type ${quote(type)}.`);
  const names = stringsOf(value);
  if (!names) return malformed(`The ${type} principal must be a string or a list of strings.`);
  const wrong = names.find((name) => name === "" || name !== "*" && /[*?]/.test(name));
  return wrong === void 0 ? ok([type, names]) : malformed(`The principal ${quote(wrong)} must be a name or "*".`);
}

// src/policy/parse.ts
function parsePolicy(document, kind) {
  const root = readDocument(document, MAX_DOCUMENT_CHARS[kind]);
  if (!root.ok) return root;
  const members = readMembers(root.value, DOCUMENT_MEMBERS);
  if (!members.ok) return members;
  const { Version: version = DEFAULT_VERSION, Id: id = "", Statement: statement } = members.value;
  if (!VERSIONS.has(version)) return malformed("Version must be 2012-10-17 or 2008-10-17.");
  if (typeof id !== "string") return malformed("Id must be a string.");
  const items = statementsOf(statement);
  if (!items.ok) return items;
  const statements = parseAll(items.value, (item) => parseStatement(item, kind, version === "2012-10-17"));
  if (!statements.ok) return statements;
  const sids = statements.value.map(({ sid }) => sid).filter((sid) => sid !== "");
  if (new Set(sids).size < sids.length) return malformed("Statement IDs (SID) in a single policy must be unique.");
  return ok({ statements: statements.value });
}
function statementsOf(element) {
  const items = Array.isArray(element) ? element : element === void 0 ? [] : [element];
  if (items.length === 0) return malformed("Missing required field Statement.");
  if (items.length > MAX_STATEMENTS) return malformed(`The policy has more than ${MAX_STATEMENTS} statements.`);
  return ok(items);
}

// src/config/access-keys.ts
var accessKeyFrom = (value, { name }) => {
  const id = name.slice("ACCESS_KEY_".length);
  if (!/^\w{4,128}$/.test(id))
    throw new SettingError(name, "must be named by an access key id of 4 to 128 letters and digits");
  const { secret: secret2, account, user = id, policy } = jsonObject(name, value, '"secret", "account" and "policy"');
  if (typeof secret2 !== "string" || secret2.length < 32)
    throw new SettingError(name, 'must have a "secret" of at least 32 characters');
  if (typeof account !== "string" || !/^\d{12}$/.test(account))
    throw new SettingError(name, 'must have an "account" of twelve digits');
  if (typeof user !== "string" || !/^[\w+=,.@-]{1,64}$/.test(user))
    throw new SettingError(name, 'has a "user" that is not a user name');
  if (policy === void 0) throw new SettingError(name, 'must have a "policy": what this key may do');
  const parsed = parsePolicy(policy, "identity");
  if (!parsed.ok) throw new SettingError(name, `has a "policy" that cannot be read: ${parsed.error.detail}`);
  return { id, secret: secret2, account, user, policy };
};

// src/base/outbound-url.ts
function outboundUrl(text2, localMode) {
  const url = URL.parse(text2);
  if (!url || url.username || url.password) return void 0;
  if (url.protocol === "https:" && (localMode || isPublicName(url.hostname))) return url;
  if (url.protocol === "http:" && localMode && isLoopbackHost(url.hostname)) return url;
  return void 0;
}
function isLoopbackHost(hostname) {
  const name = hostname.replace(/\.$/, "");
  return name === "localhost" || name.endsWith(".localhost") || name === "[::1]" || /^127(\.\d+){3}$/.test(name);
}
function isPublicName(hostname) {
  const name = hostname.replace(/\.$/, "");
  const isAddress = name.startsWith("[") || /^[\d.]+$/.test(name);
  return !isAddress && name.includes(".") && !isLoopbackHost(name);
}

// src/config/issuer.ts
var issuerFrom = (value, { name, localMode }) => {
  if (value === void 0) {
    if (localMode) return void 0;
    throw new SettingError(name, "is required: the https URL under which this Worker is reached");
  }
  const url = URL.parse(value);
  if (!url || !(url.protocol === "https:" || url.protocol === "http:" && localMode))
    throw new SettingError(name, "must be an https URL");
  if (/[?#]/.test(value) || url.username || url.password || value.length > 255)
    throw new SettingError(
      name,
      "must be a plain URL of at most 255 characters, without query, fragment or credentials"
    );
  if (value.endsWith("/")) throw new SettingError(name, "must not end with a slash");
  if (!outboundUrl(value, localMode) && !localMode) throw new SettingError(name, "must have a public host name");
  if (url.port && !localMode) throw new SettingError(name, "must not name a port: AWS STS refuses such issuers");
  const normal = url.href.replace(/\/$/, "");
  if (value !== normal) throw new SettingError(name, `must be written ${normal}: issuers are compared letter by letter`);
  return value;
};

// src/config/key-encryption.ts
var KEY_BYTES = 32;
var keyEncryptionKeyFrom = (value, { name, localMode }) => {
  if (value === void 0 && !localMode) throw new SettingError(name, "is required: 32 random bytes in base64");
  return previousKeyFrom(value, { name, localMode });
};
var previousKeyFrom = (value, { name }) => {
  if (value === void 0) return void 0;
  const bytes = bytesFrom(value);
  if (bytes?.length !== KEY_BYTES) throw new SettingError(name, "is not 32 bytes in base64");
  return bytes;
};
var revokedKeysFrom = (value, { name }) => {
  const kids = listFrom(value);
  if (kids.some((kid) => !/^[\w-]+$/.test(kid)))
    throw new SettingError(name, "must be key ids as the key set publishes them, separated by commas");
  return kids;
};
function bytesFrom(base64) {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    return void 0;
  }
}

// src/config/local-mode.ts
var localModeFrom = (value, { name }) => oneOf(name, value ?? "off", ["on", "off"]) === "on";
var localHostsFrom = (value, { name, localMode }) => {
  if (value === void 0) return [];
  if (!localMode) throw new SettingError(name, "is for local mode, which is off");
  const hosts = listFrom(value);
  if (hosts.some((host) => URL.parse(`http://${host}`)?.hostname !== host || host.includes("*")))
    throw new SettingError(name, "must be host names in lower case, without scheme or port, separated by commas");
  return hosts;
};

// src/config/login-providers.ts
var providerUrlFrom = (value, { name, localMode }) => {
  if (value === void 0) return void 0;
  const url = URL.parse(value);
  if (!url || !(url.protocol === "https:" || url.protocol === "http:" && localMode) || url.search || url.hash)
    throw new SettingError(name, "must be an https URL without query or fragment");
  return value.replace(/\/$/, "");
};
var facebookAppSecretFrom = (value, { name }) => {
  if (!/_\d+$/.test(name) || value.trim() === "")
    throw new SettingError(name, "must be named by an app id, and hold the secret of that app");
  return value.trim();
};
var userPoolCheckFrom = (value, { name }) => {
  if (value === void 0) return void 0;
  const { accessKeyId, endpoint, secretAccessKey } = jsonObject(name, value, '"accessKeyId" and "secretAccessKey"');
  if (typeof accessKeyId !== "string" || typeof secretAccessKey !== "string")
    throw new SettingError(name, 'must have an "accessKeyId" and a "secretAccessKey"');
  if (endpoint !== void 0 && (typeof endpoint !== "string" || !URL.canParse(endpoint.replace("{region}", "region"))))
    throw new SettingError(name, 'has an "endpoint" that is not a URL');
  return { accessKeyId, secretAccessKey, ...endpoint !== void 0 && { endpoint } };
};

// src/config/r2-access-keys.ts
var r2AccessKeyFrom = (value, { name }) => {
  if (!/^\d{12}$/.test(name.slice("R2_ACCESS_KEY_".length)))
    throw new SettingError(name, "must be named by the account of twelve digits whose pools may grant with it");
  const given = jsonObject(name, value, '"accountId", "accessKeyId" and "secretAccessKey"');
  const { accessKeyId, accountId, buckets, jurisdiction, secretAccessKey } = given;
  if (typeof accountId !== "string" || !/^[0-9a-f]{32}$/.test(accountId))
    throw new SettingError(name, 'must have an "accountId" of 32 hexadecimal digits: the Cloudflare account');
  if (typeof accessKeyId !== "string" || !/^\w{16,128}$/.test(accessKeyId))
    throw new SettingError(name, 'must have an "accessKeyId": that of an R2 API token');
  if (typeof secretAccessKey !== "string" || !/^[0-9a-f]{64}$/.test(secretAccessKey))
    throw new SettingError(
      name,
      'must have a "secretAccessKey" of 64 hexadecimal digits, which the token itself is not'
    );
  if (jurisdiction !== void 0 && jurisdiction !== "eu" && jurisdiction !== "fedramp")
    throw new SettingError(name, 'has a "jurisdiction" that is neither "eu" nor "fedramp"');
  if (buckets !== void 0 && !isListOfTexts(buckets))
    throw new SettingError(name, 'has "buckets" that are not a list of bucket names');
  return {
    accountId,
    accessKeyId,
    secretAccessKey,
    ...jurisdiction !== void 0 && { jurisdiction },
    ...buckets !== void 0 && { buckets }
  };
};
function isListOfTexts(value) {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

// src/config/sts.ts
var STORE_PROFILES = ["compatible", "minio", "seaweedfs", "ceph", "localstack"];
var stsProfileFrom = (value = "compatible", { name }) => oneOf(name, value, STORE_PROFILES);
var stsEndpointFrom = (value, { name, localMode }) => {
  if (value === void 0) {
    if (localMode) return "embedded";
    throw new SettingError(name, 'is required: "aws", "embedded", or the https URL of an STS-compatible service');
  }
  if (value === "aws" || value === "embedded") return value;
  const url = URL.parse(value);
  if (!url || !(url.protocol === "https:" || url.protocol === "http:" && localMode) || url.username || url.password)
    throw new SettingError(name, 'must be "aws", "embedded", or an https URL');
  if (/[?#]/.test(value)) throw new SettingError(name, "must be a URL without query or fragment");
  return value;
};

// src/config/settings.ts
var variable = (value, absent, read) => ({
  kind: "variable",
  value,
  absent,
  read
});
var secret = (value, absent, read) => ({
  kind: "secret",
  value,
  absent,
  read
});
var secrets = (value, absent, read, lack) => ({
  kind: "secret",
  value,
  absent,
  read,
  ...lack !== void 0 && { lack }
});
var providerUrl = (asked) => variable(`https URL at which ${asked}, for a proxy`, "the provider's own", providerUrlFrom);
var DECISIONS = ["all", "refusals", "off"];
var SINGLE_SETTINGS = {
  ISSUER: variable(
    "https URL under which the Worker is reached, without port and trailing slash; the `iss` of every token",
    "required",
    issuerFrom
  ),
  STS_ENDPOINT: variable(
    "`aws`, `embedded`, or the https URL of an STS-compatible service",
    "required",
    stsEndpointFrom
  ),
  STS_PROFILE: variable(
    "the make of an STS-compatible service: `compatible`, `minio`, `seaweedfs`, `ceph` or `localstack`; only with a URL in `STS_ENDPOINT`",
    "`compatible`",
    stsProfileFrom
  ),
  DECISIONS: variable(
    "which audit records operators can ask about: `refusals`, `all` or `off`",
    "`refusals`; `all` in local mode",
    (value, { localMode, name }) => oneOf(name, value ?? (localMode ? "all" : "refusals"), DECISIONS)
  ),
  TOKEN_ALG: variable(
    "`RS256`, `ES256` or `RS512`",
    "`RS256`",
    (value = "RS256", { name }) => oneOf(name, value, ["RS256", "ES256", "RS512"])
  ),
  REVOKED_KEYS: variable(
    "key ids (`kid`) of signing keys that must not be trusted any more, separated by commas",
    "none",
    revokedKeysFrom
  ),
  FACEBOOK_GRAPH_URL: providerUrl("Facebook's Graph API is asked"),
  FACEBOOK_LIMITED_URL: providerUrl("Facebook Limited Login is asked"),
  AMAZON_API_URL: providerUrl("Login with Amazon is asked"),
  X_API_URL: providerUrl("X is asked"),
  APPLE_KEYS_URL: providerUrl("Apple is asked for its keys"),
  GOOGLE_KEYS_URL: providerUrl("Google is asked for its keys"),
  SAML_RECIPIENTS: variable(
    "URLs that SAML assertions may name as recipient besides AWS's own, separated by commas",
    "none",
    listFrom
  ),
  SAML_AUDIENCES: variable(
    "entity ids that SAML assertions may name as audience besides AWS's own, separated by commas",
    "none",
    listFrom
  ),
  LOCAL_MODE: variable("`on` or `off`; for `npm start`, refused by `npm run deploy`", "`off`", localModeFrom),
  LOCAL_HOSTS: variable(
    "in local mode: host names to serve besides loopback, such as a container's, separated by commas",
    "none",
    localHostsFrom
  ),
  KEY_ENCRYPTION_KEY: secret(
    "32 random bytes in base64; the service wraps its signing keys under them",
    "required",
    keyEncryptionKeyFrom
  ),
  KEY_ENCRYPTION_KEY_PREVIOUS: secret("the other key while the key is being changed", "none", previousKeyFrom),
  USER_POOL_CHECK: secret(
    "JSON with `accessKeyId` and `secretAccessKey`: AWS keys that may call `cognito-idp:AdminGetUser`, for user pools with `ServerSideTokenCheck`",
    "such logins are refused",
    userPoolCheckFrom
  )
};
var NAMED_SETTINGS = {
  "ACCESS_KEY_<id>": secrets(
    "JSON with `secret`, `account`, `policy` and optional `user`: an access key for signed operations",
    "every signed call is refused",
    accessKeyFrom,
    "nobody could call signed operations"
  ),
  "R2_ACCESS_KEY_<account>": secrets(
    "JSON with `accountId`, `accessKeyId` and `secretAccessKey`: an R2 API token, for grants of R2 in pools of that account",
    "such grants are refused",
    r2AccessKeyFrom
  ),
  "FACEBOOK_APP_SECRET_<app id>": secrets(
    "the secret of that app; its access tokens are then inspected rather than tried out",
    "none",
    facebookAppSecretFrom
  )
};
function settingNamed(name) {
  if (Object.hasOwn(SINGLE_SETTINGS, name)) return SINGLE_SETTINGS[name];
  return Object.entries(NAMED_SETTINGS).find(([pattern]) => name.startsWith(prefixOf(pattern)))?.[1];
}
function prefixOf(pattern) {
  return pattern.slice(0, pattern.indexOf("<"));
}

// src/config/environment.ts
function environmentOf(env) {
  const texts = /* @__PURE__ */ new Map();
  for (const [name, value] of Object.entries(env))
    if (typeof value === "string") texts.set(name, value);
    else if (value !== void 0 && settingNamed(name))
      throw new SettingError(name, "must be text, which a JSON variable is not");
  const text2 = (name) => texts.get(name)?.trim() || void 0;
  const localMode = SINGLE_SETTINGS.LOCAL_MODE.read(text2("LOCAL_MODE"), { name: "LOCAL_MODE", localMode: false });
  return {
    localMode,
    has: (name) => text2(name) !== void 0,
    one: (name) => SINGLE_SETTINGS[name].read(text2(name), { name, localMode }),
    all: (pattern) => {
      const prefix = prefixOf(pattern);
      const named = [...texts].filter(([name]) => name.startsWith(prefix));
      const read = NAMED_SETTINGS[pattern].read;
      return new Map(
        named.map(([name, value]) => [
          name.slice(prefix.length),
          read(value, { name, localMode })
        ])
      );
    }
  };
}

// src/config/key-ring.ts
function readKeyRingConfig(env) {
  const given = environmentOf(env);
  const keyEncryption = {
    current: given.one("KEY_ENCRYPTION_KEY") ?? "local",
    previous: given.one("KEY_ENCRYPTION_KEY_PREVIOUS")
  };
  return { keyEncryption, revokedKids: given.one("REVOKED_KEYS") };
}
function readKeyRingSettings(env) {
  try {
    return ok(readKeyRingConfig(env));
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    const { problem, setting } = error;
    const why = problem.startsWith("is required") ? "missing" : problem.replace(/^is /, "");
    return err({ reason: "bad_setting", setting, problem: why });
  }
}

// src/tokens/key-encryption.ts
import { CompactEncrypt, compactDecrypt } from "jose";
var LOCAL_KEK = "local";
async function deriveKeyEncryptionKeys(secrets2) {
  const [current, previous] = await Promise.all([
    keyEncryptionKey(secrets2.current),
    secrets2.previous && keyEncryptionKey(secrets2.previous)
  ]);
  return { current, previous };
}
function findKek(keks, kid) {
  return [keks.current, keks.previous].find((kek) => kek?.kid === kid);
}
async function wrap(text2, kek) {
  return { jwe: await encrypt(text2, kek.wrapping, kek.kid), kek: kek.kid };
}
async function unwrap({ jwe, kek: kid }, keks) {
  const kek = findKek(keks, kid);
  if (!kek) throw new Error(`wrapped under key-encryption key ${kid}, which is not here`);
  return decrypt(jwe, kek.wrapping);
}
async function encrypt(text2, key, kid) {
  return new CompactEncrypt(utf8(text2)).setProtectedHeader({ alg: "dir", enc: "A256GCM", kid }).encrypt(key);
}
async function decrypt(jwe, key) {
  const options = { keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: ["A256GCM"] };
  return new TextDecoder().decode((await compactDecrypt(jwe, key, options)).plaintext);
}
async function keyEncryptionKey(given) {
  const secret2 = given === "local" ? await sha256(utf8("edge-identity local mode: this is no secret")) : given;
  const [name, wrapping, sealing] = await Promise.all([
    deriveKey(secret2, "edge-identity key-encryption key: name"),
    deriveKey(secret2, "edge-identity key-encryption key: wrap key ring"),
    deriveKey(secret2, "edge-identity key-encryption key: seal snapshot")
  ]);
  return { kid: given === "local" ? LOCAL_KEK : hex(await sha256(name)).slice(0, 16), wrapping, sealing };
}

// src/tokens/limits.ts
var MINUTE_MS = 6e4;
var DAY_MS = 24 * 60 * MINUTE_MS;
var OPENID_TOKEN_SECONDS = 10 * 60;
var DEVELOPER_TOKEN_SECONDS = 15 * 60;
var MAX_TOKEN_SECONDS = 24 * 60 * 60;
var RSA_BITS = 2048;
var SIGNING_PERIOD_MS = 30 * DAY_MS;
var SNAPSHOT_FRESH_MS = 5 * MINUTE_MS;
var SNAPSHOT_FALLBACK_MS = DAY_MS;
var FALLBACK_PAUSE_MS = 1e4;
var SNAPSHOT_PUT_INTERVAL_MS = MINUTE_MS;
var SNAPSHOT_EDGE_CACHE_SECONDS = 30;
var PUBLISHED_KEYS_MAX_AGE_SECONDS = 3600;
var PUBLISH_BEFORE_MS = SNAPSHOT_FALLBACK_MS + 2 * PUBLISHED_KEYS_MAX_AGE_SECONDS * 1e3;
var HANDOVER_MS = 2 * SNAPSHOT_FRESH_MS;
var PUBLISH_AFTER_MS = 2 * MAX_TOKEN_SECONDS * 1e3;

// src/tokens/ring-store.ts
var MIGRATIONS3 = [
  `CREATE TABLE ring (
     one INTEGER PRIMARY KEY CHECK (one = 1),
     algorithm TEXT NOT NULL,
     seed TEXT NOT NULL,
     seed_kek TEXT NOT NULL
   );
   CREATE TABLE signing_key (
     kid TEXT PRIMARY KEY,
     public_jwk TEXT NOT NULL,
     private_key TEXT,
     private_kek TEXT,
     created_at INTEGER NOT NULL,
     sign_from INTEGER NOT NULL,
     sign_until INTEGER NOT NULL,
     revoked_at INTEGER
   );`
];
var RingStore = class {
  #storage;
  /** Stores nothing, if nothing ever was. */
  constructor(storage) {
    this.#storage = storage;
    if (isOpened(storage)) migrate(storage, MIGRATIONS3);
  }
  /** The ring, or `undefined` if none was ever opened here. */
  read() {
    if (!isOpened(this.#storage)) return void 0;
    const { sql } = this.#storage;
    const { algorithm, seed, seed_kek } = sql.exec("SELECT algorithm, seed, seed_kek FROM ring").one();
    const keys = sql.exec("SELECT * FROM signing_key").toArray().map(storedKey);
    return { algorithm, seed: { jwe: seed, kek: seed_kek }, keys };
  }
  open(algorithm, seed) {
    migrate(this.#storage, MIGRATIONS3);
    this.#storage.sql.exec(
      "INSERT INTO ring (one, algorithm, seed, seed_kek) VALUES (1, ?, ?, ?)",
      algorithm,
      seed.jwe,
      seed.kek
    );
  }
  rewrap({ old, renewed }) {
    const { sql } = this.#storage;
    sql.exec("UPDATE ring SET seed = ?, seed_kek = ? WHERE seed = ?", renewed.jwe, renewed.kek, old.jwe);
    sql.exec(
      "UPDATE signing_key SET private_key = ?, private_kek = ? WHERE private_key = ?",
      renewed.jwe,
      renewed.kek,
      old.jwe
    );
  }
  add({ publicJwk, privateKey }, { kid, createdAt, signFrom, signUntil }) {
    this.#storage.sql.exec(
      `INSERT INTO signing_key (kid, public_jwk, private_key, private_kek, created_at, sign_from, sign_until)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      kid,
      JSON.stringify(publicJwk),
      privateKey.jwe,
      privateKey.kek,
      createdAt,
      signFrom,
      signUntil
    );
  }
  /** Gives the stored keys these times, writing only what differs, and deletes the keys that are not named. */
  reschedule(keys) {
    const { sql } = this.#storage;
    for (const { kid, signFrom, signUntil, revokedAt } of keys)
      sql.exec(
        `UPDATE signing_key SET sign_from = ?1, sign_until = ?2, revoked_at = ?3,
           private_key = iif(?3 IS NULL, private_key, NULL), private_kek = iif(?3 IS NULL, private_kek, NULL)
         WHERE kid = ?4 AND (sign_from, sign_until, revoked_at) IS NOT (?1, ?2, ?3)`,
        signFrom,
        signUntil,
        revokedAt,
        kid
      );
    sql.exec(
      "DELETE FROM signing_key WHERE kid NOT IN (SELECT value FROM json_each(?))",
      JSON.stringify(keys.map(({ kid }) => kid))
    );
  }
};
function storedKey(row) {
  return {
    kid: row.kid,
    createdAt: row.created_at,
    signFrom: row.sign_from,
    signUntil: row.sign_until,
    revokedAt: row.revoked_at,
    publicJwk: JSON.parse(row.public_jwk),
    privateKey: row.private_key !== null && row.private_kek !== null ? { jwe: row.private_key, kek: row.private_kek } : void 0
  };
}

// src/tokens/rotation.ts
function turnRing(ring, { now, revokedKids, spareKid }) {
  let keys = ring.map((key) => revokedKids.has(key.kid) ? revoked(key, now) : key).filter((key) => now < key.signUntil + PUBLISH_AFTER_MS);
  if (!signingKeyOf(keys, now)) keys = startUpcoming(keys, now);
  if (!signingKeyOf(keys, now)) {
    if (spareKid === void 0) return { keys, wantsKey: true };
    return { keys: [...keys, scheduled(spareKid, now, now)], wantsKey: false };
  }
  if (followUpAt(keys) > now) return { keys, wantsKey: false };
  if (spareKid === void 0) return { keys, wantsKey: true };
  return { keys: follow(keys, spareKid, now), wantsKey: false };
}
function signingKeyOf(keys, now) {
  return keys.filter((key) => isLive(key) && key.signFrom <= now && now < key.signUntil).reduce((latest, key) => latest && latest.signFrom >= key.signFrom ? latest : key, void 0);
}
function publishedKeys(keys) {
  return keys.filter(isLive).sort((a, b) => a.signFrom - b.signFrom);
}
function nextTurnAt(keys) {
  return Math.min(followUpAt(keys), ...keys.map((key) => key.signUntil + PUBLISH_AFTER_MS));
}
var isLive = (key) => key.revokedAt === null;
function scheduled(kid, createdAt, signFrom) {
  return { kid, createdAt, signFrom, signUntil: signFrom + SIGNING_PERIOD_MS, revokedAt: null };
}
function revoked(key, now) {
  return isLive(key) ? { ...key, signUntil: Math.min(key.signUntil, now), revokedAt: now } : key;
}
function startUpcoming(keys, now) {
  const upcoming = publishedKeys(keys).filter((key) => key.signFrom > now);
  const moved = upcoming.map(
    (key, index) => scheduled(key.kid, key.createdAt, now + index * (SIGNING_PERIOD_MS - HANDOVER_MS))
  );
  return [...keys.filter((key) => !upcoming.includes(key)), ...moved];
}
function followUpAt(keys) {
  return lastOf(keys).signUntil - HANDOVER_MS - PUBLISH_BEFORE_MS;
}
function follow(keys, kid, now) {
  const next = scheduled(kid, now, now + PUBLISH_BEFORE_MS);
  const last = lastOf(keys);
  const extended = { ...last, signUntil: Math.max(last.signUntil, next.signFrom + HANDOVER_MS) };
  return [...keys.map((key) => key === last ? extended : key), next];
}
function lastOf(keys) {
  const last = publishedKeys(keys).at(-1);
  if (!last) throw new Error("a ring has at least one live key");
  return last;
}

// src/tokens/signing-key.ts
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from "jose";
var TOKEN_ALGORITHMS = ["RS256", "ES256", "RS512"];
function isTokenAlgorithm(text2) {
  return TOKEN_ALGORITHMS.some((algorithm) => algorithm === text2);
}
async function generateSigningKey(algorithm) {
  const pair = await generateKeyPair(algorithm, { extractable: true, modulusLength: RSA_BITS });
  const privateJwk = await exportJWK(pair.privateKey);
  const publicJwk = await toPublicJwk(privateJwk, algorithm);
  return { kid: publicJwk.kid, publicJwk, privateJwk };
}
async function toPublicJwk(jwk, alg) {
  const kid = await calculateJwkThumbprint(jwk, "sha256");
  const { kty, n, e, crv, x, y } = jwk;
  if (kty === "RSA" && n && e) return { kty: "RSA", alg, use: "sig", kid, n, e };
  if (kty === "EC" && crv && x && y) return { kty: "EC", alg, use: "sig", kid, crv, x, y };
  throw new TypeError("not a key that signs tokens");
}
async function importKey(jwk, algorithm) {
  return await importJWK(jwk, algorithm);
}

// src/tokens/snapshot.ts
import { decodeProtectedHeader } from "jose";
async function sealSnapshot(snapshot, kek) {
  return encrypt(JSON.stringify(snapshot), kek.sealing, kek.kid);
}
async function openSnapshot(sealed, keks) {
  try {
    const kid = String(decodeProtectedHeader(sealed).kid);
    const kek = findKek(keks, kid);
    if (!kek) return err({ reason: "wrong_key_encryption_key", needs: kid });
    return ok(JSON.parse(await decrypt(sealed, kek.sealing)));
  } catch {
    return err({ reason: "damaged" });
  }
}
function snapshotCacheKey(algorithm) {
  return `keyring:${algorithm}`;
}

// src/tokens/key-ring.ts
var KeyRing = class extends DurableObject3 {
  #store;
  #keks;
  /** The snapshot being taken, shared by all who ask meanwhile. Within one object a pending promise may be. */
  #taking;
  #lastPut;
  constructor(ctx, env) {
    super(ctx, env);
    this.#store = new RingStore(ctx.storage);
  }
  /** The ring as of now, turned if that was due. May be repeated. */
  snapshot() {
    this.#taking ??= this.#take().finally(() => {
      this.#taking = void 0;
    });
    return this.#taking;
  }
  async alarm() {
    const taken = await this.snapshot();
    if (!taken.ok) consoleLog.error("key_ring_refuses_to_turn", { ...taken.error });
  }
  async #take() {
    const settings = readKeyRingSettings(this.env);
    if (!settings.ok) return settings;
    const stored = this.#store.read();
    const algorithm = stored?.algorithm ?? this.ctx.id.name;
    if (!isTokenAlgorithm(algorithm)) return err({ reason: "unknown_algorithm" });
    this.#keks ??= await deriveKeyEncryptionKeys(settings.value.keyEncryption);
    const keks = this.#keks;
    const stranger = secretsOf(stored).find((secret2) => !findKek(keks, secret2.kek));
    if (stranger) return err({ reason: "wrong_key_encryption_key", needs: stranger.kek });
    const now = Date.now();
    const revokedKids = new Set(settings.value.revokedKids);
    const prepared = await this.#prepare(stored, { now, algorithm, revokedKids }, keks);
    const ring = this.ctx.storage.transactionSync(() => this.#turn(prepared));
    await this.#setAlarm(nextTurnAt(ring.keys));
    const sealed = await this.#seal(ring, prepared, keks);
    this.#publish(sealed, ring, now);
    return ok(sealed);
  }
  async #prepare(stored, known, keks) {
    const { wantsKey } = turnRing(stored?.keys ?? [], known);
    return {
      ...known,
      seed: stored ? void 0 : await wrap(base64url.encode(crypto.getRandomValues(new Uint8Array(32))), keks.current),
      spare: wantsKey ? await newSpare(known.algorithm, keks) : void 0,
      rewrapped: await rewrapOld(secretsOf(stored), keks)
    };
  }
  /** Decides again, in one transaction: another turn may have come between the preparation and here. */
  #turn({ now, algorithm, revokedKids, seed, spare, rewrapped }) {
    if (!this.#store.read() && seed) this.#store.open(algorithm, seed);
    for (const secret2 of rewrapped) this.#store.rewrap(secret2);
    const before = this.#read();
    const { keys, wantsKey } = turnRing(before.keys, { now, revokedKids, spareKid: spare?.publicJwk.kid });
    if (wantsKey) throw new Error("the ring changed while it was being turned");
    const added = keys.find((key) => !before.keys.some(({ kid }) => kid === key.kid));
    if (added && spare) this.#store.add(spare, added);
    this.#store.reschedule(keys);
    const after = this.#read();
    logChanges(before, after);
    return after;
  }
  #read() {
    const ring = this.#store.read();
    if (!ring) throw new Error("the ring is not open");
    return ring;
  }
  async #setAlarm(due) {
    if (await this.ctx.storage.getAlarm() !== due) await this.ctx.storage.setAlarm(due);
  }
  async #seal(ring, { now, revokedKids }, keks) {
    const signing = signingKeyOf(ring.keys, now);
    if (!signing?.privateKey) throw new Error("the ring has no signing key");
    const privateJwk = JSON.parse(await unwrap(signing.privateKey, keks));
    const snapshot = {
      algorithm: ring.algorithm,
      takenAt: now,
      signing: { kid: signing.kid, privateJwk, signUntil: signing.signUntil },
      publicKeys: publishedKeys(ring.keys).map(({ publicJwk }) => publicJwk),
      revokedKids: allRevoked(ring, revokedKids),
      seed: await unwrap(ring.seed, keks)
    };
    return sealSnapshot(snapshot, keks.current);
  }
  /** Lets cold isolates find the snapshot without asking here. Nobody waits for it, and it may fail. */
  #publish(sealed, ring, now) {
    const content = JSON.stringify(
      ring.keys.map(({ kid, signFrom, signUntil, revokedAt }) => [kid, signFrom, signUntil, revokedAt])
    );
    const recent = this.#lastPut && Math.abs(now - this.#lastPut.at) < SNAPSHOT_PUT_INTERVAL_MS;
    if (recent && this.#lastPut?.content === content) return;
    this.#lastPut = { at: now, content };
    this.ctx.waitUntil(this.#put(snapshotCacheKey(ring.algorithm), sealed));
  }
  async #put(key, sealed) {
    try {
      await this.env.CACHE.put(key, sealed, { expirationTtl: SNAPSHOT_FALLBACK_MS / 1e3 });
    } catch (error) {
      this.#lastPut = void 0;
      consoleLog.warn("key_ring_snapshot_not_cached", { message: String(error) });
    }
  }
};
function secretsOf(ring) {
  if (!ring) return [];
  return [ring.seed, ...ring.keys.flatMap(({ privateKey }) => privateKey ?? [])];
}
function logChanges(before, after) {
  const { algorithm } = after;
  for (const { kid, signFrom, revokedAt } of after.keys) {
    const known = before.keys.find((key) => key.kid === kid);
    if (!known) consoleLog.info("signing_key_created", { algorithm, kid, signFrom });
    if (known?.revokedAt === null && revokedAt !== null) consoleLog.warn("signing_key_revoked", { algorithm, kid });
  }
}
function allRevoked(ring, configured) {
  const stored = ring.keys.filter((key) => key.revokedAt !== null).map((key) => key.kid);
  return [.../* @__PURE__ */ new Set([...configured, ...stored])];
}
async function newSpare(algorithm, keks) {
  const { publicJwk, privateJwk } = await generateSigningKey(algorithm);
  return { publicJwk, privateKey: await wrap(JSON.stringify(privateJwk), keks.current) };
}
async function rewrapOld(secrets2, keks) {
  const old = secrets2.filter(({ kek }) => kek !== keks.current.kid);
  return Promise.all(
    old.map(async (secret2) => ({ old: secret2, renewed: await wrap(await unwrap(secret2, keks), keks.current) }))
  );
}

// src/tokens/mint.ts
import { SignJWT } from "jose";

// src/tokens/ring-view.ts
async function viewOf(snapshot, before) {
  const { algorithm, signing, takenAt } = snapshot;
  const revoked2 = new Set(snapshot.revokedKids);
  const publicKeys = snapshot.publicKeys.filter(({ kid }) => !revoked2.has(kid));
  const verificationKeys = /* @__PURE__ */ new Map();
  for (const jwk of publicKeys)
    verificationKeys.set(jwk.kid, before?.verificationKeys.get(jwk.kid) ?? await importKey(jwk, algorithm));
  const key = before?.signingKey.kid === signing.kid ? before.signingKey.key : await importKey(signing.privateJwk, algorithm);
  return {
    algorithm,
    signingKey: { kid: signing.kid, key },
    signUntil: signing.signUntil,
    publicKeys,
    verificationKeys,
    revokedKids: snapshot.revokedKids,
    seed: Uint8Array.from(base64url.decode(snapshot.seed)),
    takenAt
  };
}

// src/tokens/keys.ts
function createKeys(options) {
  return new IsolateKeys(options);
}
var IsolateKeys = class {
  #options;
  #keks;
  #view;
  /** While the object does not answer, the view stands in for this long before it is asked again. */
  #pausedUntil = 0;
  constructor(options) {
    this.#options = options;
  }
  async current() {
    const now = this.#options.world.now();
    if (this.#view && now < this.#view.signUntil && (isFresh(this.#view, now) || now < this.#pausedUntil))
      return ok(this.#view);
    const cached = await this.#cached();
    if (cached && isFresh(cached, this.#options.world.now())) return ok(await this.#keep(cached));
    const asked = await this.#asked();
    if (asked.ok) return ok(await this.#keep(asked.value));
    if (!isOutage(asked.error) || !cached || !isStandIn(cached, this.#options.world.now())) return asked;
    this.#pausedUntil = this.#options.world.now() + FALLBACK_PAUSE_MS;
    return ok(await this.#keep(cached));
  }
  /** The cached snapshot. Whatever is wrong with it or with the cache, it is as if there were none. */
  async #cached() {
    const { cache, algorithm } = this.#options;
    try {
      const sealed = await cache.get(snapshotCacheKey(algorithm), { cacheTtl: SNAPSHOT_EDGE_CACHE_SECONDS });
      const opened = sealed === null ? void 0 : await this.#open(sealed);
      return opened?.ok ? opened.value : void 0;
    } catch {
      return void 0;
    }
  }
  async #asked() {
    const { ring, world } = this.#options;
    try {
      const answer = await callObject(ring);
      return answer.ok ? await this.#open(answer.value) : answer;
    } catch (error) {
      world.log.warn("key_ring_unanswering", { message: String(error) });
      return err({ reason: error instanceof Overloaded ? "overloaded" : "unavailable" });
    }
  }
  /**
   * Opens a snapshot if it can be signed with now. What this deployment revokes, or this isolate once knew as revoked,
   * stays so, whatever an older snapshot says.
   */
  async #open(sealed) {
    const { settings, algorithm, world } = this.#options;
    this.#keks ??= await deriveKeyEncryptionKeys(settings.keyEncryption);
    const opened = await openSnapshot(sealed, this.#keks);
    if (!opened.ok) return opened.error.reason === "damaged" ? err({ reason: "unavailable" }) : err(opened.error);
    const { signing, revokedKids, ...rest } = opened.value;
    const revoked2 = [.../* @__PURE__ */ new Set([...revokedKids, ...settings.revokedKids, ...this.#view?.revokedKids ?? []])];
    if (rest.algorithm !== algorithm || world.now() >= signing.signUntil || revoked2.includes(signing.kid))
      return err({ reason: "unavailable" });
    return ok({ ...rest, signing, revokedKids: revoked2 });
  }
  async #keep(snapshot) {
    this.#view = await viewOf(snapshot, this.#view);
    return this.#view;
  }
};
function isFresh({ takenAt }, now) {
  return Math.abs(now - takenAt) <= SNAPSHOT_FRESH_MS;
}
function isStandIn({ takenAt }, now) {
  return Math.abs(now - takenAt) <= SNAPSHOT_FALLBACK_MS;
}
function isOutage({ reason }) {
  return reason === "overloaded" || reason === "unavailable";
}

// src/tokens/own-token.ts
import { decodeJwt, decodeProtectedHeader as decodeProtectedHeader2, errors, jwtVerify } from "jose";
export {
  Account,
  Accounts,
  IdentityPool,
  KeyRing,
  Pools,
  createKeys,
  readKeyRingSettings
};
