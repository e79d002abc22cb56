import { describe, expect, it } from 'vitest'
import { MUTANTS, SHOWN_IN } from './mutants.ts'
import { play } from './play.ts'
import { SCENARIOS } from './scenarios.ts'
import type { Fate } from './schedule.ts'
import { explore } from './systematic.ts'

/** Rounds, and the schedules of each. Many times what it takes. */
const ROUNDS = 20
const BY_CHANCE = 10
const EXPLORED = 150

describe('the schedules find what is wrong with a protocol that lacks one thing', () => {
  it.each(Object.keys(MUTANTS))('%s', async (name) => {
    expect(await isFound(name)).toBe(true)
  })
})

async function isFound(name: string): Promise<boolean> {
  const mutate = MUTANTS[name]
  const [shownIn, first = 1] = SHOWN_IN[name] ?? []
  const scenario = SCENARIOS.find((one) => one.name === shownIn)
  if (!mutate || !scenario) throw new Error(`where is ${name} shown?`)
  const isFaulty = async (seed: number, fate?: Fate) =>
    (await play(scenario, seed, { ...(fate && { fate }), mutation: mutate() })).faults.length > 0
  for (let round = 0; round < ROUNDS; round++) {
    for (let other = 0; other < BY_CHANCE; other++) if (await isFaulty(first + round * BY_CHANCE + other)) return true
    const seed = first + round
    let found = false
    await explore({ preemptions: 1, misfortunes: 1 }, { limit: EXPLORED, seed }, async (fate) => {
      found = await isFaulty(seed, fate)
      return !found
    })
    if (found) return true
  }
  return false
}
