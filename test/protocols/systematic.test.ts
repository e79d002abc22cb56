import { describe, it } from 'vitest'
import { play } from './play.ts'
import { SCENARIOS } from './scenarios.ts'
import { explore } from './systematic.ts'

/** Schedules of each scenario; `npm run test:long` plays all that there are within these bounds. */
const EXPLORED = 15

const BOUNDS = { preemptions: 2, misfortunes: 1 }

describe('nothing goes wrong where processes are interrupted twice, and one misfortune happens', () => {
  it.each(SCENARIOS.map((scenario, index) => [scenario.name, scenario, index] as const))(
    '%s',
    async (_, scenario, index) => {
      const seed = 1 + index
      await explore(BOUNDS, { limit: EXPLORED, seed }, async (fate) => {
        const { faults, trace } = await play(scenario, seed, { fate })
        if (faults.length > 0) throw new Error(`${faults.join('; ')}\n${trace.join('\n')}`)
        return true
      })
    },
  )
})
