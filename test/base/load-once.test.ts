import { expect, it } from 'vitest'
import { loadOnce } from '../../src/base/load-once.ts'

it('what is loaded is loaded by whoever asks before it is there, and by nobody afterwards', async () => {
  const waiting: ((module: { by: number }) => void)[] = []
  const load = loadOnce(() => new Promise<{ by: number }>((resolve) => waiting.push(resolve)))
  const early = [load(), load()]
  expect(waiting).toHaveLength(2)
  for (const [by, resolve] of waiting.entries()) resolve({ by })
  await Promise.all(early)
  expect(await load()).toEqual({ by: 0 })
  expect(waiting).toHaveLength(2)
})

it('what could not be loaded is loaded again', async () => {
  let turns = 0
  const load = loadOnce(async () => {
    turns++
    if (turns === 1) throw new Error('not now')
    return { turns }
  })
  await expect(load()).rejects.toThrow('not now')
  expect(await load()).toEqual({ turns: 2 })
})
