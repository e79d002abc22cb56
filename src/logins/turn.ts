import { TURN_BEAT_MS, TURN_POLL_MS, TURN_SILENCE_MS, TURN_WAIT_MS } from './limits.ts'

/**
 * Lets one request of an isolate do some work, while others wait for what it leaves in memory.
 *
 * Nothing of one request is awaited by another: in workerd a promise that one request began may never settle for another,
 * and a request whose client goes away ends in the middle. So those who wait look again and again, by timers of their own,
 * and whoever works gives a sign of life, by a timer that ends with its request. If no sign comes, the next one works.
 */
export class Turn {
  #holder: object | undefined
  #beats = 0

  /** What `known` finds in memory, as soon as it finds something; if nobody works on that, what comes of `work`. */
  async share<T>(known: () => T | undefined, work: () => Promise<T>): Promise<T> {
    let heard = this.#beats
    let silent = 0
    for (let waited = 0; ; waited += TURN_POLL_MS) {
      const found = known()
      if (found !== undefined) return found
      silent = this.#beats === heard ? silent : 0
      heard = this.#beats
      // From this look at who works to the entry of whoever does, nothing is awaited: of all who wait, one goes on.
      if (!this.#holder || silent >= TURN_SILENCE_MS || waited >= TURN_WAIT_MS) return this.#take(work)
      await new Promise<void>((resolve) => setTimeout(resolve, TURN_POLL_MS))
      silent += TURN_POLL_MS
    }
  }

  async #take<T>(work: () => Promise<T>): Promise<T> {
    const holder = {}
    this.#holder = holder
    this.#beats += 1
    const beat = setInterval(() => {
      this.#beats += 1
    }, TURN_BEAT_MS)
    try {
      return await work()
    } finally {
      clearInterval(beat)
      if (this.#holder === holder) this.#holder = undefined
    }
  }
}
