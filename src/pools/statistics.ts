import { dayOf } from '../base/days.ts'
import { LAST_USED_DAY, lastUsedDaysOf } from './last-use.ts'
import { COUNT_ROWS, COUNTS_LAST_MS, MAX_PROVIDERS_COUNTED, UNUSED_DAYS } from './limits.ts'
import type { PoolSettings } from './settings.ts'
import type { Slots } from './spread/map.ts'
import { SLOTS, slotOfIdentity } from './spread/slots.ts'

/** How many identities there are, of each kind. */
export interface Counts {
  guests: number
  members: number
  disabled: number
  blocked: number
  /** Certainly not used for thirty days; nothing, where no use is kept. */
  unusedGuests: number | undefined
  unusedMembers: number | undefined
  /** Logins by provider. */
  logins: readonly LoginCount[]
}

export interface LoginCount {
  provider: string
  developer: boolean
  logins: number
}

/** What an object or a pool knows of its numbers. */
export interface Statistics {
  /** As it was at that time, in milliseconds since the epoch: identities that came or went meanwhile may be missing. */
  counted: { at: number; counts: Counts } | undefined
  /** What is counted just now: since when, how many, and which part of all from 0 to 1. */
  counting: { since: number; identities: number; share: number } | undefined
}

interface Row extends Record<string, SqlStorageValue> {
  slots: string
  begun_at: number
  cursor: string
  counts: string
}

const NOTHING: Counts = {
  ...{ guests: 0, members: 0, disabled: 0, blocked: 0 },
  ...{ unusedGuests: 0, unusedMembers: 0, logins: [] },
}

const ALL_SLOTS: readonly Slots[] = [[0, SLOTS - 1]]

/**
 * Counts the identities of one object, some at a time, by its alarm. It begins when somebody asks and what is known is old, so
 * that a pool of which nobody asks costs nothing. Synchronous.
 */
export class PoolStatistics {
  readonly #sql: SqlStorage
  readonly #now: () => number

  constructor(sql: SqlStorage, now: () => number) {
    this.#sql = sql
    this.#now = now
  }

  /** What is known, after which a new count may be under way. `slots`: those of this object, in a pool that is spread. */
  ask(slots: readonly Slots[] = ALL_SLOTS): Statistics {
    const here = JSON.stringify(slots)
    const [counted, counting] = [this.#row('counted', here), this.#row('counting', here)]
    const isOld = !counted || this.#now() >= counted.begun_at + COUNTS_LAST_MS
    if (isOld && !counting)
      this.#write('counting', { slots: here, begun_at: this.#now(), cursor: '', counts: JSON.stringify(NOTHING) })
    return {
      counted: counted && { at: counted.begun_at, counts: JSON.parse(counted.counts) },
      counting: progressOf(this.#row('counting', here), slots),
    }
  }

  /** Counts some more, if there is anything to count. If slots have come or gone, the count is given up until somebody asks again. */
  countSome(settings: PoolSettings, slots: readonly Slots[] = ALL_SLOTS): void {
    if (!this.isCounting()) return
    const here = JSON.stringify(slots)
    const row = this.#row('counting', here)
    if (!row) {
      this.#forget()
      return
    }
    const { last, ...some } = this.#countAfter(row, lastUsedDaysOf(settings))
    const counts = JSON.stringify(bounded(sum([JSON.parse(row.counts), some])))
    this.#write(last === undefined ? 'counted' : 'counting', { ...row, cursor: last ?? '', counts })
    if (last === undefined) this.#forget()
  }

  isCounting(): boolean {
    return this.#sql.exec("SELECT 1 FROM statistics WHERE kind = 'counting'").toArray().length > 0
  }

  /** The counts of some identities; the last of them, if there may be more. */
  #countAfter({ begun_at, cursor }: Row, lastUsedDays: number | undefined): Counts & { last: string | undefined } {
    // One note of a use stands for so many days.
    const unused = lastUsedDays === undefined ? null : dayOf(begun_at) - UNUSED_DAYS - (lastUsedDays - 1)
    const found = this.#sql
      .exec<
        Record<'n' | 'guests' | 'members' | 'disabled' | 'blocked' | 'unusedGuests' | 'unusedMembers', number> & {
          last: string | null
        }
      >(
        `SELECT count(*) AS n, max(uuid) AS last, total(state = 'guest') AS guests, total(state = 'member') AS members,
           total(state = 'disabled' AND erased = 0) AS disabled, total(blocked_until > ?) AS blocked,
           total(state = 'guest' AND ${LAST_USED_DAY} < ?) AS unusedGuests, total(state = 'member' AND ${LAST_USED_DAY} < ?) AS unusedMembers
         FROM (SELECT * FROM identity WHERE uuid > ? ORDER BY uuid LIMIT ?)`,
        ...[begun_at, unused, unused, cursor, COUNT_ROWS],
      )
      .one()
    const { last, n, ...counts } = found
    const kept = unused === null ? { unusedGuests: undefined, unusedMembers: undefined } : {}
    return {
      ...counts,
      ...kept,
      logins: this.#loginsBetween(cursor, last ?? cursor),
      last: n === COUNT_ROWS ? (last ?? undefined) : undefined,
    }
  }

  #loginsBetween(after: string, last: string): LoginCount[] {
    return this.#sql
      .exec<{ provider: string; developer: number; logins: number }>(
        `SELECT provider, developer, count(*) AS logins FROM login WHERE identity > ? AND identity <= ?
         GROUP BY provider, developer`,
        after,
        last,
      )
      .toArray()
      .map((row) => ({ ...row, developer: row.developer === 1 }))
  }

