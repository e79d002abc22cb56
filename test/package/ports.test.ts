import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, it } from 'vitest'
import { onFreePort } from '../../package/server/ports.mjs'

const fails = (tried: number[]) => async (port: number) => {
  tried.push(port)
  throw new Error('cannot start')
}

it('a start that fails on a free port fails for another reason, and is not tried again', async () => {
  const tried: number[] = []
  await expect(onFreePort(fails(tried))).rejects.toThrow('cannot start')
  expect(tried).toHaveLength(1)
})

it('five ports are tried where each is taken meanwhile', async () => {
  const stranger = createServer().listen(0, '127.0.0.1')
  await once(stranger, 'listening')
  const { port } = stranger.address() as AddressInfo
  const tried: number[] = []
  await expect(onFreePort(fails(tried), { find: async () => port })).rejects.toThrow('cannot start')
  expect(tried).toEqual(Array(5).fill(port))
  stranger.close()
})
