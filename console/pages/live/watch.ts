import { type Signal, signal } from '@preact/signals'
import { Refused } from '../../calls/index.ts'
import { edge } from '../../session/index.ts'
import type { AuditRecord } from '../why/record.ts'
import { type Seen, seenOf } from './seen.ts'

interface Answer {
  Cursor: string
  Records: AuditRecord[]
  Missed: number
  Began: boolean
  AskAgainAfterSeconds: number
}

/** Records that the page keeps. */
const KEPT = 2_000
const AFTER_FAILURE_MS = 5_000
const ANY_REGION = 'us-east-1'

/** A watch that goes on until the page is left or the operator pauses it. Then nobody watches, and it costs nothing. */
export interface Watch {
  state: Signal<'watching' | 'paused'>
  error: Signal<unknown>
  /** The newest first. */
  seen: Signal<readonly Seen[]>
  missed: Signal<number>
  /** How often the watch had to begin again, so that something may be missing. */
  gaps: Signal<number>
  /** Since when, in milliseconds since the epoch. */
  since: number
  pause(): void
  goOn(): void
  end(): void
}

/** Whether it is the operator who is refused, and not the moment. */
const isFinal = (error: unknown) =>
  error instanceof Refused &&
  /^(?:AccessDenied|NotAuthorized|ExpiredToken|InvalidSignature|UnrecognizedClient|IncompleteSignature)/.test(
    error.code,
  )

export function startWatch(): Watch {
  const [state, error] = [signal<'watching' | 'paused'>('watching'), signal<unknown>(undefined)]
  const [seen, missed, gaps] = [signal<readonly Seen[]>([]), signal(0), signal(0)]
  let cursor: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  const take = ({ AskAgainAfterSeconds, Began, Cursor, Missed, Records }: Answer): number => {
    if (Began && cursor !== undefined) gaps.value++
    cursor = Cursor
    missed.value += Missed
    const known = new Set(seen.value.map(({ id }) => id))
    const fresh = Records.map(seenOf).filter(({ id }) => !known.has(id))
    if (fresh.length > 0) seen.value = [...fresh.reverse(), ...seen.value].slice(0, KEPT)
    error.value = undefined
    return AskAgainAfterSeconds * 1000
  }

  const ask = async (turn: number) => {
    let wait = AFTER_FAILURE_MS
    try {
      const answer = await edge<Answer>('WatchDecisions', cursor === undefined ? {} : { Cursor: cursor }, ANY_REGION)
      if (turn === asked) wait = take(answer)
    } catch (thrown) {
      if (turn === asked) error.value = thrown
      // Asking again would be refused again, with a record for each time.
      if (turn === asked && isFinal(thrown)) state.value = 'paused'
    }
    // One who was paused and goes on has asked anew meanwhile.
    if (turn === asked && state.value === 'watching') timer = setTimeout(() => ask(turn), wait)
  }
  const stop = () => {
    asked++
    clearTimeout(timer)
  }
  const begin = () => {
    stop()
    state.value = 'watching'
    void ask(asked)
  }
  begin()
  return {
    ...{ state, error, seen, missed, gaps, since: Date.now(), goOn: begin, end: stop },
    pause() {
      stop()
      state.value = 'paused'
    },
  }
}
