/** The value that a share of the sorted values does not exceed. */
export function quantile(sorted, share) {
  return sorted[Math.max(0, Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1))] ?? Number.NaN
}

/** @param {readonly number[]} values in any order */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return (quantile(sorted, 0.5) + (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN)) / 2
}

/** The median of some values, with the least and the greatest of them. */
export function spread(values) {
  return { median: median(values), least: Math.min(...values), greatest: Math.max(...values) }
}
