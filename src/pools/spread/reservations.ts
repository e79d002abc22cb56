import { nodeCrypto } from '../../base/node-crypto.ts'
import type { ProvenLogin } from '../identities.ts'
import type { RouteKey } from './check-step.ts'
import { inSlot, slotOfIdentity, slotOfLogin } from './slots.ts'
import type { Decision, Reservation } from './step.ts'

/** A reservation, and when it was made; 0 for one that was linked as it was made. */
interface Reserved extends Record<string, SqlStorageValue> {
  identity: string
  claim: string
  at: number
}

/** Ways to logins whose identities are in other slots, and what was refused or decided about them. All synchronous. */
export class Reservations {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  route(login: ProvenLogin): Reservation | undefined {
    return this.#sql
      .exec<{ identity: string; claim: string }>(`SELECT identity, claim FROM route WHERE ${ITS_KEY}`, ...keyOf(login))
      .toArray()[0]
  }

  /** When a login was reserved. */
  reservedAt(login: ProvenLogin): number {
    const [route] = this.#sql
      .exec<{ at: number }>(`SELECT reserved_at AS at FROM route WHERE ${ITS_KEY}`, ...keyOf(login))
      .toArray()
    return route?.at ?? 0
  }

  /** `at`: when a call reserves it that will link it later. */
  reserve(login: ProvenLogin, { claim, identity }: Reservation, at = 0): void {
    this.#sql.exec(
      `INSERT INTO route (slot, provider, subject, developer, identity, claim, reserved_at) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (slot, provider, subject, developer)
       DO UPDATE SET identity = excluded.identity, claim = excluded.claim, reserved_at = excluded.reserved_at`,
      ...keyOf(login),
      identity,
      claim,
      at,
    )
  }

  repoint(login: ProvenLogin, { claim, identity }: Reservation): void {
    this.#sql.exec(`UPDATE route SET identity = ? WHERE ${ITS_KEY} AND claim = ?`, identity, ...keyOf(login), claim)
  }

  drop(login: ProvenLogin, claim: string): void {
    this.#sql.exec(`DELETE FROM route WHERE ${ITS_KEY} AND claim = ?`, ...keyOf(login), claim)
  }

  /** Up to `limit` routes, in order of slot and login, after the given one. */
  routes(after: RouteKey | undefined, limit: number): (Reservation & { at: number; login: ProvenLogin })[] {
    const from = after ? 'WHERE (slot, provider, subject, developer) > (?, ?, ?, ?)' : ''
    return this.#sql
      .exec<Reserved & { provider: string; subject: string; developer: number }>(
        `SELECT provider, subject, developer, identity, claim, reserved_at AS at FROM route ${from}
         ORDER BY slot, provider, subject, developer LIMIT ?`,
        ...(after ? keyOf({ provider: after[0], subject: after[1], developer: after[2] === 1 }) : []),
        limit,
      )
      .toArray()
      .map(({ developer, provider, subject, ...route }) => ({
        ...route,
        login: { provider, subject, developer: developer === 1 },
      }))
  }

  isRefused(claim: string): boolean {
    return (
      this.#sql.exec('SELECT 1 FROM refused_claim WHERE claim IN (?, ?)', claim, hashOf(claim)).toArray().length > 0
    )
  }

  /** Refuses a claim of an identity that was erased: what is kept says neither which claim that was, nor of whom. */
  refuseErased({ claim, identity }: Reservation, expiresAt: number): void {
    this.refuse({ claim: hashOf(claim), identity: inSlot(nobodyIn(identity), slotOfIdentity(identity)) }, expiresAt)
  }

  /** Forgets merges that these identities may have won, and hides which claims of theirs were refused. */
  forgetAbout(identities: readonly string[]): void {
    const listed = JSON.stringify(identities)
    this.#sql.exec('DELETE FROM merge_op WHERE survivor IN (SELECT value FROM json_each(?))', listed)
    const refused = this.#sql
      .exec<Reservation & { at: number } & Record<string, SqlStorageValue>>(
        `SELECT claim, identity, expires_at AS at FROM refused_claim
         WHERE identity IN (SELECT value FROM json_each(?))`,
        listed,
      )
      .toArray()
    this.#sql.exec('DELETE FROM refused_claim WHERE identity IN (SELECT value FROM json_each(?))', listed)
    for (const { at, ...one } of refused) this.refuseErased(one, at)
  }

  /** Drops all routes in these slots that lead to one of these identities. */
  dropTo(identities: readonly string[], [first, last]: readonly [number, number]): void {
    this.#sql.exec(
      'DELETE FROM route WHERE slot BETWEEN ? AND ? AND identity IN (SELECT value FROM json_each(?))',
      first,
      last,
      JSON.stringify(identities),
    )
  }

  refuse({ claim, identity }: Reservation, expiresAt: number): void {
    this.#sql.exec(
      'INSERT INTO refused_claim (claim, identity, expires_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      claim,
      identity,
      expiresAt,
    )
  }

  /** Forgets what was refused, claims and merges, once nobody can come back to it: their deadlines are long past. */
  forgetRefused(now: number): void {
    this.#sql.exec('DELETE FROM refused_claim WHERE expires_at <= ?', now)
    this.#sql.exec('DELETE FROM merge_op WHERE expires_at <= ?', now)
  }

  /** When the next of these may be forgotten, in milliseconds since the epoch. */
  nextExpiry(): number | undefined {
    return this.#sql
      .exec<{ at: number | null }>(
        'SELECT min(at) AS at FROM (SELECT min(expires_at) AS at FROM refused_claim UNION ALL SELECT min(expires_at) FROM merge_op)',
      )
      .toArray()
      .flatMap(({ at }) => at ?? [])[0]
  }

  decision(op: string): Decision | undefined {
    return this.#sql.exec<{ decision: Decision }>('SELECT decision FROM merge_op WHERE op = ?', op).toArray()[0]
      ?.decision
  }

  /** Decides a merge, unless that was done. One that was absorbed is remembered until its loser has followed. */
  decide(op: string, survivor: string, decision: Decision, expiresAt: number): Decision {
    this.#sql.exec(
      'INSERT INTO merge_op (op, survivor, decision, expires_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      op,
      survivor,
      decision,
      decision === 'refused' ? expiresAt : null,
    )
    return this.decision(op) ?? decision
  }

  /** Up to `limit` merges that were won and that are remembered, in order, after the given one. */
  won(after: string, limit: number): { op: string; survivor: string }[] {
    return this.#sql
      .exec<{ op: string; survivor: string }>(
        "SELECT op, survivor FROM merge_op WHERE decision = 'absorbed' AND op > ? ORDER BY op LIMIT ?",
        after,
        limit,
      )
      .toArray()
  }

  forget(op: string): void {
    this.#sql.exec('DELETE FROM merge_op WHERE op = ?', op)
  }
}

function hashOf(claim: string): string {
  return nodeCrypto().createHash('sha256').update(claim).digest('hex')
}

/** Stands for an identity that was erased, in its pool: what is remembered of it must find its slot. */
function nobodyIn(identity: string): string {
  return `${identity.slice(0, 8)}-0000-8000-0000-000000000000`
}

const ITS_KEY = 'slot = ? AND provider = ? AND subject = ? AND developer = ?'

/** Routes are in order of slot, so that those of a slot are found. */
function keyOf(login: ProvenLogin): [slot: number, provider: string, subject: string, developer: number] {
  return [slotOfLogin(login), login.provider, login.subject, Number(login.developer)]
}
