import { afterEach, describe, expect, it, vi } from 'vitest'
import { TimedOut, within } from '../../src/base/deadline.ts'
import { shortenTimeLimits } from '../support/time-limits.ts'

const hangs = () => new Promise<never>(() => {})

afterEach(() => vi.restoreAllMocks())

describe('what is waited for', () => {
  it('is answered as it comes', async () => {
    expect(await within('KV', 400, async () => 'value')).toBe('value')
  })

  it.each([
    ['rejects', async () => Promise.reject(new Error('KV is down'))],
    [
      'throws',
      () => {
        throw new Error('KV is down')
      },
    ],
  ])('fails as it %s', async (_, work) => {
    await expect(within('KV', 400, work)).rejects.toThrow('KV is down')
  })

  it('is given up after the time that was set, and told so', async () => {
    const limits = shortenTimeLimits()
    let told: AbortSignal | undefined
    const given = within('KV', 400, (signal) => {
      told = signal
      return hangs()
    })
    await expect(given).rejects.toEqual(new TimedOut('KV did not answer within 400 ms'))
    expect(told?.aborted).toBe(true)
    expect(limits.mock.calls).toEqual([[400]])
  })

  it('may fail later without anybody noticing', async () => {
    shortenTimeLimits()
    const failures: ((error: Error) => void)[] = []
    const given = within('KV', 400, () => new Promise((_, reject) => failures.push(reject)))
    await expect(given).rejects.toBeInstanceOf(TimedOut)
    for (const fail of failures) fail(new Error('nobody hears this'))
    expect(failures).toHaveLength(1)
  })
})
