/** Chance that is the same at every run: everything here is made from a seed. */

/**
 * A generator of numbers in [0, 1), the algorithm sfc32 of PractRand.
 * @param {number} seed
 * @returns {() => number}
 */
export function generator(seed) {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, seed | 0, 1]
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

export function exponential(next, mean) {
  return -mean * Math.log(1 - next())
}

export function normal(next) {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
}

/** Standard normal quantile of 0.95. */
const Z95 = 1.6448536269514722

/** A log-normal number, by its median and its 95th percentile. */
export function logNormal(next, median, p95) {
  return median * Math.exp((Math.log(p95 / median) / Z95) * normal(next))
}

/**
 * Shares of `count` users in the requests, the k-th busiest in proportion to k^-exponent. They add up to 1.
 * @returns {Float64Array}
 */
export function zipfShares(count, exponent) {
  const shares = Float64Array.from({ length: count }, (_, k) => (k + 1) ** -exponent)
  const total = shares.reduce((sum, share) => sum + share, 0)
  return shares.map((share) => share / total)
}

/** The value below which the part `q` of the sorted samples lies. */
export function quantile(sorted, q) {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]
}
