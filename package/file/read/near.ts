/** Most changes of one letter between what was written and what was meant. */
const MAX_DISTANCE = 2

/** The one of these words that was probably meant. */
function nearest(word: string, words: Iterable<string>): string | undefined {
  const near = [...words]
    .map((other) => ({ other, far: distance(word.toLowerCase(), other.toLowerCase()) }))
    .filter(({ far, other }) => far <= Math.min(MAX_DISTANCE, Math.floor(other.length / 2)))
    .sort((one, another) => one.far - another.far)
  return near[0]?.other
}

/** ` Did you mean …?`, or nothing. */
export function suggestion(word: string, words: Iterable<string>): string {
  const meant = nearest(word, words)
  return meant === undefined ? '' : ` Did you mean ${meant}?`
}

/** Letters to insert, to delete, to replace or to swap with the next one. */
function distance(one: string, other: string): number {
  const [a, b] = [one.slice(0, 64), other.slice(0, 64)]
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const ways = [(row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1)]
      next.push(Math.min(...ways, swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY))
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}
