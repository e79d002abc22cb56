/** Milliseconds of a day in UTC. */
export const DAY_MS = 86_400_000

/** The day of a time in milliseconds since the epoch, counted from 1970-01-01 in UTC. */
export function dayOf(milliseconds: number): number {
  return Math.floor(milliseconds / DAY_MS)
}

/** A day that is counted from 1970-01-01, such as `2026-11-27`. */
export function textOfDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}
