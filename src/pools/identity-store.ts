import { MAX_LOGINS_PER_IDENTITY } from './limits.ts'

/** A login whose token has been verified, or that a signed caller vouches for. */
export interface ProvenLogin {
  provider: string
  subject: string
  /** Developer logins come from signed callers; one identity may have several of the same provider. */
  developer: boolean
}

export interface ResolveRequest {
  /** UUID of the identity that the caller names; absent for GetId. */
  identity?: string | undefined
  logins: readonly ProvenLogin[]
  /** UUID of the identity to make if one is needed. Made by the caller, so that a repeated call is recognised. */
  fresh: string
  allowGuests: boolean
  now: number
}

/** What became of a request to resolve logins to an identity. Every kind but `identity` changed nothing. */
export type Resolution =
  | { kind: 'identity'; uuid: string; guest: boolean }
  | { kind: 'no_identity' }
  | { kind: 'forbidden' }
  | { kind: 'guests_refused' }
  | { kind: 'logins_mismatch' }
  | { kind: 'second_login'; provider: string }
  | { kind: 'too_many_logins' }

export interface IdentityDescription {
  uuid: string
  /** Provider names, one for each login. */
  logins: readonly string[]
  createdAt: number
  modifiedAt: number
}

interface Row extends Record<string, SqlStorageValue> {
  uuid: string
  state: 'guest' | 'member' | 'disabled'
  created_at: number
  modified_at: number
  forward: string | null
}

/**
 * The identities of a pool and their logins, over one object's SQL storage. Everything is synchronous and must run inside
 * one transaction of the host, so that a refused or interrupted request leaves nothing half done.
 *
 * A login belongs to at most one identity. Linking and merging need the target to be a guest or to own a login proven by
 * this very request. The loser of a merge is disabled and forwards to the survivor; a forward translates an id, it never
 * authorises.
 */
