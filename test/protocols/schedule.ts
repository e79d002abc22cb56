import type { Step, TakeStep } from '../../src/pools/spread/step.ts'
import type { VirtualPool } from './virtual-pool.ts'

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

interface Waiting {
  process: number
  step: Step
  go: () => void
}

/** What a process came to; nothing, if it was ended in the middle. */
export type Result = { value?: unknown; error?: unknown } | undefined

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
export async function runScheduled(
  pool: VirtualPool,
  processes: readonly ((take: TakeStep) => Promise<unknown>)[],
  { alarms, chance, crashes, repeats }: Weather,
): Promise<{ results: Result[]; trace: string[] }> {
  const waiting: Waiting[] = []
  const results: Result[] = processes.map(() => undefined)
  const trace: string[] = []
  const steps = processes.map(() => 0)
  let left = crashes
  for (const [process, work] of processes.entries()) {
    const take = ((step: Step) =>
      new Promise((resolve, reject) => {
        const go = () => {
          try {
            if (chance() < repeats) pool.take(structuredClone(step))
            resolve(structuredClone(pool.take(structuredClone(step))) as never)
          } catch (error) {
            reject(error)
          }
        }
        waiting.push({ process, step, go })
      })) as unknown as TakeStep
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
