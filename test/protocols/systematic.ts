import { chanceFrom, type Event, type Fate, type Waiting } from './schedule.ts'

export interface Bounds {
  /** How often another process goes on though the one before could. */
  preemptions: number
  /** How often a process ends, an answer is lost, a step comes again, or time goes by, all together. */
  misfortunes: number
}

interface Option {
  event: Event
  preemptions: number
  misfortunes: number
}

/** Longer than it takes until objects settle what was left behind, and longer than anything is remembered. */
const WAITS_MS = [20_000, 900_000]

/** One path through the choices: those that are given, then always the first. */
class Path {
  readonly choices: number[]
  /** How many choices there were at each point. */
  readonly widths: number[] = []
  readonly #left: Bounds
  #current = -1

  constructor(choices: readonly number[], bounds: Bounds) {
    this.choices = [...choices]
    this.#left = { ...bounds }
  }

  readonly fate: Fate = (waiting) => {
    const options = optionsOf(waiting, this.#current).filter(
      ({ misfortunes, preemptions }) => misfortunes <= this.#left.misfortunes && preemptions <= this.#left.preemptions,
    )
    const point = this.widths.push(options.length) - 1
    if (this.choices.length === point) this.choices.push(0)
    const chosen = options[this.choices[point] ?? 0] as Option
    this.#left.misfortunes -= chosen.misfortunes
    this.#left.preemptions -= chosen.preemptions
    if ('at' in chosen.event) this.#current = waiting[chosen.event.at]?.process ?? -1
    return chosen.event
  }
}

/** What may happen: that the process goes on which was at it, or the first if that cannot; or else. */
function optionsOf(waiting: readonly Waiting[], current: number): Option[] {
  const firsts = [...new Set(waiting.map(({ process }) => process))].sort((a, b) => a - b)
  const goesOn = firsts.includes(current)
  const [own = 0, ...others] = goesOn ? [current, ...firsts.filter((one) => one !== current)] : firsts
  const at = waiting.findIndex(({ process }) => process === own)
  const misfortune = (event: Event): Option => ({ event, preemptions: 0, misfortunes: 1 })
  return [
    { event: { kind: 'step', at }, preemptions: 0, misfortunes: 0 },
    ...others.map((process): Option => {
      const event = { kind: 'step', at: waiting.findIndex((one) => one.process === process) } as const
      return { event, preemptions: Number(goesOn), misfortunes: 0 }
    }),
    ...((waiting[at]?.before ?? 0) > 0 ? [misfortune({ kind: 'end', at })] : []),
    misfortune({ kind: 'lost', at }),
    misfortune({ kind: 'echo', at }),
    ...WAITS_MS.map((milliseconds) => misfortune({ kind: 'wait', milliseconds })),
  ]
}

/**
 * Plays all schedules within these bounds, or so many of them, picked by the seed; whether those were all. `play` tells whether
 * to go on.
 */
export async function explore(
  bounds: Bounds,
  { limit, seed }: { limit: number; seed: number },
  play: (fate: Fate) => Promise<boolean>,
): Promise<boolean> {
  const chance = chanceFrom(seed)
  const open: number[][] = [[]]
  for (let played = 0; played < limit; played++) {
    const at = Math.floor(chance() * open.length)
    const choices = open[at]
    if (!choices) return true
    open[at] = open.at(-1) as number[]
    open.pop()
    const path = new Path(choices, bounds)
    if (!(await play(path.fate))) return false
    for (let point = choices.length; point < path.widths.length; point++)
      for (let other = 1; other < (path.widths[point] ?? 0); other++)
        open.push([...path.choices.slice(0, point), other])
  }
  return open.length === 0
}
