import { describe, expect, it } from 'vitest'
import { callObject, Overloaded } from '../../src/base/objects.ts'

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

describe('A call to an object', () => {
  it.each([[{ retryable: true }], [{ durableObjectReset: true }]])(
    'is repeated once, and told so, after %o',
    async (failure) => {
      const { attempts, call } = failing(failure)
      expect(await callObject(call)).toBe('answer')
      expect(attempts).toEqual([false, true])
    },
  )

  it('is not repeated after a failure of another kind', async () => {
    const { attempts, call } = failing({})
    await expect(callObject(call)).rejects.toThrow('the platform')
    expect(attempts).toEqual([false])
  })

  it('is not repeated a second time', async () => {
    const { attempts, call } = failing({ retryable: true }, { retryable: true })
    await expect(callObject(call)).rejects.toThrow('the platform')
    expect(attempts).toEqual([false, true])
  })

  it.each([
    ['at once', [{ overloaded: true, retryable: true }], 1],
    ['when it is repeated', [{ retryable: true }, { overloaded: true }], 2],
  ])('to one that is overloaded %s is given up', async (_, failures, calls) => {
    const { attempts, call } = failing(...failures)
    await expect(callObject(call)).rejects.toBeInstanceOf(Overloaded)
    expect(attempts).toHaveLength(calls)
  })
})
