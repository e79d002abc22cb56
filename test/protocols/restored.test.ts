import { describe, expect, it } from 'vitest'
import type { Finding, FindingKind } from '../../src/pools/check.ts'
import type { CheckPosition } from '../../src/pools/spread/check-step.ts'
import { RESERVATION_GRACE_MS } from '../../src/pools/spread/limits.ts'
import { SLOTS, slotOfLogin } from '../../src/pools/spread/slots.ts'
import { checkSpread } from '../../src/pools/spread/spread-check.ts'
import { SpreadPool } from '../../src/pools/spread/spread-pool.ts'
import type { TakeStep } from '../../src/pools/spread/step.ts'
import { login } from './clients.ts'
import { faultsOf, stateOf } from './invariants.ts'
import { idsOf, placement, play, TAG, uuidIn, viewOf } from './play.ts'
import { SCENARIOS, type Scenario } from './scenarios.ts'
import { chanceFrom, fateBy, Schedule, type Weather } from './schedule.ts'
import { VirtualPool } from './virtual-pool.ts'

/** Schedules of each scenario. `SCHEDULES` asks for more of them, from another seed on. */
const SCHEDULES = Number(process.env.SCHEDULES ?? 4)
const FIRST_SEED = Number(process.env.SEED ?? 1)

type Walk = Exclude<CheckPosition, { walk: 'objects' }>

/** All calls of a check, one after the other. */
async function check(
  pool: VirtualPool,
  repair: boolean,
  take: TakeStep = async (step) => pool.take(step),
  begin: () => unknown = () => {},
) {
  const findings: Finding[] = []
  let at: Walk | undefined = { walk: 'identities', after: '' }
  for (let calls = 0; at; calls++) {
    if (calls > 100) throw new Error('the check comes to no end')
    begin()
    const options = { tag: TAG, spread: pool.spread, take, repair }
    const page: Awaited<ReturnType<typeof checkSpread>> = await checkSpread(at, options)
    findings.push(...page.findings)
    at = page.next as Walk | undefined
  }
  return findings
}

/** Plays the calls of a scenario, notes on the way what objects keep, and takes some of them back to that in the end. */
async function damaged(scenario: Scenario, seed: number, beside: boolean): Promise<VirtualPool> {
  const chance = chanceFrom(seed)
  const ids = idsOf(scenario, chance)
  const id = (name: string) => ids.get(name) as string
  const pool = new VirtualPool(placement(chance))
  scenario.seed(pool, id)
  const notes = pool.objects.map((object) => [object.dump()])
  let serial = 0
  const fresh = () => uuidIn(Math.floor(chance() * SLOTS), 100 + serial++)
  const near = chance() < 0.4 ? Math.floor(chance() * SLOTS) : undefined
  const call = (process: ReturnType<Scenario['processes']>[number]) => (take: TakeStep) => {
    const noting: TakeStep = async (step) => {
      const at = Math.floor(chance() * pool.objects.length)
      if (chance() < 0.4) notes[at]?.push(pool.objects[at]?.dump() ?? new Map())
      return take(step)
    }
    const world = { now: () => pool.now, random: (length: number) => new Uint8Array(length), uuid: fresh }
    const { allowGuests, spread } = pool
    const options = { tag: TAG, spread, allowGuests, view: viewOf(near), world, pause: async () => {} }
    return process.run(new SpreadPool({ ...options, take: noting }), fresh())
  }
  const weather = { chance, crashes: chance() < 0.5 ? 1 : 0, repeats: 0, waits: 0.03 }
  await runAll(pool, scenario.processes(id).map(call), weather)
  if (chance() < 0.7) await pool.quiet()
  const times = chance() < 0.2 ? 2 : 1
  for (let time = 0; time < times; time++) {
    const at = Math.floor(chance() * pool.objects.length)
    const kept = notes[at] ?? []
    pool.objects[at]?.restore(kept[Math.floor(chance() * kept.length)] ?? new Map())
  }
  if (!beside) return pool
  const checking = (take: TakeStep) => check(pool, true, take)
  await runAll(pool, [...scenario.processes(id).map(call), checking], { ...weather, crashes: 0 })
  return pool
}

async function runAll(pool: VirtualPool, processes: ((take: TakeStep) => Promise<unknown>)[], weather: Weather) {
  const schedule = new Schedule(pool, fateBy(weather))
  for (const run of processes) schedule.start({ run })
  await schedule.run()
}

/** What a check tells of but cannot put right. */
const kindsOf = (findings: readonly Finding[]) =>
  findings.map(({ kind }) => kind).filter((kind) => kind !== 'merge_lost')

const everything = (pool: VirtualPool) => pool.objects.map((object) => object.dump())