  /** A row for these slots. */
  #row(kind: 'counted' | 'counting', slots: string): Row | undefined {
    return this.#sql.exec<Row>('SELECT * FROM statistics WHERE kind = ? AND slots = ?', kind, slots).toArray()[0]
  }

  #write(kind: 'counted' | 'counting', { begun_at, counts, cursor, slots }: Row): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO statistics (kind, slots, begun_at, cursor, counts) VALUES (?, ?, ?, ?, ?)',
      ...[kind, slots, begun_at, cursor, counts],
    )
  }

  #forget(): void {
    this.#sql.exec("DELETE FROM statistics WHERE kind = 'counting'")
  }
}

/** The counts of several objects together. What one of them does not know, nobody knows. */
export function sum(all: readonly Counts[]): Counts {
  const total = (of: (counts: Counts) => number) => all.reduce((so, counts) => so + of(counts), 0)
  const known = (of: (counts: Counts) => number | undefined) =>
    all.every((counts) => of(counts) !== undefined) ? total((counts) => of(counts) ?? 0) : undefined
  const logins = Map.groupBy(
    all.flatMap((counts) => counts.logins),
    ({ developer, provider }) => JSON.stringify([provider, developer]),
  )
  return {
    guests: total(({ guests }) => guests),
    members: total(({ members }) => members),
    disabled: total(({ disabled }) => disabled),
    blocked: total(({ blocked }) => blocked),
    unusedGuests: known(({ unusedGuests }) => unusedGuests),
    unusedMembers: known(({ unusedMembers }) => unusedMembers),
    logins: [...logins.values()].flatMap((same) =>
      same[0] ? { ...same[0], logins: same.reduce((so, one) => so + one.logins, 0) } : [],
    ),
  }
}

/** Counts that have a bound, however many names of providers a file has brought in: the least used are counted as one. */
export function bounded(counts: Counts): Counts {
  if (counts.logins.length <= MAX_PROVIDERS_COUNTED) return counts
  const byUse = [...counts.logins].sort((a, b) => b.logins - a.logins)
  const rest = byUse.slice(MAX_PROVIDERS_COUNTED - 1).reduce((so, { logins }) => so + logins, 0)
  const others = { provider: OTHER_PROVIDERS, developer: false, logins: rest }
  return {
    ...counts,
    logins: sum([{ ...counts, logins: [...byUse.slice(0, MAX_PROVIDERS_COUNTED - 1), others] }]).logins,
  }
}

/** No provider has this name. */
const OTHER_PROVIDERS = 'other providers'

export function identitiesIn({ disabled, guests, members }: Counts): number {
  return guests + members + disabled
}

/** Statistics of a pool over several objects: nothing is counted unless all have counted. */
export function together(all: readonly Statistics[]): Statistics {
  const counted = all.flatMap((one) => one.counted ?? [])
  const counting = all.flatMap((one) => one.counting ?? [])
  const share = (one: Statistics) => one.counting?.share ?? 1
  return {
    counted:
      counted.length === all.length
        ? { at: Math.min(...counted.map(({ at }) => at)), counts: sum(counted.map(({ counts }) => counts)) }
        : undefined,
    counting:
      counting.length > 0
        ? {
            since: Math.min(...counting.map(({ since }) => since)),
            identities: counting.reduce((so, { identities }) => so + identities, 0),
            share: all.reduce((so, one) => so + share(one), 0) / all.length,
          }
        : undefined,
  }
}

/** How far a count is: its identities are in order of slot. */
function progressOf(row: Row | undefined, slots: readonly Slots[]): Statistics['counting'] {
  if (!row) return undefined
  const at = row.cursor === '' ? 0 : slotOfIdentity(row.cursor)
  const sizes = slots.map(([first, last]) => last - first + 1)
  const passed = slots.map(([first, last]) => Math.max(0, Math.min(at, last + 1) - first))
  const all = (parts: readonly number[]) => parts.reduce((so, part) => so + part, 0)
  return { since: row.begun_at, identities: identitiesIn(JSON.parse(row.counts)), share: all(passed) / all(sizes) || 0 }
}
