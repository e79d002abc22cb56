import type { IdentityRow } from '../identities.ts'
import type { IdentityTable } from '../identity-table.ts'
import type { GivenRow, Move, MoveAnswer } from './move.ts'
import type { MoveNames } from './move-names.ts'
import { MOVED_TABLES, type MovedTable } from './moved-rows.ts'
import type { PartRow } from './part.ts'
import type { Reservations } from './reservations.ts'
import { isAtHome } from './slots.ts'

/**
 * What an object does that gets slots of another one. Until the slots are its own, what it has of them lies aside, where no
 * step sees it. All synchronous.
 */
export class MoveTarget {
  readonly #sql: SqlStorage
  readonly #names: MoveNames
  readonly #part: PartRow
  readonly #identities: IdentityTable
  readonly #reservations: Reservations

  constructor(
    sql: SqlStorage,
    names: MoveNames,
    part: PartRow,
    tables: { identities: IdentityTable; reservations: Reservations },
  ) {
    this.#sql = sql
    this.#names = names
    this.#part = part
    this.#identities = tables.identities
    this.#reservations = tables.reservations
  }

  prepare({ op, slots }: Move): MoveAnswer {
    const known = this.#names.find(op)
    if (known) return answerOf(known.state)
    this.#names.add(op, slots, 'staging')
    return DONE
  }

  put(op: string, rows: readonly GivenRow[]): MoveAnswer {
    const known = this.#names.find(op)
    if (known?.state !== 'staging') return answerOf(known?.state)
    for (const { key, kind, row, version } of rows)
      this.#sql.exec(
        `INSERT INTO slot_staged (op, kind, key, version, row) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (op, kind, key) DO UPDATE SET version = excluded.version, row = excluded.row
         WHERE version <= excluded.version`,
        op,
        kind,
        key,
        version,
        row,
      )
    return DONE
  }

  own(op: string, rows: readonly GivenRow[]): MoveAnswer {
    const known = this.#names.find(op)
    if (known?.state !== 'staging') return answerOf(known?.state)
    this.put(op, rows)
    const logins = this.#inTheWay(op)
    for (const table of MOVED_TABLES) this.#unpack(op, table)
    for (const login of logins) this.#settle(login)
    this.#sql.exec('DELETE FROM slot_staged WHERE op = ?', op)
    this.#names.set(op, 'owned')
    this.#part.gain(known.slots)
    return OWNED
  }

  decide(op: string): MoveAnswer {
    const known = this.#names.find(op)
    if (known?.state === 'owned') return OWNED
    if (!known) this.#names.add(op, [0, 0], 'refused')
    else this.#names.set(op, 'refused')
    this.#sql.exec('DELETE FROM slot_staged WHERE op = ?', op)
    return REFUSED
  }

  #unpack(op: string, { key, name, rest }: MovedTable): void {
    // Here the errands get numbers of their own.
    const columns = name === 'errand' ? rest : [...key, ...rest]
    this.#sql.exec(
      `INSERT INTO ${name} (${columns.join(', ')})
       SELECT ${columns.map((column) => `row ->> '${column}'`).join(', ')}
       FROM slot_staged WHERE op = ? AND kind = '${name}' AND row IS NOT NULL
       ON CONFLICT DO NOTHING`,
      op,
    )
  }

  /** Logins that this object has already: those of one side of a merge whose loser has not finished. */
  #inTheWay(op: string): TwoHomes[] {
    return this.#sql
      .exec<TwoHomes>(
        `SELECT login.*, row ->> 'identity' AS other, row ->> 'claim' AS other_claim
         FROM slot_staged JOIN login
         ON login.provider = row ->> 'provider' AND login.subject = row ->> 'subject'
         AND login.developer = row ->> 'developer'
         WHERE op = ? AND kind = 'login' AND row IS NOT NULL`,
        op,
      )
      .toArray()
  }

  /**
   * Leaves such a login with the survivor, as a merge within one object does. If its row with the loser was its index, it
   * needs a route now.
   */
  #settle({ claim, developer, identity, other, other_claim, provider, subject }: TwoHomes): void {
    const login = { provider, subject, developer: developer === 1 }
    const old = this.#identities.row(identity)
    const moved = this.#identities.row(other)
    if (!old || !moved) throw new Error('A login of a slot that came has no identity.')
    const keeps = survives(moved, old) ? { identity: other, claim: other_claim } : { identity, claim }
    const loser = keeps.identity === identity ? other : identity
    this.#sql.exec(
      'UPDATE login SET identity = ?, claim = ? WHERE provider = ? AND subject = ? AND developer = ?',
      keeps.identity,
      keeps.claim,
      provider,
      subject,
      developer,
    )
    if (isAtHome(login, keeps.identity)) this.#reservations.drop(login, keeps.claim)
    else if (isAtHome(login, loser)) this.#reservations.reserve(login, keeps)
  }
}

/** Whether one of two identities with the same login is the one that it has come to by now. */
function survives(one: IdentityRow, other: IdentityRow): boolean {
  return one.frozen_by === null || other.frozen_for === one.uuid
}

/** A login with its identity here, and the identity that came with it. */
interface TwoHomes extends Record<string, SqlStorageValue> {
  provider: string
  subject: string
  developer: number
  identity: string
  claim: string
  other: string
  other_claim: string
}

function answerOf(state: string | undefined): MoveAnswer {
  if (state === 'owned') return OWNED
  return state === 'staging' ? DONE : REFUSED
}

const DONE = { kind: 'done' } as const
const OWNED = { kind: 'owned' } as const
const REFUSED = { kind: 'refused' } as const
