import { describe, expect, it } from 'vitest'
import type { World } from '../../src/base/world.ts'
import { createShortMemory } from '../../src/logins/short-memory.ts'

describe('an answer in memory', () => {
  it('lasts for the time that was set, and no longer when the clock goes back', () => {
    const clock = { now: 3_600_000 }
    const memory = createShortMemory<string>({ now: () => clock.now } as World)
    memory.remember('token', 'ann', 60)
    clock.now += 59_999
    expect(memory.recall('token')).toBe('ann')
    clock.now += 1
    expect(memory.recall('token')).toBeUndefined()
    memory.remember('token', 'ann', 60)
    clock.now -= 1
    expect(memory.recall('token')).toBeUndefined()
  })
})
