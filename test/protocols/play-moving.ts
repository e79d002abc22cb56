import type { ProvenLogin } from '../../src/pools/identities.ts'
import { objectOf, type Slots, type Spread, slotsOf } from '../../src/pools/spread/map.ts'
import { SLOTS, slotOfIdentity, slotOfLogin } from '../../src/pools/spread/slots.ts'
import { login } from './clients.ts'
import { HostedPool } from './hosted-pool.ts'
import { faultsOf, outcomeFaults, stateOf } from './invariants.ts'
import { type Ask, client, MovingPool, type Mutant, misplaced, mover, type Request, settler } from './moving.ts'
import { runScheduled } from './moving-schedule.ts'
import { idsOf, placement, uuidIn } from './play.ts'
import type { Scenario } from './scenarios.ts'
import { chanceFrom } from './schedule.ts'

/** How a call ends that meets others all the time. */
const BUSY = 'the identities change all the time'

/** Plays a scenario once while slots of it move, by the seed; what is wrong then. */
export async function playMoving(scenario: Scenario, seed: number): Promise<{ faults: string[]; trace: string[] }> {
  const chance = chanceFrom(seed)
  const ids = idsOf(scenario, chance)
  const id = (name: string) => ids.get(name) as string
  const pool = new HostedPool(placement(chance), 8)
  const moving = new MovingPool(pool)
  scenario.seed(pool, id)
  const before = stateOf(pool)
  const slots = [...scenario.logins.map((name) => slotOfLogin(login(name))), ...[...ids.values()].map(slotOfIdentity)]
  const target = Math.floor(chance() * 8)
  const near = chance() < 0.4 ? Math.floor(chance() * SLOTS) : undefined
  const maps = [pool.spread]
  let serial = 0
  const fresh = () => uuidIn(Math.floor(chance() * SLOTS), 100 + serial++)
  const plan = (to: number) =>
    planned(pool.spread, slots[Math.floor(chance() * slots.length)] ?? 0, to, fresh(), chance)
  // Some slots have moved before, to where they move again or from where they return; clients may not know of that.
  for (let turn = 0; turn < 2 && chance() < 0.5; turn++) {
    const early = plan(Math.floor(chance() * 8))
    if (early) await mover(direct(moving), early)
    maps.push(pool.spread)
  }
  const processes = scenario.processes(id)
  const movers = [0, 1, 2].flatMap(() => plan(target) ?? [])
  const { results, trace } = await runScheduled<Request>(
    moving,
    [
      ...processes.map((process) => {
        const [uuid, map] = [fresh(), maps[Math.floor(chance() * maps.length)] as Spread]
        return (ask: Ask) => client(ask, pool, map, (spread) => process.run(spread, uuid), near)
      }),
      ...movers.map((one) => (ask: Ask) => mover(ask, one, Math.floor(4 * chance()))),
      ...movers.slice(0, 1).map((one) => (ask: Ask) => settler(ask, one.source)),
    ],
    { chance, crashes: Math.floor(chance() * 3), repeats: 0.05, alarms: 0.03 },
  )
  const faults = await misplaced(moving)
  await pool.quiet()
  faults.push(...faultsOf(pool))
  const places = new Map<string, string>()
  for (const name of scenario.logins) {
    const found = await client(direct(moving), pool, pool.spread, (spread) =>
      spread.resolve({ logins: [login(name)], fresh: fresh() }),
    )
    if (found.kind === 'identity') places.set(name, found.uuid)
    else if (!('why' in found && found.why === 'blocked')) faults.push(`locked out: ${name}, ${found.kind}`)
  }
  await pool.quiet()
  faults.push(...faultsOf(pool).map((fault) => `after the next use: ${fault}`))
  const answers = results.slice(0, processes.length)
  faults.push(...outcomeFaults({ processes, results: answers, places, before, after: stateOf(pool) }))
  return { faults, trace: [JSON.stringify(maps.map(({ runs }) => runs)), ...trace, JSON.stringify(results)] }
}

