import type { Run } from '../../src/pools/spread/map.ts'
import type { View } from '../../src/pools/spread/places.ts'
import { SLOTS, slotOfIdentity, slotOfLogin } from '../../src/pools/spread/slots.ts'
import { SpreadPool } from '../../src/pools/spread/spread-pool.ts'
import type { TakeStep } from '../../src/pools/spread/step.ts'
import { login } from './clients.ts'
import { faultsOf, outcomeFaults, stateOf } from './invariants.ts'
import type { Scenario } from './scenarios.ts'
import { chanceFrom, type Fate, fateBy, Schedule } from './schedule.ts'
import { type Mutation, VirtualPool } from './virtual-pool.ts'

export const TAG = '0a0b0c0d'

/** What goes on beside the calls of a scenario. */
export type Beside = (pool: VirtualPool, take: TakeStep) => Promise<unknown>

export interface Variant {
  /** What happens; by chance if nothing is said. */
  fate?: Fate
  /** What is wrong with the objects. */
  mutation?: Mutation | undefined
  beside?: readonly Beside[]
}

/**
 * Plays a scenario once, with a placement of slots on objects and with clocks by the seed, and in an order and with misfortunes
 * by the seed or by fate; what is wrong then.
 */
export async function play(
  scenario: Scenario,
  seed: number,
  { beside = [], fate, mutation }: Variant = {},
): Promise<{ faults: string[]; trace: string[] }> {
  const chance = chanceFrom(seed)
  const ids = idsOf(scenario, chance)
  const id = (name: string) => ids.get(name) as string
  const pool = new VirtualPool(placement(chance), mutation)
  scenario.seed(pool, id)
  const before = stateOf(pool)
  const areSkewed = chance() < 0.3
  if (areSkewed) for (const object of pool.objects) object.skew = skew(chance)
  let serial = 0
  const fresh = () => uuidIn(Math.floor(chance() * SLOTS), 100 + serial++)
  const worker = (take: TakeStep) => {
    const view = viewOf(chance() < 0.4 ? Math.floor(chance() * SLOTS) : undefined)
    const ahead = areSkewed ? -skew(chance) : 0
    const { allowGuests, spread } = pool
    const random = (length: number) => new Uint8Array(length)
    const world = { now: () => pool.now + ahead, random, uuid: fresh }
    return new SpreadPool({ tag: TAG, spread, allowGuests, view, take, world, pause: async () => {} })
  }
  const processes = scenario.processes(id)
  const weather = { chance, crashes: chance() < 0.6 ? 1 : 0, repeats: 0.05, waits: chance() < 0.7 ? 0.03 : 0.2 }
  const schedule = new Schedule(pool, fate ?? fateBy(weather))
  for (const { isDry, run } of processes) {
    const uuid = fresh()
    schedule.start({ isDry, run: (take) => run(worker(take), uuid) })
  }
  for (const work of beside) schedule.start({ run: (take) => work(pool, take) })
  await schedule.run()
  await pool.quiet()
  const faults = [...schedule.faults, ...faultsOf(pool).map((fault) => `at rest: ${fault}`)]
  const places = await nextUse(
    scenario,
    worker(async (step) => pool.take(step)),
    fresh,
    faults,
  )
  await pool.quiet()
  faults.push(...faultsOf(pool).map((fault) => `after the next use: ${fault}`))
  faults.push(...outcomeFaults({ processes, results: schedule.results, places, before, after: stateOf(pool) }))
  return { faults, trace: [JSON.stringify(pool.spread.runs), ...schedule.trace, JSON.stringify(schedule.results)] }
}

/** Where each login is when its user comes again. */
async function nextUse(scenario: Scenario, pool: SpreadPool, fresh: () => string, faults: string[]) {
  const places = new Map<string, string>()
  for (const name of scenario.logins) {
    try {
      const found = await pool.resolve({ logins: [login(name)], fresh: fresh() })
      if (found.kind === 'identity') places.set(name, found.uuid)
      else if (!('why' in found && found.why === 'blocked')) faults.push(`locked out: ${name}, ${found.kind}`)
    } catch (error) {
      faults.push(`locked out: ${name}, ${error}`)
    }
  }
  return places
}

/** Objects are up to four minutes behind or 25 seconds ahead, Workers the other way round. */
function skew(chance: () => number): number {
  return Math.floor(25_000 - chance() * 265_000)
}

export function uuidIn(slot: number, serial: number): string {
  return `${TAG}-0000-8${slot.toString(16).padStart(3, '0')}-8000-${serial.toString(16).padStart(12, '0')}`
}

/** Ids in any slot, or in that of a login of the scenario. */
export function idsOf({ ids, logins }: Scenario, chance: () => number): Map<string, string> {
  return new Map(
    ids.map((name, index) => {
      const own = login(logins[Math.floor(chance() * logins.length)] ?? '')
      return [name, uuidIn(chance() < 0.5 ? slotOfLogin(own) : Math.floor(chance() * SLOTS), index + 1)]
    }),
  )
}

/** One to eight objects, with runs of slots of any length. */
export function placement(chance: () => number): Run[] {
  const objects = 1 + Math.floor(chance() * 8)
  const cuts = new Set([0, ...Array.from({ length: 12 }, () => Math.floor(chance() * SLOTS))])
  return [...cuts].sort((a, b) => a - b).map((slot) => [slot, Math.floor(chance() * objects)])
}

/** A client as seen from whom everything is near, or who has a new identity made in one slot. */
export function viewOf(slot: number | undefined): View {
  return { isNear: () => true, home: (first, fresh) => slot ?? (first ? slotOfLogin(first) : slotOfIdentity(fresh)) }
}