const seen = new Set<FindingKind>()

describe.each([
  ['an object was restored', false],
  ['an object was restored, and calls went on while the pool was checked', true],
])('after %s, a check finds what is wrong, repairs it, and finds nothing more', (_, beside) => {
  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))('%s', async (__, scenario) => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed++) {
      const pool = await damaged(scenario, seed, beside)
      await pool.quiet()
      const before = everything(pool)
      const found = kindsOf(await check(pool, false))
      expect(everything(pool)).toEqual(before)
      const repaired = await check(pool, true)
      for (const kind of kindsOf(repaired)) seen.add(kind)
      const where = `seed ${seed}: ${found}; ${JSON.stringify(repaired)}`
      await pool.quiet()
      expect([where, faultsOf(pool)]).toEqual([where, []])
      expect([where, kindsOf(await check(pool, true))]).toEqual([where, []])
    }
  })
})

it('had these kinds of damage to repair', () => {
  const usual = ['login_of_another', 'member_without_route', 'merge_remembered', 'route_without_member']
  expect([...seen]).toEqual(expect.arrayContaining(usual))
})

describe('a check beside calls of a pool that is as it should be', () => {
  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
    'changes nothing that is right: %s',
    async (_, scenario) => {
      for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed++) {
        const findings: Finding[] = []
        const repair = async (pool: VirtualPool, take: TakeStep) => findings.push(...(await check(pool, true, take)))
        const { faults, trace } = await play(scenario, seed, { beside: [repair, repair] })
        if (faults.length > 0) throw new Error(`seed ${seed}: ${faults.join('; ')}\n${trace.join('\n')}`)
        const odd = kindsOf(findings).filter((kind) => !LEFT_BY_CALLS.has(kind))
        expect([seed, odd, odd.length > 0 ? [JSON.stringify(findings), ...trace] : []]).toEqual([seed, [], []])
      }
    },
  )
})

/** What calls that were broken off leave behind, and others that come later pass over. */
const LEFT_BY_CALLS = new Set<FindingKind>(['route_without_member', 'merge_unfinished'])

