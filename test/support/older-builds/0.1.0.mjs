// The objects of 0.1.0 and the Worker's way to them, for tests with both builds. Made once, at commit 1241482, and never changed:
// CONTRIBUTING.md, "Versions", has the command.
// src/pools/identity-pool.ts
import { DurableObject } from "cloudflare:workers";

// src/base/bytes.ts
import { base64url } from "jose";
var encoder = new TextEncoder();
function utf8(text) {
  return encoder.encode(text);
}
function hex(bytes) {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}
async function sha256(data) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}
async function deriveKey(secret, label) {
  const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
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
  const made = table.row(fresh);
  if (made) return guest ? resumeGuest(made, allowGuests) : { kind: "forbidden" };
  const refused = tooManyLogins(logins);
  if (refused) return refused;
  table.insert(fresh, guest ? "guest" : "member", now);
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
  insert(uuid, state, now) {
    this.#sql.exec(
      "INSERT INTO identity (uuid, state, created_at, modified_at) VALUES (?, ?, ?, ?)",
      uuid,
      state,
      now,
      now
    );
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
function decodeSettings(text) {
  return JSON.parse(text, (_key, value) => isMap(value) ? new Map(value.$map) : value);
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
    const resolved = this.ctx.storage.transactionSync(() => {
      const found = this.readByRegion(call.region);
      if (found.kind !== "pool") return found;
      const { pool } = found;
      if (call.version < pool.version) return { kind: "stale", pool };
      if (call.once && this.#proofs.anyUsed(call.once.proofs, call.once.operation))
        return { kind: "proof_used" };
      const { allowGuests } = pool.settings;
      const resolution = resolve(this.#identities, { ...call, allowGuests, now: Date.now() });
      if (call.once && resolution.kind === "identity") this.#proofs.use(call.once.proofs, call.once.operation);
      return resolution;
    });
    if (call.once && resolved.kind === "identity") void this.#alarmForProofs();
    return resolved;
  }
  /** Takes public logins off an identity, one of whose logins the caller has proven. */
  unlink(region, version, request) {
    return this.ctx.storage.transactionSync(() => {
      const found = this.readByRegion(region);
      if (found.kind !== "pool") return found;
      if (version < found.pool.version) return { kind: "stale", pool: found.pool };
      return unlink(this.#identities, { ...request, now: Date.now() });
    });
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

// src/base/objects.ts
var Overloaded = class extends Error {
  name = "Overloaded";
};
async function callObject(call) {
  try {
    return await call();
  } catch (error) {
    const { retryable, overloaded, durableObjectReset } = error;
    if (overloaded) throw new Overloaded("durable object overloaded");
    if (retryable || durableObjectReset) return call();
    throw error;
  }
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
  #settings = /* @__PURE__ */ new Map();
  constructor(namespace) {
    this.#namespace = namespace;
  }
  create(id, account, settings, operation) {
    return this.#call(id, (object) => object.create(id.text, account, settings, operation));
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
    const { fresh, identity, logins, once } = call;
    const { region } = fresh;
    const request = { region, version: pool.version, logins, once, fresh: uuidOf(fresh) };
    return this.#call(fresh, (object) => object.resolve({ ...request, identity: identity && uuidOf(identity) }));
  }
  unlink(pool, identity, proven, providers, operation) {
    const request = { identity: uuidOf(identity), proven, providers, operation };
    return this.#call(identity, (object) => object.unlink(identity.region, pool.version, request));
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
    if (this.#settings.size >= MAX_CACHED_POOLS) this.#settings.delete(this.#settings.keys().next().value ?? "");
    this.#settings.set(home(id), pool);
    return pool;
  }
  /** The one place where an id chooses its object. */
  #call(id, ask) {
    const hint = locationHint(id.region);
    return callObject(
      () => ask(this.#namespace.getByName(id.tag, hint && { locationHint: hint }))
    );
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
var RECORDS_MAX_AGE_MS = 3e4;
var RECORDS_MIN_AGE_MS = 1e3;
var MAX_CACHED_ACCOUNTS = 100;
var MAX_CACHED_SAML_PROVIDERS = 200;
var MAX_CACHED_ROLES = 1e3;
var SETTLE_AFTER_MS = 6e4;
var SETTLE_BATCH = 5;

// src/account/records.ts
function retagged(tags, added, removed) {
  return [...new Map([...tags, ...added])].filter(([key]) => !removed.includes(key));
}
function countOf(sql, table) {
  return sql.exec(`SELECT count(*) AS n FROM ${table}`).one().n;
}
function creatorOf(sql, table, arn) {
  const found = sql.exec(`SELECT created_by FROM ${table} WHERE arn = ?`, arn);
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
  delete(arn) {
    this.#sql.exec("DELETE FROM oidc_provider WHERE arn = ?", arn);
  }
  addClientId(arn, clientId) {
    return this.#changeClientIds(arn, (ids) => ids.includes(clientId) ? ids : [...ids, clientId]);
  }
  removeClientId(arn, clientId) {
    return this.#changeClientIds(arn, (ids) => ids.filter((id) => id !== clientId));
  }
  replaceThumbprints(arn, thumbprints) {
    return this.#change(arn, (provider) => ({ ...provider, thumbprints }));
  }
  tag(arn, added, removed) {
    return this.#change(arn, (provider) => ({ ...provider, tags: retagged(provider.tags, added, removed) }));
  }
  #changeClientIds(arn, change) {
    return this.#change(arn, (provider) => ({ ...provider, clientIds: change(provider.clientIds) }));
  }
  #change(arn, change) {
    const row = this.#sql.exec("SELECT * FROM oidc_provider WHERE arn = ?", arn).toArray()[0];
    if (!row) return "none";
    const { clientIds, tags, thumbprints } = change(oidcProvider(row));
    if (clientIds.length > MAX_CLIENT_IDS || tags.length > MAX_RECORD_TAGS) return "limit";
    this.#sql.exec(
      "UPDATE oidc_provider SET client_ids = ?, thumbprints = ?, tags = ? WHERE arn = ?",
      JSON.stringify(clientIds),
      JSON.stringify(thumbprints),
      JSON.stringify(tags),
      arn
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
  document(arn) {
    const rows = this.#sql.exec("SELECT document FROM saml_provider WHERE arn = ?", arn);
    return rows.toArray()[0]?.document;
  }
  replaceMetadata(arn, metadata, document) {
    const changed2 = this.#change(arn, (provider) => ({ ...provider, metadata }));
    if (changed2 === "done") this.#sql.exec("UPDATE saml_provider SET document = ? WHERE arn = ?", document, arn);
    return changed2;
  }
  tag(arn, added, removed) {
    return this.#change(arn, (provider) => ({ ...provider, tags: retagged(provider.tags, added, removed) }));
  }
  delete(arn) {
    if (this.named([arn]).length === 0) return "none";
    this.#sql.exec("DELETE FROM saml_provider WHERE arn = ?", arn);
    return "done";
  }
  #change(arn, change) {
    const provider = this.named([arn])[0];
    if (!provider) return "none";
    const changed2 = change(provider);
    if (changed2.tags.length > MAX_RECORD_TAGS) return "limit";
    this.#sql.exec("UPDATE saml_provider SET record = ? WHERE arn = ?", JSON.stringify(changed2), arn);
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
    return isOpened(this.ctx.storage) ? new OidcProviders(this.ctx.storage.sql).all() : [];
  }
  deleteOidcProvider(arn) {
    this.#write((sql) => new OidcProviders(sql).delete(arn));
  }
  addClientId(arn, clientId) {
    return this.#write((sql) => new OidcProviders(sql).addClientId(arn, clientId));
  }
  removeClientId(arn, clientId) {
    return this.#write((sql) => new OidcProviders(sql).removeClientId(arn, clientId));
  }
  replaceThumbprints(arn, thumbprints) {
    return this.#write((sql) => new OidcProviders(sql).replaceThumbprints(arn, thumbprints));
  }
  tagOidcProvider(arn, added, removed) {
    return this.#write((sql) => new OidcProviders(sql).tag(arn, added, removed));
  }
  createSamlProvider(provider, document, operation) {
    return this.#write((sql) => new SamlProviders(sql).create(provider, document, operation));
  }
  samlProviders() {
    return isOpened(this.ctx.storage) ? new SamlProviders(this.ctx.storage.sql).all() : [];
  }
  /** Those of these ARNs that are registered. */
  samlProvidersNamed(arns) {
    return isOpened(this.ctx.storage) ? new SamlProviders(this.ctx.storage.sql).named(arns) : [];
  }
  samlMetadataDocument(arn) {
    return isOpened(this.ctx.storage) ? new SamlProviders(this.ctx.storage.sql).document(arn) : void 0;
  }
  replaceSamlMetadata(arn, metadata, document) {
    return this.#write((sql) => new SamlProviders(sql).replaceMetadata(arn, metadata, document));
  }
  tagSamlProvider(arn, added, removed) {
    return this.#write((sql) => new SamlProviders(sql).tag(arn, added, removed));
  }
  deleteSamlProvider(arn) {
    return this.#write((sql) => new SamlProviders(sql).delete(arn));
  }
  createRole(role, operation) {
    return this.#write((sql) => {
      const folded = role.name.toLowerCase();
      const found = sql.exec("SELECT created_by FROM role WHERE folded_name = ?", folded);
      const creator = found.toArray()[0]?.created_by;
      if (creator !== void 0) return creator === operation ? "created" : "exists";
      if (countOf(sql, "role") >= MAX_ROLES) return "limit";
      sql.exec(
        "INSERT INTO role (folded_name, arn, record, created_by) VALUES (?, ?, ?, ?)",
        folded,
        role.arn,
        JSON.stringify(role),
        operation
      );
      return "created";
    });
  }
  /**
   * The role of this very name. No two differ by case alone, but a policy that allows one spelling says nothing of
   * another, so that a name in another case finds nothing.
   */
  role(name) {
    if (!isOpened(this.ctx.storage)) return void 0;
    const { sql } = this.ctx.storage;
    const row = sql.exec("SELECT record FROM role WHERE folded_name = ?", name.toLowerCase());
    const roles = row.toArray().map(({ record }) => JSON.parse(record));
    return roles.find((role) => role.name === name);
  }
  /** Roles in order of name, after the given one. */
  listRoles(pathPrefix, after, limit) {
    if (!isOpened(this.ctx.storage)) return { roles: [], more: false };
    const rows = this.ctx.storage.sql.exec(
      "SELECT record FROM role WHERE folded_name > ? ORDER BY folded_name",
      after.toLowerCase()
    );
    const roles = rows.toArray().map(({ record }) => JSON.parse(record)).filter((role) => role.path.startsWith(pathPrefix));
    return { roles: roles.slice(0, limit), more: roles.length > limit };
  }
  changeRole(name, change) {
    return this.#changeRole(name, (role) => ({ ...role, ...change }));
  }
  tagRole(name, added, removed) {
    return this.#changeRole(name, (role) => ({ ...role, tags: retagged(role.tags, added, removed) }));
  }
  deleteRole(name) {
    return this.#write((sql) => {
      if (!this.role(name)) return "none";
      sql.exec("DELETE FROM role WHERE folded_name = ?", name.toLowerCase());
      return "done";
    });
  }
  #changeRole(name, change) {
    return this.#write((sql) => {
      const role = this.role(name);
      if (!role) return "none";
      const changed2 = change(role);
      if (changed2.tags.length > MAX_RECORD_TAGS) return "limit";
      sql.exec("UPDATE role SET record = ? WHERE folded_name = ?", JSON.stringify(changed2), name.toLowerCase());
      return "done";
    });
  }
  #write(work) {
    migrate(this.ctx.storage, MIGRATIONS2);
    return this.ctx.storage.transactionSync(() => work(this.ctx.storage.sql));
  }
};

