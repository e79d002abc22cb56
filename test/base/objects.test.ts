import { afterEach, describe, expect, it, vi } from 'vitest'
import { TimedOut } from '../../src/base/deadline.ts'
import { callObject, Overloaded, StorageFull } from '../../src/base/objects.ts'
import { shortenTimeLimits } from '../support/time-limits.ts'

/** An object whose first calls fail, each with what the platform says of it. */
function failing(...failures: object[]) {
  const attempts: boolean[] = []
  const call = async (repeated: boolean) => {
    attempts.push(repeated)
    const failure = failures[attempts.length - 1]
    if (failure) throw Object.assign(new Error('the platform'), failure)
    return 'answer'
  }
  return { attempts, call }
}

const ACCOUNT = { name: 'Account', limit: 3_000 }

afterEach(() => vi.restoreAllMocks())

describe('A call to an object', () => {
  it.each([[{ retryable: true }], [{ durableObjectReset: true }]])(
    'is repeated once, and told so, after %o',
    async (failure) => {
      const { attempts, call } = failing(failure)
      expect(await callObject(ACCOUNT, call)).toBe('answer')
      expect(attempts).toEqual([false, true])
    },
  )

  it('is not repeated after a failure of another kind', async () => {
    const { attempts, call } = failing({})
    await expect(callObject(ACCOUNT, call)).rejects.toThrow('the platform')
    expect(attempts).toEqual([false])
  })

  it('is not repeated a second time', async () => {
    const { attempts, call } = failing({ retryable: true }, { retryable: true })
    await expect(callObject(ACCOUNT, call)).rejects.toThrow('the platform')
    expect(attempts).toEqual([false, true])
  })

  it.each([
    ['at once', [{ overloaded: true, retryable: true }], 1],
    ['when it is repeated', [{ retryable: true }, { overloaded: true }], 2],
  ])('to one that is overloaded %s is given up', async (_, failures, calls) => {
    const { attempts, call } = failing(...failures)
    await expect(callObject(ACCOUNT, call)).rejects.toBeInstanceOf(Overloaded)
    expect(attempts).toHaveLength(calls)
  })

  it('to one whose storage is full is told from other failures, and is not repeated', async () => {
    const attempts: boolean[] = []
    const call = async (repeated: boolean) => {
      attempts.push(repeated)
      throw new Error('database or disk is full: SQLITE_FULL')
    }
    await expect(callObject(ACCOUNT, call)).rejects.toBeInstanceOf(StorageFull)
    expect(attempts).toEqual([false])
  })

  it('to one that hangs ends with the time that was set for it, and is not repeated', async () => {
    const limits = shortenTimeLimits()
    const attempts: boolean[] = []
    const call = (repeated: boolean) => {
      attempts.push(repeated)
      return new Promise<never>(() => {})
    }
    await expect(callObject(ACCOUNT, call)).rejects.toEqual(new TimedOut('Account did not answer within 3000 ms'))
    expect(attempts).toEqual([false])
    expect(limits.mock.calls).toEqual([[3_000]])
  })

  it('is not repeated once nobody waits for it', async () => {
    shortenTimeLimits()
    const attempts: boolean[] = []
    const failures: ((error: Error) => void)[] = []
    const call = (repeated: boolean) => {
      attempts.push(repeated)
      return new Promise<never>((_, reject) => failures.push(reject))
    }
    await expect(callObject(ACCOUNT, call)).rejects.toBeInstanceOf(TimedOut)
    for (const fail of failures) fail(Object.assign(new Error('the platform'), { retryable: true }))
    await Promise.resolve()
    expect(attempts).toEqual([false])
  })
})