describe('a check', () => {
  const vg = login('vg')
  const [low, high] = [uuidIn(5, 1), uuidIn(4000, 2)]

  /** A pool of two objects, in whose middle neither of these identities has the login. */
  const two = () =>
    new VirtualPool([
      [0, 0],
      [6, 1],
      [3900, 2],
    ])
  const at = (pool: VirtualPool, number: number) => pool.objects[number] as VirtualPool['objects'][number]
  const loginsOf = (pool: VirtualPool, uuid: string) => stateOf(pool).logins.filter(({ identity }) => identity === uuid)
  const claimOf = (pool: VirtualPool, uuid: string) =>
    loginsOf(pool, uuid).find(({ subject }) => subject === 'vg')?.claim ?? ''

  it('takes a login from all that have it, if nothing says whose it is', async () => {
    const pool = two()
    pool.seed(low, 'member', [vg])
    pool.seed(high, 'member', [vg, login('vf')])
    at(pool, 1).reservations.drop(vg, claimOf(pool, high))
    expect(await check(pool, false)).toMatchObject([
      { kind: 'login_disputed', identity: low, other: high, provider: 'g.example' },
      { kind: 'login_disputed', identity: high, other: low },
    ])
    expect(await check(pool, true)).toMatchObject([
      { kind: 'login_disputed', identity: low, other: high, repaired: true },
    ])
    expect(stateOf(pool).logins.map(({ identity, subject }) => [identity, subject])).toEqual([[high, 'vf']])
    expect(stateOf(pool).identities.get(low)).toMatchObject({ state: 'disabled', forward: null })
    expect(faultsOf(pool)).toEqual([])
  })

  it('lets the loser of a merge lead to the winner again', async () => {
    const pool = two()
    pool.seed(high, 'member', [vg])
    pool.seed(low, 'member', [])
    at(pool, 0).identities.link(vg, low, pool.now, claimOf(pool, high))
    expect(await check(pool, true)).toMatchObject([
      { kind: 'login_of_another', identity: low, other: high, repaired: true },
    ])
    expect(stateOf(pool).identities.get(low)).toMatchObject({ state: 'disabled', forward: high })
    expect(await check(pool, true)).toEqual([])
  })

  it('leaves a login to the one that the way leads to, and nothing else to the others', async () => {
    const pool = two()
    pool.seed(low, 'member', [vg, login('vf')])
    pool.seed(high, 'member', [vg])
    expect(await check(pool, true)).toMatchObject([
      { kind: 'login_of_another', identity: low, other: high, repaired: true },
    ])
    expect(loginsOf(pool, low).map(({ subject }) => subject)).toEqual(['vf'])
    expect(loginsOf(pool, high).map(({ subject }) => subject)).toEqual(['vg'])
  })

  it('settles a merge that was left alone, but not one that may be under way', async () => {
    const pool = two()
    pool.seed(low, 'member', [vg])
    pool.seed(high, 'member', [login('vf')])
    const proof = at(pool, 0).identities.members([low])
    pool.take({ step: 'freeze', loser: low, survivor: high, op: 'op', proof })
    expect(await check(pool, true)).toEqual([])
    expect(stateOf(pool).identities.get(low)).toMatchObject({ frozen_by: 'op' })
    pool.now += 300_000
    expect(await check(pool, false)).toMatchObject([{ kind: 'merge_unfinished', identity: low, other: high }])
    expect(await check(pool, true)).toMatchObject([
      { kind: 'merge_unfinished', identity: low, other: high, repaired: true },
    ])
    await pool.quiet()
    expect(faultsOf(pool)).toEqual([])
  })

  it('leaves a merge alone that is decided and that its loser does not know of yet', async () => {
    const pool = two()
    const loser = uuidIn(slotOfLogin(vg), 3)
    pool.seed(loser, 'member', [vg])
    pool.seed(high, 'member', [login('vf')])
    const membersOf = (uuid: string) =>
      pool.take({ step: 'check_look', identities: [uuid] }).identities[0]?.members ?? []
    const [members, proof] = [membersOf(loser), membersOf(high)]
    pool.take({ step: 'freeze', loser, survivor: high, op: 'op', proof: members })
    const deadline = pool.now + 60_000
    expect(pool.take({ step: 'absorb', survivor: high, op: 'op', members, deadline, proof })).toMatchObject({
      decision: 'absorbed',
    })
    const before = everything(pool)
    expect(await check(pool, true)).toEqual([])
    expect(everything(pool)).toEqual(before)
    await pool.quiet()
    expect(faultsOf(pool)).toEqual([])
    // So much time has gone by that the loser seems to have lost to somebody who was restored.
    expect(kindsOf(await check(pool, true))).toEqual([])
    expect(loginsOf(pool, high)).toHaveLength(2)
  })

  it('leaves a reservation alone for as long as somebody may be about to link it', async () => {
    const pool = two()
    pool.seed(low, 'guest', [])
    const reserve = { identity: low, claim: 'claim' }
    pool.take({ step: 'look', identities: [], logins: [{ login: vg, reserve }] })
    pool.now += RESERVATION_GRACE_MS - 1
    const before = everything(pool)
    expect(await check(pool, true)).toEqual([])
    expect(everything(pool)).toEqual(before)
    pool.now += 1
    expect(await check(pool, true)).toMatchObject([{ kind: 'route_without_member', identity: low, repaired: true }])
    const attach = {
      step: 'attach',
      identity: low,
      login: vg,
      claim: 'claim',
      deadline: pool.now,
      proof: 'guest',
    } as const
    expect(pool.take(attach)).toEqual({ kind: 'changed' })
  })

  it('disables a member that has no login, and tells of what cannot be', async () => {
    const pool = two()
    pool.seed(low, 'member', [])
    pool.seed(high, 'member', [login('vg'), login('vg2')])
    expect(await check(pool, true)).toMatchObject([
      { kind: 'state_wrong', identity: low, repaired: true },
      { kind: 'too_many_logins', identity: high, provider: 'g.example', repaired: false },
    ])
    expect(stateOf(pool).identities.get(low)).toMatchObject({ state: 'disabled' })
  })

  it('comes to an end in many calls, none of which makes too many calls of objects', async () => {
    const pool = new VirtualPool([
      [0, 0],
      [2048, 1],
    ])
    const users = Array.from({ length: 400 }, (_, n) => uuidIn((n * 1021) % 2048, n))
    for (const [n, uuid] of users.entries()) pool.seed(uuid, 'member', [login(`vg${n}`)])
    const [head, other] = [at(pool, 0), at(pool, 1)]
    const lost = other.rows('route').length
    other.restore(new Map([['route', []]]))
    const steps: number[] = []
    const take: TakeStep = async (step) => {
      steps[steps.length - 1] = (steps.at(-1) ?? 0) + 1
      return pool.take(step)
    }
    const findings = await check(pool, true, take, () => steps.push(0))
    expect([findings.length, steps.length > 2, Math.max(...steps) < 1000]).toEqual([lost, true, true])
    expect(head.rows('route').length + other.rows('route').length).toBeGreaterThan(lost)
    expect([faultsOf(pool), await check(pool, true)]).toEqual([[], []])
  })
})
