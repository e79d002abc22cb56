import type { Result } from './schedule.ts'

/** What takes the steps of processes, each at once and whole. */
export interface Taking<S> {
  take(step: S): unknown
  wait(milliseconds: number): Promise<number>
}

interface Waiting {
  process: number
  step: unknown
  go: () => void
}

export interface Weather {
  chance: () => number
  /** Processes that may be ended between two steps. */
  crashes: number
  /** Chance that a step is taken twice, as when the platform repeats it. */
  repeats: number
  /** Chance that the alarms of objects run between two steps. */
  alarms: number
}

/**
 * Runs processes against a pool, one step of one of them at a time, in an order by chance; between two steps a process may end
 * for good, and the alarms of objects may run.
 */
export async function runScheduled<S>(
  pool: Taking<S>,
  processes: readonly ((take: <A>(step: S) => Promise<A>) => Promise<unknown>)[],
  { alarms, chance, crashes, repeats }: Weather,
): Promise<{ results: Result[]; trace: string[] }> {
  const waiting: Waiting[] = []
  const results: Result[] = processes.map(() => undefined)
  const trace: string[] = []
  const steps = processes.map(() => 0)
  let left = crashes
  for (const [process, work] of processes.entries()) {
    const take = <A>(step: S) =>
      new Promise<A>((resolve, reject) => {
        const go = () => {
          try {
            if (chance() < repeats) pool.take(structuredClone(step))
            resolve(structuredClone(pool.take(structuredClone(step))) as A)
          } catch (error) {
            reject(error)
          }
        }
        waiting.push({ process, step, go })
      })
    work(take).then(
      (value) => {
        results[process] = { value }
      },
      (error) => {
        results[process] = { error }
      },
    )
  }
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve))
    if (waiting.length === 0) return { results, trace }
    const at = Math.floor(chance() * waiting.length)
    const [next] = waiting.splice(at, 1) as [Waiting]
    if (left > 0 && (steps[next.process] ?? 0) > 0 && chance() < 0.08) {
      left--
      trace.push(`${next.process} ends before ${JSON.stringify(next.step)}`)
      for (let index = waiting.length - 1; index >= 0; index--)
        if (waiting[index]?.process === next.process) waiting.splice(index, 1)
      continue
    }
    if (chance() < alarms) await pool.wait([2_000, 20_000, 300_000][Math.floor(chance() * 3)] ?? 0)
    steps[next.process] = (steps[next.process] ?? 0) + 1
    trace.push(`${next.process}: ${JSON.stringify(next.step)}`)
    next.go()
  }
}
