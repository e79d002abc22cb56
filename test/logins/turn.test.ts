import { afterEach, expect, it, vi } from 'vitest'
import { Turn } from '../../src/logins/turn.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const aLittle = (milliseconds: number) => new Promise((later) => setTimeout(later, milliseconds))

/** Many requests that need the same, and what each of them worked on. */
function bed() {
  const turn = new Turn()
  const works: number[] = []
  let memory: string | undefined
  const request = (i: number, work = async () => `of ${i}`) =>
    turn.share(
      () => memory,
      async () => {
        works.push(i)
        memory = await work()
        return memory
      },
    )
  return { turn, works, request }
}

it('is taken by one, and all others find what that one left', async () => {
  const { works, request } = bed()
  const slow = async () => {
    await aLittle(100)
    return 'found'
  }
  const found = await Promise.all(Array.from({ length: 100 }, (_, i) => request(i, slow)))
  expect(found).toEqual(Array(100).fill('found'))
  expect(works).toEqual([0])
})

it('is not needed where memory has it', async () => {
  const { works, request } = bed()
  await request(0)
  expect(await request(1)).toBe('of 0')
  expect(works).toEqual([0])
})

it('is left before the work is done if memory has it before', async () => {
  const turn = new Turn()
  const found: string[] = []
  void turn.share(
    () => undefined,
    () => new Promise(() => {}),
  )
  setTimeout(() => found.push('early'), 50)
  expect(
    await turn.share(
      () => found[0],
      async () => 'late',
    ),
  ).toBe('early')
})

it('passes on if the work fails', async () => {
  const { works, request } = bed()
  const failing = request(0, () => Promise.reject(new Error('no')))
  const next = request(1)
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe('of 1')
  expect(works).toEqual([0, 1])
})

it('passes to one of those who wait if the request that works ends in the middle', async () => {
  const { works, request } = bed()
  // A request that is gone has no timers any more, and its promises never settle.
  vi.spyOn(globalThis, 'setInterval').mockReturnValueOnce(0 as never)
  void request(0, () => new Promise(() => {}))
  const slow = async () => {
    await aLittle(300)
    return 'found'
  }
  const found = await Promise.all(Array.from({ length: 20 }, (_, i) => request(i + 1, slow)))
  expect(found).toEqual(Array(20).fill('found'))
  expect(works).toEqual([0, expect.any(Number)])
})