/** Developer users of one slot, so that all of them are where an identity of this slot is. */
const USERS = usersOfOneSlot(9)

/**
 * One client links login after login to an identity and others look at it, while it moves there and back. Its time of change
 * tells which link was the last.
 */
export async function watch(seed: number, mutant?: Mutant): Promise<{ faults: string[]; trace: string[] }> {
  const chance = chanceFrom(seed)
  const [first, ...others] = USERS as [ProvenLogin, ...ProvenLogin[]]
  const slot = slotOfLogin(first)
  const uuid = uuidIn(slot, 1)
  const pool = new HostedPool([[0, 0]], 2)
  const moving = new MovingPool(pool, mutant)
  pool.seed(uuid, 'member', [first])
  const maps = [pool.spread]
  const there = planned(pool.spread, slot, 1, 'there', chance)
  if (chance() < 0.7 && there) await mover(direct(moving), there)
  maps.push(pool.spread)
  const faults: string[] = []
  let acknowledged = pool.now
  const known = () => maps[Math.floor(chance() * maps.length)] as Spread
  const writer = async (ask: Ask) => {
    for (const login of others) {
      pool.now += 1_000
      const call = { identity: uuid, logins: [first, login], fresh: uuid }
      const linked = await client(ask, pool, known(), (spread) => spread.resolve(call), slot)
      if (linked.kind === 'identity') acknowledged = pool.now
    }
  }
  const reader = async (ask: Ask) => {
    for (let turn = 0; turn < 8; turn++) {
      const least = acknowledged
      const found = await client(ask, pool, known(), (spread) => spread.describe(uuid))
      if ((found?.modifiedAt ?? 0) < least) faults.push(`missed: ${found?.modifiedAt}, not ${least}`)
    }
  }
  const source = objectOf(pool.spread, slot)
  const movers = [0, 1]
    .slice(Math.floor(chance() * 2))
    .flatMap((turn) => planned(pool.spread, slot, 1 - source, `move ${turn}`, chance) ?? [])
  const { results, trace } = await runScheduled<Request>(
    moving,
    [
      writer,
      reader,
      reader,
      ...movers.map((one) => (ask: Ask) => mover(ask, one, Math.floor(12 * chance()))),
      ...(chance() < 0.5 ? [(ask: Ask) => settler(ask, source)] : []),
    ],
    { chance, crashes: Math.floor(chance() * 3), repeats: 0.05, alarms: 0 },
  )
  const threw = results.flatMap((result) => (result?.error === undefined ? [] : `threw: ${result.error}`))
  faults.push(...threw.filter((one) => !one.endsWith(BUSY)), ...(await misplaced(moving)))
  const { identities, logins } = stateOf(pool)
  const kept = Number(identities.get(uuid)?.modified_at ?? 0)
  if (kept < acknowledged) faults.push(`lost: ${kept}, not ${acknowledged}`)
  if (logins.length < 1 + Math.round((acknowledged - 1_000_000) / 1_000)) faults.push(`lost: ${logins.length} logins`)
  return { faults, trace }
}

function usersOfOneSlot(count: number): ProvenLogin[] {
  const bySlot = new Map<number, ProvenLogin[]>()
  for (let index = 0; ; index++) {
    const login = { provider: 'dev', subject: `v${index}`, developer: true }
    const users = [...(bySlot.get(slotOfLogin(login)) ?? []), login]
    if (users.length === count) return users
    bySlot.set(slotOfLogin(login), users)
  }
}

/** A move of a slot, perhaps with some of those after it, unless it is on that object already. */
function planned(spread: Spread, slot: number, target: number, op: string, chance: () => number) {
  const source = objectOf(spread, slot)
  if (source === target) return undefined
  const [, end] = slotsOf(spread, source).find(([first, last]) => first <= slot && slot <= last) as Slots
  const slots: Slots = [slot, Math.min(end, slot + Math.floor(chance() * chance() * 200))]
  return { op, source, target, slots }
}

function direct(moving: MovingPool): Ask {
  return async <A>(request: Request) => structuredClone(moving.take(structuredClone(request))) as A
}