// src/base/arn.ts
function parseArn(text) {
  const [arn, partition, service, region, account, ...resource] = text.split(":");
  if (arn !== "arn" || !partition || !service || region === void 0 || account === void 0 || resource.length === 0)
    return void 0;
  return { partition, service, region, account, resource: resource.join(":") };
}

// src/account/accounts.ts
var Accounts = class {
  #namespace;
  #world;
  #records = /* @__PURE__ */ new Map();
  #samlProviders = /* @__PURE__ */ new Map();
  constructor(namespace, world) {
    this.#namespace = namespace;
    this.#world = world;
  }
  /** Asks the account's object. What a signed operation changes is seen by this isolate's next login. */
  ask(account, question) {
    return callObject(() => question(this.#namespace.getByName(account)));
  }
  /** Forgets what this isolate knows of the account, after changing it. */
  forget(account) {
    this.#records.delete(account);
    for (const arn of this.#samlProviders.keys())
      if (parseArn(arn)?.account === account) this.#samlProviders.delete(arn);
  }
  async oidcProviders(account, arns) {
    if (arns.length === 0) return [];
    let records = await this.#recordsOf(account, RECORDS_MAX_AGE_MS);
    if (arns.some((arn) => !records.oidcProviders.has(arn)))
      records = await this.#recordsOf(account, RECORDS_MIN_AGE_MS);
    return arns.flatMap((arn) => records.oidcProviders.get(arn) ?? []);
  }
  /** Those of these ARNs that are registered. All are of this account. */
  async samlProviders(account, arns) {
    const now = this.#world.now();
    const known = arns.flatMap((arn) => {
      const { provider, readAt } = this.#samlProviders.get(arn) ?? { readAt: Number.NEGATIVE_INFINITY };
      return now - readAt < (provider ? RECORDS_MAX_AGE_MS : RECORDS_MIN_AGE_MS) ? [{ arn, provider }] : [];
    });
    const asked = arns.filter((arn) => !known.some((one) => one.arn === arn));
    const found = asked.length > 0 ? await this.ask(account, (object) => object.samlProvidersNamed(asked)) : [];
    for (const arn of asked) {
      if (this.#samlProviders.size >= MAX_CACHED_SAML_PROVIDERS)
        this.#samlProviders.delete(this.#samlProviders.keys().next().value ?? "");
      this.#samlProviders.set(arn, { provider: found.find((one) => one.arn === arn), readAt: now });
    }
    return [...known.flatMap(({ provider }) => provider ?? []), ...found];
  }
  /** The role with this very ARN, or `undefined` if none is registered. */
  async role(account, arn) {
    const { roles } = await this.#recordsOf(account, RECORDS_MAX_AGE_MS);
    const known = roles.get(arn);
    const now = this.#world.now();
    if (known && (known.role || now - known.readAt < RECORDS_MIN_AGE_MS)) return known.role;
    const found = await this.ask(account, (object) => object.role(arn.slice(arn.lastIndexOf("/") + 1)));
    const role = found?.arn === arn ? found : void 0;
    if (roles.size >= MAX_CACHED_ROLES) roles.clear();
    roles.set(arn, { role, readAt: now });
    return role;
  }
  async #recordsOf(account, maxAge) {
    const known = this.#records.get(account);
    const now = this.#world.now();
    if (known && now - known.readAt < maxAge) return known;
    const providers = await this.ask(account, (object) => object.oidcProviders());
    const records = { oidcProviders: new Map(providers.map((p) => [p.arn, p])), roles: /* @__PURE__ */ new Map(), readAt: now };
    if (this.#records.size >= MAX_CACHED_ACCOUNTS) this.#records.delete(this.#records.keys().next().value ?? "");
    this.#records.set(account, records);
    return records;
  }
};

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

// src/tokens/key-encryption.ts
import { CompactEncrypt, compactDecrypt } from "jose";
var KEY_ENCRYPTION_KEY_BYTES = 32;
var LOCAL_KEK = "local";
async function deriveKeyEncryptionKeys(secrets) {
  const [current, previous] = await Promise.all([
    keyEncryptionKey(secrets.current),
    secrets.previous && keyEncryptionKey(secrets.previous)
  ]);
  return { current, previous };
}
function findKek(keks, kid) {
  return [keks.current, keks.previous].find((kek) => kek?.kid === kid);
}
async function wrap(text, kek) {
  return { jwe: await encrypt(text, kek.wrapping, kek.kid), kek: kek.kid };
}
async function unwrap({ jwe, kek: kid }, keks) {
  const kek = findKek(keks, kid);
  if (!kek) throw new Error(`wrapped under key-encryption key ${kid}, which is not here`);
  return decrypt(jwe, kek.wrapping);
}
async function encrypt(text, key, kid) {
  return new CompactEncrypt(utf8(text)).setProtectedHeader({ alg: "dir", enc: "A256GCM", kid }).encrypt(key);
}
async function decrypt(jwe, key) {
  const options = { keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: ["A256GCM"] };
  return new TextDecoder().decode((await compactDecrypt(jwe, key, options)).plaintext);
}
async function keyEncryptionKey(given) {
  const secret = given === "local" ? await sha256(utf8("edge-identity local mode: this is no secret")) : given;
  const [name, wrapping, sealing] = await Promise.all([
    deriveKey(secret, "edge-identity key-encryption key: name"),
    deriveKey(secret, "edge-identity key-encryption key: wrap key ring"),
    deriveKey(secret, "edge-identity key-encryption key: seal snapshot")
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

// src/tokens/settings.ts
function readKeyRingSettings(env) {
  const text = (name) => {
    const value = Reflect.get(env, name);
    return typeof value === "string" ? value.trim() : "";
  };
  const currentText = text("KEY_ENCRYPTION_KEY");
  if (currentText === "" && text("LOCAL_MODE") !== "on") return bad("KEY_ENCRYPTION_KEY", "missing");
  const current = currentText === "" ? "local" : secretFrom(currentText);
  if (!current) return bad("KEY_ENCRYPTION_KEY", "not 32 bytes in base64");
  const previousText = text("KEY_ENCRYPTION_KEY_PREVIOUS");
  const previous = previousText === "" ? void 0 : secretFrom(previousText);
  if (previousText !== "" && !previous) return bad("KEY_ENCRYPTION_KEY_PREVIOUS", "not 32 bytes in base64");
  const revokedKids = text("REVOKED_KEYS").split(",").map((kid) => kid.trim()).filter((kid) => kid !== "");
  return ok({ keyEncryption: { current, previous }, revokedKids });
}
function bad(setting, problem) {
  return err({ reason: "bad_setting", setting, problem });
}
function secretFrom(base64) {
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return bytes.length === KEY_ENCRYPTION_KEY_BYTES ? bytes : void 0;
  } catch {
    return void 0;
  }
}

// src/tokens/signing-key.ts
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from "jose";
var TOKEN_ALGORITHMS = ["RS256", "ES256", "RS512"];
function isTokenAlgorithm(text) {
  return TOKEN_ALGORITHMS.some((algorithm) => algorithm === text);
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
    if (!taken.ok) consoleLog.error("key ring refuses to turn", { ...taken.error });
  }
  async #take() {
    const settings = readKeyRingSettings(this.env);
    if (!settings.ok) return settings;
    const stored = this.#store.read();
    const algorithm = stored?.algorithm ?? this.ctx.id.name;
    if (!isTokenAlgorithm(algorithm)) return err({ reason: "unknown_algorithm" });
    this.#keks ??= await deriveKeyEncryptionKeys(settings.value.keyEncryption);
    const keks = this.#keks;
    const stranger = secretsOf(stored).find((secret) => !findKek(keks, secret.kek));
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
    for (const secret of rewrapped) this.#store.rewrap(secret);
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
      consoleLog.warn("key ring snapshot not cached", { message: String(error) });
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
    if (!known) consoleLog.info("signing key created", { algorithm, kid, signFrom });
    if (known?.revokedAt === null && revokedAt !== null) consoleLog.warn("signing key revoked", { algorithm, kid });
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
async function rewrapOld(secrets, keks) {
  const old = secrets.filter(({ kek }) => kek !== keks.current.kid);
  return Promise.all(
    old.map(async (secret) => ({ old: secret, renewed: await wrap(await unwrap(secret, keks), keks.current) }))
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
      world.log.warn("key ring does not answer", { message: String(error) });
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

// src/tokens/verify.ts
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
