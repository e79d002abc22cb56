import { describe, expect, it } from 'vitest'
import { CACHE_BYTES } from '../../src/base/memory.ts'
import type { World } from '../../src/base/world.ts'
import { createShortMemory } from '../../src/logins/short-memory.ts'

describe('an answer in memory', () => {
  it('lasts for the time that was set, and no longer when the clock goes back', () => {
    const clock = { now: 3_600_000 }
    const memory = createShortMemory<string>('activeUsers', { now: () => clock.now } as World)
    memory.remember('token', 'ann', 60)
    clock.now += 59_999
    expect(memory.recall('token')).toBe('ann')
    clock.now += 1
    expect(memory.recall('token')).toBeUndefined()
    memory.remember('token', 'ann', 60)
    clock.now -= 1
    expect(memory.recall('token')).toBeUndefined()
  })

  it('makes room for others by bytes, when it was longest unused', () => {
    const memory = createShortMemory<string>('activeUsers', { now: () => 0 } as World)
    const long = 'x'.repeat(CACHE_BYTES.activeUsers / 4)
    for (const name of ['a', 'b', 'c']) memory.remember(name, long, 60)
    expect(memory.recall('a')).toBe(long)
    memory.remember('d', long, 60)
    expect(['a', 'b', 'c', 'd'].filter((name) => memory.recall(name))).toEqual(['a', 'c', 'd'])
  })
})
