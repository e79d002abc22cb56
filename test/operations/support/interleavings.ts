/**
 * Tries every order of the calls of some processes, and every mishap of each call, as far as a budget goes. States that were
 * met before are not looked at twice. A process runs real code; it meets the world only in `call`.
 */

/** What becomes of a call: it works, or fails and is not, or is only later carried out; and its caller may end with it. */
type Mishap = 'none' | 'lost' | 'late' | 'dead' | 'dead, late'

const MISHAPS: readonly Mishap[] = ['lost', 'late', 'dead', 'dead, late']

interface Waiting {
  process: string
  name: string
  work: () => unknown
  answer: (outcome: { value: unknown } | { error: Error } | 'never') => void
}

export interface World {
  /** What the state consists of besides the processes, as a text. */
  state(): string
  /** Whether calls of this process may meet mishaps; what begins does not. */
  isTroubled(process: string): boolean
  /** A step that is possible now although nobody calls, such as that time passes. */
  between?: () => { name: string; work: () => Promise<void> } | undefined
  /** Every process has ended, and nothing is under way. */
  end(): Promise<void>
}

/** One run: what it has come to, and how a process makes a call. */
export interface Run {
  start(process: string, work: () => Promise<unknown>): void
  /** Waits for its turn to begin with something. */
  begin(process: string): Promise<void>
  call<T>(process: string, name: string, work: () => T): Promise<T>
  /** Every step so far, for whoever finds a fault. */
  readonly steps: string[]
  /** How many processes are in the middle of something, and calls are still to be carried out. */
  underWay(): number
}

const BEGINS = 'begins'

class Pruned extends Error {}

export async function explore(build: (run: Run) => World, mishaps: number): Promise<{ runs: number; states: number }> {
  const seen = new Set<string>()
  let path: number[] | undefined = []
  let runs = 0
  while (path) {
    runs++
    path = next(await once(build, path, seen, mishaps))
  }
  return { runs, states: seen.size }
}

interface Choice {
  taken: number
  of: number
}

function next(choices: Choice[]): number[] | undefined {
  const last = choices.findLastIndex(({ taken, of }) => taken + 1 < of)
  if (last < 0) return undefined
  return [...choices.slice(0, last).map(({ taken }) => taken), (choices[last]?.taken ?? 0) + 1]
}

async function once(build: (run: Run) => World, path: readonly number[], seen: Set<string>, budget: number) {
  const choices: Choice[] = []
  const scheduler = new Scheduler()
  const world = build(scheduler)
  let left = budget
  try {
    await scheduler.quiet()
    for (;;) {
      const options = scheduler.options(world, left)
      if (options.length === 0) break
      if (choices.length >= path.length) prune(`${left} ${scheduler.state()} ${world.state()}`, seen)
      const taken = path[choices.length] ?? 0
      choices.push({ taken, of: options.length })
      const option = options[taken]
      if (!option) throw new Error('a run that was repeated went another way')
      if (option.isMishap) left--
      scheduler.steps.push(option.name)
      await option.take()
      await scheduler.quiet()
    }
    await world.end()
  } catch (error) {
    if (!(error instanceof Pruned)) throw new Error(`${String(error)}\n${scheduler.steps.join('\n')}`, { cause: error })
  }
  return choices
}

function prune(state: string, seen: Set<string>): void {
  if (seen.has(state)) throw new Pruned()
  seen.add(state)
}

interface Option {
  name: string
  isMishap: boolean
  take: () => void | Promise<void>
}

class Scheduler implements Run {
  readonly steps: string[] = []
  readonly #waiting: Waiting[] = []
  readonly #late: { name: string; work: () => unknown }[] = []
  /** What each process has been answered: with the code that it runs, its whole state. */
  readonly #heard = new Map<string, string[]>()
  #running = 0
  #alive = 0
  #idle = () => {}

  start(process: string, work: () => Promise<unknown>): void {
    this.#heard.set(process, [...(this.#heard.get(process) ?? []), 'begins'])
    this.#running++
    this.#alive++
    const ended = () => {
      this.#heard.get(process)?.push('ended')
      this.#alive--
      this.#pause()
    }
    void work().then(ended, ended)
  }

  call<T>(process: string, name: string, work: () => T): Promise<T> {
    const { promise, reject, resolve } = Promise.withResolvers<T>()
    const answer: Waiting['answer'] = (outcome) => {
      this.#heard.get(process)?.push(outcome === 'never' ? outcome : JSON.stringify(Object.entries(outcome)))
      if (outcome === 'never') {
        this.#alive--
        return
      }
      this.#running++
      if ('error' in outcome) reject(outcome.error)
      else resolve(outcome.value as T)
    }
    this.#waiting.push({ process, name, work, answer })
    this.#pause()
    return promise
  }

  begin(process: string): Promise<void> {
    return this.call(process, BEGINS, () => {})
  }

  underWay(): number {
    const idle = this.#waiting.filter(({ name }) => name === BEGINS).length
    return this.#alive - idle + this.#late.length
  }

  state(): string {
    const waiting = this.#waiting.map(({ name, process }) => `${process} ${name}`).sort()
    const late = this.#late.map(({ name }) => name).sort()
    return JSON.stringify([waiting, late, [...this.#heard].sort()])
  }

  /** Resolves when every process waits for an answer or has ended. */
  quiet(): Promise<void> {
    if (this.#running === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#idle = resolve
    })
  }

  options(world: World, mishaps: number): Option[] {
    const calls = this.#waiting.flatMap((waiting) => [
      this.#option(waiting, 'none'),
      ...(mishaps > 0 && waiting.name !== BEGINS && world.isTroubled(waiting.process)
        ? MISHAPS.map((mishap) => this.#option(waiting, mishap))
        : []),
    ])
    const late = this.#late.map((call) => ({
      name: `${call.name} is carried out late`,
      isMishap: false,
      take: () => {
        this.#late.splice(this.#late.indexOf(call), 1)
        call.work()
      },
    }))
    const between = world.between?.()
    return [...calls, ...late, ...(between ? [{ name: between.name, isMishap: false, take: between.work }] : [])]
  }

  #option(waiting: Waiting, mishap: Mishap): Option {
    const { answer, name, process, work } = waiting
    return {
      name: `${process}: ${name}${mishap === 'none' ? '' : ` (${mishap})`}`,
      isMishap: mishap !== 'none',
      take: () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        if (mishap === 'late' || mishap === 'dead, late') this.#late.push({ name: `${process}: ${name}`, work })
        if (mishap === 'none') answer({ value: work() })
        else if (mishap === 'dead' || mishap === 'dead, late') answer('never')
        else answer({ error: new Error('no answer') })
      },
    }
  }

  #pause(): void {
    if (--this.#running === 0) this.#idle()
  }
}
