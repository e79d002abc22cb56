import { type DueErrand, run } from '../../src/pools/spread/errands.ts'
import type { Step, TakeStep } from '../../src/pools/spread/step.ts'
import type { VirtualObject, VirtualPool } from './virtual-pool.ts'

/** Chance that can be repeated (Mulberry32). */
export function chanceFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** A step that a process waits for, or one that is on its way twice. */
export interface Waiting {
  process: number
  step: Step
  /** Steps that its process has taken before. */
  before: number
}

interface Asked extends Waiting {
  /** Nothing where nobody waits for the answer. */
  answer?: { resolve: (answer: never) => void; reject: (error: unknown) => void }
}

/** What happens next. */
export type Event =
  | { kind: 'step'; at: number }
  /** The step is taken, but its answer is lost, so that it comes again. */
  | { kind: 'lost'; at: number }
  /** The step is taken, and comes again some time later, though nobody waits for it. */
  | { kind: 'echo'; at: number }
  /** Its process ends for good before the step. */
  | { kind: 'end'; at: number }
  /** Time goes by, and objects begin to do what is due. */
  | { kind: 'wait'; milliseconds: number }

/** Decides what happens next. */
export type Fate = (waiting: readonly Waiting[]) => Event

/** What a process came to; nothing, if it was ended in the middle. */
export type Result = { value?: unknown; error?: unknown } | undefined

/** A process; `isDry`: it must change nothing. */
export interface Runnable {
  run: (take: TakeStep) => Promise<unknown>
  isDry?: boolean | undefined
}

/**
 * Runs processes against a pool, one step of one of them at a time, as fate has it. What objects do by themselves is a process
 * as well.
 */
export class Schedule {
  readonly results: Result[] = []
  readonly faults: string[] = []
  readonly #pool: VirtualPool
  readonly #fate: Fate
  readonly #waiting: Asked[] = []
  readonly #trace: (string | Waiting)[] = []
  readonly #isDry: boolean[] = []
  readonly #steps: number[] = []
  readonly #busy = new Set<VirtualObject>()

  constructor(pool: VirtualPool, fate: Fate) {
    this.#pool = pool
    this.#fate = fate
  }

  get trace(): string[] {
    return this.#trace.map((one) => (typeof one === 'string' ? one : `${one.process}: ${JSON.stringify(one.step)}`))
  }

  start({ isDry = false, run }: Runnable): void {
    const process = this.#add(isDry)
    const take = ((step: Step) =>
      new Promise((resolve, reject) => {
        const before = this.#steps[process] ?? 0
        this.#waiting.push({ process, step: structuredClone(step), before, answer: { resolve, reject } })
      })) as unknown as TakeStep
    run(take).then(
      (value) => {
        this.results[process] = { value }
      },
      (error) => {
        this.results[process] = { error }
      },
    )
  }

  #add(isDry = false): number {
    this.#isDry.push(isDry)
    this.results.push(undefined)
    return this.#steps.push(0) - 1
  }

  async run(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      if (this.#waiting.length === 0) return
      this.#happen(this.#fate(this.#waiting))
    }
  }

  #happen(event: Event): void {
    if (event.kind === 'wait') {
      this.#trace.push(`${event.milliseconds} ms go by`)
      for (const { due, object } of this.#pool.pass(event.milliseconds)) this.#wake(object, due)
      return
    }
    const [next] = this.#waiting.splice(event.at, 1)
    if (!next) throw new Error('no such step')
    if (event.kind !== 'step') this.#trace.push(`${event.kind}:`)
    this.#trace.push(next)
    if (event.kind === 'end') {
      for (let index = this.#waiting.length - 1; index >= 0; index--)
        if (this.#waiting[index]?.process === next.process && this.#waiting[index]?.answer)
          this.#waiting.splice(index, 1)
      return
    }
    this.#steps[next.process] = next.before + 1
    if (event.kind === 'lost') this.#waiting.push(next)
    if (event.kind === 'echo')
      this.#waiting.push({ process: this.#add(this.#isDry[next.process]), step: next.step, before: 0 })
    try {
      const answer = structuredClone(this.#take(next))
      if (event.kind !== 'lost') next.answer?.resolve(answer as never)
    } catch (error) {
      this.faults.push(`${next.step.step} throws: ${error}`)
      if (event.kind !== 'lost') next.answer?.reject(error)
    }
  }

  #take({ process, step }: Waiting): unknown {
    const before = this.#isDry[process] ? this.#pool.content() : ''
    const answer = this.#pool.take(step)
    if (this.#isDry[process] && this.#pool.content() !== before) this.faults.push(`a dry run changes: ${step.step}`)
    return answer
  }

  /** An object does its errands, one after the other, unless it is about that already. */
  #wake(object: VirtualObject, due: readonly DueErrand[]): void {
    if (this.#busy.has(object)) return
    this.#busy.add(object)
    const errands = async (take: TakeStep) => {
      for (const errand of due) {
        await run(errand, take)
        object.errands.done(errand)
      }
      this.#busy.delete(object)
    }
    this.start({ run: errands })
  }
}

export interface Weather {
  chance: () => number
  /** Processes that may be ended between two steps. */
  crashes: number
  /** Chance that the answer to a step is lost, and that a step comes again. */
  repeats: number
  /** Chance that time goes by. */
  waits: number
}

const WAITS_MS = [2_000, 20_000, 300_000, 900_000]

/** Anything may happen, by chance. */
export function fateBy({ chance, crashes, repeats, waits }: Weather): Fate {
  let left = crashes
  return (waiting) => {
    const at = Math.floor(chance() * waiting.length)
    if (left > 0 && (waiting[at]?.before ?? 0) > 0 && chance() < 0.08) {
      left--
      return { kind: 'end', at }
    }
    if (chance() < waits) return { kind: 'wait', milliseconds: WAITS_MS[Math.floor(chance() * WAITS_MS.length)] ?? 0 }
    if (chance() < repeats) return { kind: chance() < 0.5 ? 'lost' : 'echo', at }
    return { kind: 'step', at }
  }
}
