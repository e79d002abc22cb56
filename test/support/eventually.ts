import { vi } from 'vitest'

/** Asks again and again until nothing is thrown, for a minute: vitest's own second is over when a busy machine pauses. */
export function eventually<T>(ask: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(ask, { timeout: 60_000, interval: 50 })
}