export class IdentityStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /** The identity for these logins: found, made, extended by the unknown ones among them, or merged. */
  resolve(request: ResolveRequest): Resolution {
    const owners = this.#ownersOf(request.logins)
    if (request.identity === undefined) return this.#resolveAnonymous(request, owners)
    const named = this.#row(request.identity)
    if (!named) return { kind: 'no_identity' }
    if (request.logins.length === 0) return this.#resumeGuest(named, request.allowGuests)
    const target = named.state === 'disabled' ? this.#forwardedTo(named, owners) : named
    if (!target) return { kind: 'forbidden' }
    if (target.state === 'member' && !owners.has(target.uuid)) return { kind: 'logins_mismatch' }
    return this.#unite([target, ...this.#others(owners, target.uuid)], request)
  }

  describe(uuid: string): IdentityDescription | undefined {
    const row = this.#row(uuid)
    return row && this.#descriptions([row])[0]
  }

  /** Up to `limit` identities in order of UUID, after the given one. Disabled ones are listed unless hidden. */
  list(after: string, limit: number, hideDisabled: boolean): IdentityDescription[] {
    const shown = hideDisabled ? "AND state <> 'disabled'" : ''
    const page = this.#sql.exec<Row>(
      `SELECT * FROM identity WHERE uuid > ? ${shown} ORDER BY uuid LIMIT ?`,
      after,
      limit,
    )
    return this.#descriptions(page.toArray())
  }

  isEmpty(): boolean {
    return this.#sql.exec('SELECT 1 FROM login UNION ALL SELECT 1 FROM identity LIMIT 1').toArray().length === 0
  }

  /** Deletes up to `rows` rows of a pool that is gone. */
  purge(rows: number): void {
    const half = Math.floor(rows / 2)
    this.#sql.exec('DELETE FROM login WHERE (provider, subject) IN (SELECT provider, subject FROM login LIMIT ?)', half)
    this.#sql.exec('DELETE FROM identity WHERE uuid IN (SELECT uuid FROM identity LIMIT ?)', half)
  }

  #resolveAnonymous(request: ResolveRequest, owners: ReadonlySet<string>): Resolution {
    if (request.logins.length === 0 && !request.allowGuests) return { kind: 'guests_refused' }
    const known = this.#others(owners, undefined)
    if (known.length > 0) return this.#unite(known, request)
    const refused = tooMany(request.logins)
    if (refused) return refused
    const state = request.logins.length === 0 ? 'guest' : 'member'
    // A call that the platform repeats brings the same UUID, and must not make a second identity.
    this.#sql.exec(
      'INSERT INTO identity (uuid, state, created_at, modified_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      request.fresh,
      state,
      request.now,
      request.now,
    )
    for (const login of request.logins) this.#link(login, request.fresh)
    return { kind: 'identity', uuid: request.fresh, guest: state === 'guest' }
  }

  #resumeGuest(named: Row, allowGuests: boolean): Resolution {
    if (named.state !== 'guest') return { kind: 'forbidden' }
    return allowGuests ? { kind: 'identity', uuid: named.uuid, guest: true } : { kind: 'guests_refused' }
  }

  /** Makes one identity of several, with all their logins and those of the request. */
  #unite(identities: readonly Row[], request: ResolveRequest): Resolution {
    const [survivor, ...losers] = [...identities].sort(bySurvival)
    if (!survivor) return { kind: 'no_identity' }
    const kept = this.#loginsOf(identities.map((row) => row.uuid))
    const added = request.logins.filter((login) => !kept.some((other) => sameLogin(login, other)))
    const refused = tooMany([...kept, ...added])
    if (refused) return refused
    for (const loser of losers) this.#retire(loser, survivor.uuid, request.now)
    for (const login of added) this.#link(login, survivor.uuid)
    if (added.length > 0 || losers.length > 0) this.#touch(survivor.uuid, request.now)
    return { kind: 'identity', uuid: survivor.uuid, guest: false }
  }

  #retire(loser: Row, survivor: string, now: number) {
    this.#sql.exec('UPDATE login SET identity = ? WHERE identity = ?', survivor, loser.uuid)
    this.#sql.exec(
      "UPDATE identity SET state = 'disabled', forward = ?, modified_at = ? WHERE uuid = ?",
      survivor,
      now,
      loser.uuid,
    )
  }

  /** Where a disabled identity's forwards end, provided that a login proven by this request is a member there. */
  #forwardedTo(disabled: Row, owners: ReadonlySet<string>): Row | undefined {
    let row: Row | undefined = disabled
    while (row?.state === 'disabled') row = row.forward === null ? undefined : this.#row(row.forward)
    return row && owners.has(row.uuid) ? row : undefined
  }

  #ownersOf(logins: readonly ProvenLogin[]): Set<string> {
    const owners = new Set<string>()
    for (const { provider, subject } of logins) {
      const found = this.#sql
        .exec<{ identity: string }>('SELECT identity FROM login WHERE provider = ? AND subject = ?', provider, subject)
        .toArray()[0]
      if (found) owners.add(found.identity)
    }
    return owners
  }

  #others(owners: ReadonlySet<string>, except: string | undefined): Row[] {
    return [...owners].filter((uuid) => uuid !== except).flatMap((uuid) => this.#row(uuid) ?? [])
  }

  #row(uuid: string): Row | undefined {
    return this.#sql.exec<Row>('SELECT * FROM identity WHERE uuid = ?', uuid).toArray()[0]
  }

  #loginsOf(uuids: readonly string[]): ProvenLogin[] {
    return this.#sql
      .exec<{ provider: string; subject: string; developer: number }>(
        'SELECT provider, subject, developer FROM login WHERE identity IN (SELECT value FROM json_each(?))',
        JSON.stringify(uuids),
      )
      .toArray()
      .map((row) => ({ provider: row.provider, subject: row.subject, developer: row.developer === 1 }))
  }

  #link(login: ProvenLogin, uuid: string) {
    this.#sql.exec(
      'INSERT INTO login (provider, subject, identity, developer) VALUES (?, ?, ?, ?)',
      login.provider,
      login.subject,
      uuid,
      login.developer ? 1 : 0,
    )
  }

  #touch(uuid: string, now: number) {
    this.#sql.exec("UPDATE identity SET state = 'member', modified_at = ? WHERE uuid = ?", now, uuid)
  }

  #descriptions(rows: readonly Row[]): IdentityDescription[] {
    const logins = this.#sql
      .exec<{ identity: string; provider: string }>(
        `SELECT identity, provider FROM login WHERE identity IN (SELECT value FROM json_each(?))
         ORDER BY provider, subject`,
        JSON.stringify(rows.map((row) => row.uuid)),
      )
      .toArray()
    return rows.map((row) => ({
      uuid: row.uuid,
      logins: logins.filter((login) => login.identity === row.uuid).map((login) => login.provider),
      createdAt: row.created_at,
      modifiedAt: row.modified_at,
    }))
  }
}

/** A guest always loses; among the others the older survives, and of two as old the one with the smaller UUID. */
function bySurvival(a: Row, b: Row): number {
  const guests = Number(a.state === 'guest') - Number(b.state === 'guest')
  return guests || a.created_at - b.created_at || (a.uuid < b.uuid ? -1 : 1)
}

function sameLogin(a: ProvenLogin, b: ProvenLogin): boolean {
  return a.provider === b.provider && a.subject === b.subject
}

/** Why one identity may not hold all these logins: two users of one public provider, or more than the quota. */
function tooMany(logins: readonly ProvenLogin[]): Resolution | undefined {
  const seen = new Set<string>()
  for (const { provider, developer } of logins) {
    if (developer) continue
    if (seen.has(provider)) return { kind: 'second_login', provider }
    seen.add(provider)
  }
  return logins.length > MAX_LOGINS_PER_IDENTITY ? { kind: 'too_many_logins' } : undefined
}
