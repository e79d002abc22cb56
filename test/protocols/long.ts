import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { play } from './play.ts'
import { playMoving, watch } from './play-moving.ts'
import { SCENARIOS } from './scenarios.ts'
import { explore } from './systematic.ts'

interface Share {
  schedules: number
  seed: number
  /** Whether slots move meanwhile. */
  moves: boolean
}

/** One schedule, and what is wrong then. */
type Played = { faults: string[]; trace: string[] }

/** Schedules of one scenario by chance, then by system, before the next scenario has its turn. */
const BY_CHANCE = 30
const BY_SYSTEM = 10
const BOUNDS = { preemptions: 3, misfortunes: 2 }

const REPORT_MS = 10_000

/** Plays schedules of all scenarios on all processors, until there were enough or one shows a fault. */
export async function main(args: string[]): Promise<void> {
  const options = { schedules: { type: 'string' }, seed: { type: 'string' }, moves: { type: 'boolean' } } as const
  const { values } = parseArgs({ args, options })
  const schedules = Number(values.schedules ?? 1_000_000)
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000)
  const played = Array.from({ length: availableParallelism() }, () => 0)
  const tell = () => say(`${played.reduce((sum, one) => sum + one, 0)} of ${schedules} schedules`)
  const { moves = false } = values
  say(`${SCENARIOS.length} scenarios${moves ? ' while slots move' : ''}, from seed ${seed} on`)
  const reporting = setInterval(tell, REPORT_MS)
  const shares = played.map((_, index) => {
    const share = { schedules: Math.ceil(schedules / played.length), seed: seed + index * 1_000_000_000, moves }
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

async function playShare({ moves, schedules, seed: first }: Share): Promise<void> {
  let played = 0
  const judge = (name: string, seed: number, { faults, trace }: Played) => {
    played++
    if (faults.length > 0) throw new Error(`${name}, seed ${seed}: ${faults.join('; ')}\n${trace.join('\n')}`)
  }
  const turn = moves ? turnOfMoves : turnOfLinks
  for (let seed = first; ; seed += BY_CHANCE)
    for await (const _ of turn(seed, judge)) {
      parentPort?.postMessage(played)
      if (played >= schedules) return
    }
}

type Judge = (name: string, seed: number, played: Played) => void

/** Some schedules of each scenario, by chance and by system; tells when one has had its turn. */
async function* turnOfLinks(seed: number, judge: Judge) {
  for (const scenario of SCENARIOS) {
    const { name } = scenario
    for (let other = seed; other < seed + BY_CHANCE; other++) judge(name, other, await play(scenario, other))
    await explore(BOUNDS, { limit: BY_SYSTEM, seed }, async (fate) => {
      judge(name, seed, await play(scenario, seed, { fate }))
      return true
    })
    yield name
  }
}

/** The same while slots of the scenario move, and of one identity that moves there and back. */
async function* turnOfMoves(seed: number, judge: Judge) {
  for (const scenario of SCENARIOS) {
    for (let other = seed; other < seed + BY_CHANCE; other++)
      judge(scenario.name, other, await playMoving(scenario, other))
    yield scenario.name
  }
  for (let other = seed; other < seed + BY_CHANCE; other++) judge('there and back', other, await watch(other))
  yield 'there and back'
}

if (!isMainThread) await playShare(workerData as Share)
