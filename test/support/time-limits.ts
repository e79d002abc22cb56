import { vi } from 'vitest'

/**
 * Lets time limits end at once instead of after their time, so that no test waits for them or measures them. `which` says
 * which ones, by their milliseconds; the others never end. What was asked for is in the spy's calls.
 */
export function shortenTimeLimits(which: (milliseconds: number) => boolean = () => true) {
  return vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
    const limit = new AbortController()
    if (which(milliseconds)) setTimeout(() => limit.abort(new DOMException('too late', 'TimeoutError')), 20)
    return limit.signal
  })
}
