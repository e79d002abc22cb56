/** Chance that is the same at every run: everything here is made from a seed. */

/** Gives numbers in [0, 1). */
export type Generator = () => number

/** A generator by the algorithm sfc32 of PractRand. */
export function generator(seed: number): Generator {
  let [a, b, c, counter]: [number, number, number, number] = [0x9e3779b9, 0x243f6a88, seed | 0, 1]
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 2 ** 32
  }
  for (let i = 0; i < 20; i++) next()
  return next
}

export function exponential(next: Generator, mean: number): number {
  return -mean * Math.log(1 - next())
}

function normal(next: Generator): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
}

/** Standard normal quantile of 0.95. */
const Z95 = 1.6448536269514722

/** A log-normal number, by its median and its 95th percentile. */
export function logNormal(next: Generator, median: number, p95: number): number {
  return median * Math.exp((Math.log(p95 / median) / Z95) * normal(next))
}

/** Shares of `count` users in the requests, the k-th busiest in proportion to k^-exponent. They add up to 1. */
export function zipfShares(count: number, exponent: number): Float64Array {
  const shares = Float64Array.from({ length: count }, (_, k) => (k + 1) ** -exponent)
  const total = shares.reduce((sum, share) => sum + share, 0)
  return shares.map((share) => share / total)
}

/** One of the numbers from 0 on, of so many. */
export function pick(next: Generator, among: number): number {
  return Math.floor(next() * among)
}

export function hex(next: Generator, digits: number): string {
  return Array.from({ length: digits }, () => pick(next, 16).toString(16)).join('')
}

/** A text in the form of a UUID, all of it by chance. */
export function uuid(next: Generator): string {
  return [8, 4, 4, 4, 12].map((digits) => hex(next, digits)).join('-')
}
