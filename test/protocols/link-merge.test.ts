import { describe, it } from 'vitest'
import { play } from './play.ts'
import { SCENARIOS } from './scenarios.ts'

/** Schedules of each scenario. `SCHEDULES` asks for more of them, from another seed on. */
const SCHEDULES = Number(process.env.SCHEDULES ?? 30)
const FIRST_SEED = Number(process.env.SEED ?? 1)

describe('logins and identities over several objects stay true, whatever comes between two steps', () => {
  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed++) {
      const { faults, trace } = await play(scenario, seed)
      if (faults.length > 0) throw new Error(`seed ${seed}: ${faults.join('; ')}\n${trace.join('\n')}`)
    }
  })
})
