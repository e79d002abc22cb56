import {
  BATCHES_A_SECOND,
  MAX_RING_CHARS,
  MAX_RING_RECORDS,
  MAX_WATCH_ANSWER_CHARS,
  TELL_EVERY_MS,
  WATCH_MS,
} from './limits.ts'

/** What an isolate that sends records is told. */
export interface WatchLeft {
  /** For how long somebody goes on watching, in milliseconds; 0 if nobody does. */
  left: number
  /** How long to wait before the next batch, in milliseconds. */
  pause: number
}

/** What somebody who watches gets. */
export interface WatchedPage {
  /** Audit records as JSON, the oldest first. */
  records: string[]
  /** Leads to what comes after them. */
  cursor: string
  /** Records of the time since the cursor that nobody can have any more, or that were too many to be sent. */
  missed: number
  /** Whether the watch begins here: without a cursor, or with one of a ring that is gone. */
  begins: boolean
  /** Whether there are more already. */
  more: boolean
  /** For how long the account counts as watched, in milliseconds. */
  left: number
}

/**
 * The last records of an account, in memory, while somebody watches. Nothing is stored: whoever asks after the object was
 * started anew is told that the watch begins again. All synchronous.
 */
export class DecisionRing {
  /** Tells this ring from others of the same account. */
  readonly #name: string
  #records: string[] = []
  #chars = 0
  /** How many records there were before the first one that is kept. */
  #before = 0
  #missed = 0
  #watchedUntil = Number.NEGATIVE_INFINITY
  #tellingSince = Number.NEGATIVE_INFINITY
  #toldAll = true
  #second = { at: 0, batches: 0 }

  constructor(name: string) {
    this.#name = name
  }

  /** Takes a batch of an isolate. */
  add(records: readonly string[], missed: number, now: number): WatchLeft {
    const left = this.#left(now)
    if (left === 0) return { left, pause: 0 }
    this.#missed += missed
    for (const record of records) {
      this.#records.push(record)
      this.#chars += record.length
    }
    while (this.#records.length > MAX_RING_RECORDS || this.#chars > MAX_RING_CHARS) {
      this.#chars -= this.#records.shift()?.length ?? 0
      this.#before++
    }
    return { left, pause: this.#pause(now) }
  }

  /** What came after the cursor, for somebody who watches. */
  read(cursor: string | undefined, now: number): WatchedPage {
    this.#watchedUntil = now + WATCH_MS
    const [name, seen, seenMissed] = cursor?.split('-') ?? []
    const begins = name !== this.#name || Number(seen) > this.#before + this.#records.length
    const from = begins ? this.#before : Math.max(this.#before, Number(seen))
    const fallen = begins ? 0 : from - Number(seen)
    const missed = begins ? 0 : fallen + this.#missed - Number(seenMissed)
    const records = this.#page(from - this.#before)
    const next = from + records.length
    return {
      records,
      cursor: `${this.#name}-${next}-${this.#missed}`,
      missed: Math.max(0, missed),
      begins,
      more: next < this.#before + this.#records.length,
      left: WATCH_MS,
    }
  }

  /** Whether it is time that some more pools are told that somebody watches: until all were, and then again after a while. */
  tells(now: number): boolean {
    if (this.#toldAll && now >= this.#tellingSince && now - this.#tellingSince < TELL_EVERY_MS) return false
    if (this.#toldAll) this.#tellingSince = now
    this.#toldAll = false
    return true
  }

  /** No more pools need to be told for a while. */
  allAreTold(): void {
    this.#toldAll = true
  }

  #left(now: number): number {
    return now >= this.#watchedUntil - WATCH_MS ? Math.max(0, this.#watchedUntil - now) : 0
  }

  #page(first: number): string[] {
    let chars = 0
    const page: string[] = []
    for (const record of this.#records.slice(first)) {
      chars += record.length
      if (page.length > 0 && chars > MAX_WATCH_ANSWER_CHARS) break
      page.push(record)
    }
    return page
  }

  /** The more isolates send, the longer each waits, so that together they send about as many batches as one object can take. */
  #pause(now: number): number {
    const at = Math.floor(now / 1000)
    this.#second = at === this.#second.at ? { at, batches: this.#second.batches + 1 } : { at, batches: 1 }
    return 1000 * Math.ceil(this.#second.batches / BATCHES_A_SECOND)
  }
}
