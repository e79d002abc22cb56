import type { OfSpread } from './calls.ts'
import type { PoolObject } from './pool-objects.ts'
import type { SpreadPool } from './spread/spread-pool.ts'

/** How a signed call is made, by the form of the pool. */
export interface Ways<T> {
  alone: (object: PoolObject) => Promise<T | OfSpread>
  spread: (pool: SpreadPool) => Promise<T>
}

export const OF_SPREAD: OfSpread = { kind: 'of_spread' }

export function isOfSpread(answer: { kind: string }): answer is OfSpread {
  return answer.kind === 'of_spread'
}
