import type { ProvenLogin } from '../identities.ts'
import type { TakeStep } from './step.ts'

/**
 * What an object still has to do at another, for what it has changed. It is written down in the same transaction, and done
 * by the object's alarm: the change stands, and everybody who meets what is not done yet copes with it.
 */
export type Errand =
  /** A login was taken off the identity: its reservation goes. */
  | { errand: 'drop'; login: ProvenLogin; claim: string }
  /** The identity has lost a merge or was spared: the survivor need not remember it. */
  | { errand: 'forget'; survivor: string; op: string }
  /** The identity is frozen: unless somebody was faster, the merge is decided now. */
  | { errand: 'settle'; survivor: string; op: string }

export interface DueErrand {
  number: number
  /** The identity that it is about. */
  identity: string
  what: Errand
}

export class Errands {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  add(identity: string, what: Errand, dueAt: number): void {
    this.#sql.exec(
      'INSERT INTO errand (identity, due_at, what) VALUES (?, ?, ?)',
      identity,
      dueAt,
      JSON.stringify(what),
    )
  }

  due(now: number, limit: number): DueErrand[] {
    return this.#sql
      .exec<{ number: number; identity: string; what: string }>(
        'SELECT number, identity, what FROM errand WHERE due_at <= ? ORDER BY due_at LIMIT ?',
        now,
        limit,
      )
      .toArray()
      .map(({ identity, number, what }) => ({ number, identity, what: JSON.parse(what) }))
  }

  /** The number alone may be another errand's by now, if this one went to another object with its slot. */
  done({ identity, number, what }: DueErrand): void {
    this.#sql.exec(
      'DELETE FROM errand WHERE number = ? AND identity = ? AND what = ?',
      number,
      identity,
      JSON.stringify(what),
    )
  }

  /** When the next one about an identity is due. */
  nextOf(identity: string): number | undefined {
    return this.#sql
      .exec<{ at: number | null }>('SELECT min(due_at) AS at FROM errand WHERE identity = ?', identity)
      .toArray()
      .flatMap(({ at }) => at ?? [])[0]
  }

  /** Those that mention one of these identities. */
  about(identities: readonly string[]): DueErrand[] {
    const listed = JSON.stringify(identities)
    return this.#sql
      .exec<{ number: number; identity: string; what: string }>(
        `SELECT number, identity, what FROM errand WHERE ${MENTIONS}`,
        listed,
      )
      .toArray()
      .map(({ what, ...errand }) => ({ ...errand, what: JSON.parse(what) }))
  }

  /** Forgets those that mention one of these identities. */
  forgetAbout(identities: readonly string[]): void {
    this.#sql.exec(`DELETE FROM errand WHERE ${MENTIONS}`, JSON.stringify(identities))
  }

  /** The merges that any of them is about. */
  merges(): ReadonlySet<string> {
    const named = this.#sql.exec<{ op: string | null }>("SELECT json_extract(what, '$.op') AS op FROM errand").toArray()
    return new Set(named.flatMap(({ op }) => op ?? []))
  }

  /** Puts an errand off that could not be run. */
  putOff({ identity, number, what }: DueErrand, dueAt: number): void {
    this.#sql.exec(
      'UPDATE errand SET due_at = ? WHERE number = ? AND identity = ? AND what = ?',
      dueAt,
      number,
      identity,
      JSON.stringify(what),
    )
  }

  /** When the next one is due, in milliseconds since the epoch. */
  nextDue(): number | undefined {
    return this.#sql
      .exec<{ at: number | null }>('SELECT min(due_at) AS at FROM errand')
      .toArray()
      .flatMap(({ at }) => at ?? [])[0]
  }
}

const MENTIONS = `identity IN (SELECT value FROM json_each(?1))
  OR json_extract(what, '$.survivor') IN (SELECT value FROM json_each(?1))`

/** Runs one errand; it may have been run before. */
export async function run({ identity, what }: DueErrand, take: TakeStep): Promise<void> {
  switch (what.errand) {
    case 'drop':
      await take({ step: 'drop', login: what.login, claim: what.claim })
      return
    case 'forget':
      await take({ step: 'forget', survivor: what.survivor, op: what.op })
      return
    case 'settle':
      await settle({ loser: identity, survivor: what.survivor, op: what.op }, take)
      return
    default:
      throw new Error('an errand of a later version')
  }
}

/** A merge that stands between two identities. */
export interface Merge {
  loser: string
  survivor: string
  op: string
}

/** Brings a merge to its end: the survivor decides, if it has not yet, and the loser follows. */
export async function settle(merge: Merge, take: TakeStep): Promise<void> {
  const { op, survivor } = merge
  const { decision } = await take({ step: 'decide', survivor, op })
  await take({ step: 'finish', ...merge, decision })
}
