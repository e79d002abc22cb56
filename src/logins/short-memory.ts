import { isYounger } from '../base/age.ts'
import { IsolateCache } from '../base/memory.ts'
import type { World } from '../base/world.ts'

/** Good answers of providers, in the memory of one isolate. Only settled ones, and refusals are never kept. */
export interface ShortMemory<T> {
  recall(name: string): T | undefined
  /** Keeps `value` for some seconds; not at all if there are none. The one longest unused makes room. */
  remember(name: string, value: T, seconds: number): void
}

export function createShortMemory<T>(share: 'activeUsers' | 'socialAnswers', world: World): ShortMemory<T> {
  const kept = new IsolateCache<string, { value: T; since: number; seconds: number }>(share)
  return {
    recall(name) {
      const entry = kept.get(name)
      if (entry && isYounger(entry.since, world.now(), entry.seconds * 1000)) return entry.value
      kept.delete(name)
      return undefined
    },
    remember(name, value, seconds) {
      kept.delete(name)
      if (seconds > 0) kept.set(name, { value, since: world.now(), seconds })
    },
  }
}
