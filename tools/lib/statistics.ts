/**
 * The value that a share of the sorted values does not exceed, by nearest rank: one of the values, the 99th of a hundred for
 * a share of 0.99. `NaN` for no values.
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1))] ?? Number.NaN
}

/** The median of values in any order: the mean of the middle two, where there are two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return (quantile(sorted, 0.5) + (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN)) / 2
}

export interface Spread {
  median: number
  least: number
  greatest: number
}

/** The median of some values, with the least and the greatest of them. */
export function spread(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), greatest: Math.max(...values) }
}
