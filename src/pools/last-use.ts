import { DAY_MS, dayOf } from '../base/days.ts'
import type { IdentityRow } from './identities.ts'
import type { PoolSettings } from './settings.ts'

/** The tag by which the owner of a pool says how exactly it keeps when identities were last used: in days, or not at all. */
export const LAST_USED_TAG = 'edge-identity:last-used-days'

/** What it says for not at all. */
export const LAST_USED_OFF = 'off'

/** Most days that one note of a use may stand for. */
export const MAX_LAST_USED_DAYS = 30

const DEFAULT_LAST_USED_DAYS = 7

/** Days that one note of a use stands for in a pool with these settings; `undefined`, if it keeps none. */
export function lastUsedDaysOf({ tags }: Pick<PoolSettings, 'tags'>): number | undefined {
  const days = tags?.get(LAST_USED_TAG)
  if (days === LAST_USED_OFF) return undefined
  return days === undefined ? DEFAULT_LAST_USED_DAYS : Number(days)
}

/** The day on which an identity is known to have been used last: the day it was made, until another is kept. */
export function lastUsedDay({ created_at, used_day }: Pick<IdentityRow, 'created_at' | 'used_day'>): number {
  return used_day ?? dayOf(created_at)
}

/** The same of a row, as SQL. */
export const LAST_USED_DAY = `coalesce(used_day, created_at / ${DAY_MS})`
