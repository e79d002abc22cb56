import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { play } from './play.ts'
import { SCENARIOS } from './scenarios.ts'
import { explore } from './systematic.ts'

interface Share {
  schedules: number
  seed: number
}

/** Schedules of one scenario by chance, then by system, before the next scenario has its turn. */
const BY_CHANCE = 30
const BY_SYSTEM = 10
const BOUNDS = { preemptions: 3, misfortunes: 2 }

const REPORT_MS = 10_000

/** Plays schedules of all scenarios on all processors, until there were enough or one shows a fault. */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { schedules: { type: 'string' }, seed: { type: 'string' } } })
  const schedules = Number(values.schedules ?? 1_000_000)
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000)
  const played = Array.from({ length: availableParallelism() }, () => 0)
  const tell = () => say(`${played.reduce((sum, one) => sum + one, 0)} of ${schedules} schedules`)
  say(`${SCENARIOS.length} scenarios, from seed ${seed} on`)
  const reporting = setInterval(tell, REPORT_MS)
  const shares = played.map((_, index) => {
    const share = { schedules: Math.ceil(schedules / played.length), seed: seed + index * 1_000_000_000 }
    return inWorker(share, (count) => {
      played[index] = count
    })
  })
  const fault = await Promise.all(shares).then(
    () => undefined,
    (error: unknown) => error,
  )
  clearInterval(reporting)
  tell()
  say(fault instanceof Error ? fault.message : 'No fault.')
  // The other workers may still be at it.
  process.exit(fault === undefined ? 0 : 1)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function inWorker(share: Share, report: (played: number) => void): Promise<void> {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: share })
  worker.on('message', report)
  return new Promise((resolve, reject) => {
    worker.on('error', reject)
    worker.on('exit', () => resolve())
  })
}

async function playShare({ schedules, seed: first }: Share): Promise<void> {
  let played = 0
  for (let seed = first; ; seed += BY_CHANCE)
    for (const scenario of SCENARIOS) {
      const once = async (one: number, fate?: Parameters<Parameters<typeof explore>[2]>[0]) => {
        const { faults, trace } = await play(scenario, one, fate ? { fate } : {})
        played++
        if (faults.length > 0)
          throw new Error(`${scenario.name}, seed ${one}: ${faults.join('; ')}\n${trace.join('\n')}`)
        return true
      }
      for (let other = 0; other < BY_CHANCE; other++) await once(seed + other)
      await explore(BOUNDS, { limit: BY_SYSTEM, seed }, (fate) => once(seed, fate))
      parentPort?.postMessage(played)
      if (played >= schedules) return
    }
}

if (!isMainThread) await playShare(workerData as Share)
