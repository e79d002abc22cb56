import type { Run } from '../../src/pools/spread/map.ts'
import type { View } from '../../src/pools/spread/places.ts'
import { SLOTS, slotOfIdentity, slotOfLogin } from '../../src/pools/spread/slots.ts'
import { SpreadPool } from '../../src/pools/spread/spread-pool.ts'
import type { TakeStep } from '../../src/pools/spread/step.ts'
import { faultsOf, stateOf } from './invariants.ts'
import { login, type Scenario } from './scenarios.ts'
import { chanceFrom, type Result, runScheduled } from './schedule.ts'
import { VirtualPool } from './virtual-pool.ts'

export const TAG = '0a0b0c0d'

/** Plays a scenario once, in an order, with a placement of slots on objects and with misfortunes by the seed; what is wrong then. */
export async function play(scenario: Scenario, seed: number): Promise<{ faults: string[]; trace: string[] }> {
  const chance = chanceFrom(seed)
  const near = chance() < 0.4 ? Math.floor(chance() * SLOTS) : undefined
  const ids = idsOf(scenario, chance)
  const id = (name: string) => ids.get(name) as string
  const pool = new VirtualPool(placement(chance))
  scenario.seed(pool, id)
  let serial = 0
  const fresh = () => uuidIn(Math.floor(chance() * SLOTS), 100 + serial++)
  const poolOf = (take: TakeStep) => {
    const view = viewOf(near)
    const { allowGuests, spread } = pool
    const random = (length: number) => new Uint8Array(length)
    const world = { now: () => pool.now, random, uuid: fresh }
    return new SpreadPool({ tag: TAG, spread, allowGuests, view, take, world, pause: async () => {} })
  }
  const processes = scenario.processes(id)
  const { results, trace } = await runScheduled(
    pool,
    processes.map((process) => {
      const uuid = fresh()
      return (take: TakeStep) => process.run(poolOf(take), uuid)
    }),
    { chance, crashes: chance() < 0.6 ? 1 : 0, repeats: 0.05, alarms: 0.03 },
  )
  await pool.quiet()
  const faults = [...faultsAt(pool, 'at rest'), ...oddResults(results)]
  const now = poolOf(async (step) => pool.take(step))
  const places = new Map<string, string>()
  for (const name of scenario.logins) {
    const found = await now.resolve({ logins: [login(name)], fresh: fresh() })
    if (found.kind === 'identity') places.set(name, found.uuid)
    else faults.push(`locked out: ${name}, ${found.kind}`)
  }
  await pool.quiet()
  faults.push(...faultsOf(pool).map((fault) => `after the next use: ${fault}`))
  faults.push(...lost(processes, results, places, pool))
  return { faults, trace: [JSON.stringify(pool.spread.runs), ...trace, JSON.stringify(results)] }
}

/** Reservations may be left behind before a login is used again, and routes may lead to nobody. */
function faultsAt(pool: VirtualPool, when: string): string[] {
  return faultsOf(pool).map((fault) => `${when}: ${fault}`)
}

function oddResults(results: readonly Result[]): string[] {
  return results.flatMap((result) =>
    result?.error === undefined || isBusy(result.error) ? [] : `threw: ${result.error}`,
  )
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && error.message === 'the identities change all the time'
}

/** What a client was told of its logins and does not hold. Only a deletion or an unlinking of others may undo it. */
function lost(
  processes: ReturnType<Scenario['processes']>,
  results: readonly Result[],
  places: ReadonlyMap<string, string>,
  pool: VirtualPool,
): string[] {
  if (processes.some(({ acknowledges }) => acknowledges.length === 0)) return []
  const { identities } = stateOf(pool)
  return processes.flatMap(({ acknowledges }, index) => {
    let at = (results[index]?.value as { uuid?: string } | undefined)?.uuid
    for (let hop = 0; at && hop < 20 && identities.get(at)?.forward; hop++)
      at = identities.get(at)?.forward ?? undefined
    return at === undefined
      ? []
      : acknowledges.flatMap((name) => (places.get(name) === at ? [] : `lost: ${name} at ${at}`))
  })
}

export function uuidIn(slot: number, serial: number): string {
  return `${TAG}-0000-8${slot.toString(16).padStart(3, '0')}-8000-${serial.toString(16).padStart(12, '0')}`
}

/** Ids in any slot, or in that of a login of the scenario. */
function idsOf({ ids, logins }: Scenario, chance: () => number): Map<string, string> {
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
