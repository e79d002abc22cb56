import type { Spread } from './spread/map.ts'

/** Comes with an answer of an object while somebody watches the account of its pool, and says for how many milliseconds more. */
export interface WatchedFor {
  account: string
  left: number
}

/** The object knows now that somebody watches. `spread`: the other objects of the pool must be told too. */
export interface WatchNoted {
  kind: 'watched'
  spread?: Spread | undefined
}

/**
 * What an object of a pool knows of whether somebody watches the decisions of its account. It is in memory alone: who watches
 * tells it again and again. Isolates learn of it with the answers that they get anyway.
 */
export class Watch {
  readonly #now: () => number
  #account = ''
  #until = Number.NEGATIVE_INFINITY

  constructor(now: () => number) {
    this.#now = now
  }

  note(account: string, left: number): void {
    this.#account = account
    this.#until = this.#now() + left
  }

  /** The answer, with the word that somebody watches, if so. A Worker of an earlier version passes over it. */
  mark<T extends { kind: string }>(answer: T): T {
    const left = this.#until - this.#now()
    return left > 0 ? { ...answer, watched: { account: this.#account, left } } : answer
  }
}

/** Takes the word off an answer, and passes it on. */
export function unmarked<T>(answer: T, heard: ((account: string, left: number) => void) | undefined): T {
  if (typeof answer !== 'object' || answer === null || !('watched' in answer)) return answer
  const { watched, ...rest } = answer as T & { watched: WatchedFor }
  heard?.(watched.account, watched.left)
  return rest as T
}
