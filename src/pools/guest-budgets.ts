import { dayOf } from '../base/days.ts'
import type { GuestLimits } from './guest-settings.ts'
import { MAX_COUNTED, SAVE_AFTER_GUESTS, SAVE_AFTER_MS } from './limits.ts'

/** Who asks for a guest, as far as budgets go: hashes that nobody can trace, another one each day. */
export interface Origin {
  /** The block of addresses. */
  address?: string | undefined
  /** The provider of access. */
  network?: string | undefined
}

export type Budget = 'day' | 'address' | 'network'

/** Which part of the budgets of a pool is this object's, from 0 to 1. One address always comes to the same object. */
export interface Shares {
  day: number
  network: number
}

export const WHOLE: Shares = { day: 1, network: 1 }

const HOUR_MS = 3_600_000

interface CountRow extends Record<string, SqlStorageValue> {
  day: number
  made: number
}

/**
 * How many guests an object has made: in this UTC day, which is written down now and then, and in this hour by address and by
 * network, which only its memory has. Synchronous.
 */
export class GuestBudgets {
  readonly #sql: SqlStorage
  #day = -1
  #made = 0
  #saved = 0
  #savedAt = Number.NEGATIVE_INFINITY
  #hour = -1
  /** Used longest ago first. */
  readonly #ofHour = new Map<string, number>()

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /** The first budget that has no room for another guest. */
  spent(limits: GuestLimits, { address, network }: Origin, shares: Shares, now: number): Budget | undefined {
    this.#turnTo(now)
    if (Number.isFinite(limits.perDay) && this.#madeToday(now) >= shareOf(limits.perDay, shares.day)) return 'day'
    if (address !== undefined && this.#countOf(`a${address}`) >= limits.perAddressHour) return 'address'
    if (network !== undefined && this.#countOf(`n${network}`) >= shareOf(limits.perNetworkHour, shares.network))
      return 'network'
    return undefined
  }

  /** Counts a guest that is made in this transaction. */
  count(limits: GuestLimits, { address, network }: Origin, now: number): void {
    this.#turnTo(now)
    if (address !== undefined && Number.isFinite(limits.perAddressHour)) this.#count(`a${address}`)
    if (network !== undefined && Number.isFinite(limits.perNetworkHour)) this.#count(`n${network}`)
    if (!Number.isFinite(limits.perDay)) return
    this.#made = this.#madeToday(now) + 1
    const isLate = Math.abs(now - this.#savedAt) >= SAVE_AFTER_MS
    if (this.#made - this.#saved >= SAVE_AFTER_GUESTS || isLate) this.save(now)
  }

  /** When the day's number must be written down, in milliseconds since the epoch; nothing, if it is. */
  nextSave(): number | undefined {
    return this.#made > this.#saved ? this.#savedAt + SAVE_AFTER_MS : undefined
  }

  save(now: number): void {
    if (this.#made === this.#saved) return
    this.#sql.exec(
      `INSERT INTO guest_count (one, day, made) VALUES (1, ?, ?)
       ON CONFLICT (one) DO UPDATE SET day = excluded.day, made = excluded.made`,
      this.#day,
      this.#made,
    )
    this.#saved = this.#made
    this.#savedAt = now
  }

  #madeToday(now: number): number {
    const day = dayOf(now)
    if (day === this.#day) return this.#made
    const [row] = this.#sql.exec<CountRow>('SELECT day, made FROM guest_count').toArray()
    this.#day = day
    this.#made = row?.day === day ? row.made : 0
    this.#saved = this.#made
    return this.#made
  }

  #turnTo(now: number): void {
    const hour = Math.floor(now / HOUR_MS)
    if (hour === this.#hour) return
    this.#hour = hour
    this.#ofHour.clear()
  }

  #countOf(key: string): number {
    return this.#ofHour.get(key) ?? 0
  }

  #count(key: string): void {
    const count = this.#countOf(key) + 1
    this.#ofHour.delete(key)
    this.#ofHour.set(key, count)
    if (this.#ofHour.size <= MAX_COUNTED) return
    const [oldest] = this.#ofHour.keys()
    if (oldest !== undefined) this.#ofHour.delete(oldest)
  }
}

/** A part of a budget in whole guests, at least one, so that the parts come to the whole budget or a little more. */
function shareOf(budget: number, share: number): number {
  return Math.max(1, Math.ceil(budget * share))
}
