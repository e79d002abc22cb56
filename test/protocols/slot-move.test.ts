import { describe, expect, it } from 'vitest'
import type { Mutant } from './moving.ts'
import { playMoving, watch } from './play-moving.ts'
import { SCENARIOS } from './scenarios.ts'

/** Schedules of each scenario. `SCHEDULES` asks for more of them, from another seed on. */
const SCHEDULES = Number(process.env.SCHEDULES ?? 4)
const FIRST_SEED = Number(process.env.SEED ?? 1)

/** In so many schedules at most, a protocol without one of its rules must fail. */
const MUTANT_SCHEDULES = 3_000

describe('slots move between objects while clients sign in, link, merge and delete', () => {
  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed++) {
      const { faults, trace } = await playMoving(scenario, seed)
      if (faults.length > 0) throw new Error(`seed ${seed}: ${faults.join('; ')}\n${trace.join('\n')}`)
    }
  })
})

describe('an identity whose slot moves there and back', () => {
  it('keeps every login that was acknowledged, and no read misses one', async () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + 10 * SCHEDULES; seed++) {
      const { faults, trace } = await watch(seed)
      if (faults.length > 0) throw new Error(`seed ${seed}: ${faults.join('; ')}\n${trace.join('\n')}`)
    }
  })

  it.each<[string, Mutant, RegExp]>([
    ['rows are clean though they have changed since they were given', 'version', /^(lost|missed)/],
    ['a source answers reads of slots that it is handing over', 'sealed', /^missed/],
  ])('does not, where %s', async (_, mutant, fault) => {
    const found: string[] = []
    for (let seed = 1; seed <= MUTANT_SCHEDULES && !found.some((one) => fault.test(one)); seed++)
      found.push(...(await watch(seed, mutant)).faults)
    expect(found).toContainEqual(expect.stringMatching(fault))
  })
})
