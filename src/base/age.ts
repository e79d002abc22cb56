/**
 * Whether what dates from `since` is younger than `limit`, by the clock that dated it; all in one unit. When that clock
 * has gone back, nobody knows how old it is, and so it is too old: else it would be kept for as long as the clock is behind.
 */
export function isYounger(since: number, now: number, limit: number): boolean {
  return since <= now && now - since < limit
}
