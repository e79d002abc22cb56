import { expect, it } from 'vitest'
import { ClientGone, Fault, readBody } from '../../src/protocol/index.ts'

function inChunks(...chunks: number[][]): Request {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(Uint8Array.from(chunk))
      controller.close()
    },
  })
  return new Request('http://localhost/', { method: 'POST', body })
}

it.each([
  ['no body', new Request('http://localhost/', { method: 'POST' }), []],
  ['an empty body', new Request('http://localhost/', { method: 'POST', body: '' }), []],
  ['bytes that are no text', inChunks([0xff, 0x00]), [0xff, 0x00]],
  ['several chunks, in order', inChunks([1], [], [2, 3], [4]), [1, 2, 3, 4]],
])('reads %s', async (_, request, bytes) => {
  expect([...(await readBody(request, 4))]).toEqual(bytes)
})

it('refuses the first byte beyond the limit', async () => {
  await expect(readBody(inChunks([1, 2], [3, 4], [5]), 4)).rejects.toEqual(
    new Fault('RequestEntityTooLargeException', 'Request bodies are limited to 4 bytes.'),
  )
})

it('refuses a body that its declared length already puts beyond the limit', async () => {
  const headers = { 'content-length': '5' }
  const request = new Request('http://localhost/', { method: 'POST', body: 'abcde', headers })
  await expect(readBody(request, 4)).rejects.toThrow('Request bodies are limited to 4 bytes.')
})

it('does not take the word of a declared length', async () => {
  const headers = { 'content-length': '1' }
  const request = new Request('http://localhost/', { method: 'POST', body: 'abcde', headers })
  await expect(readBody(request, 4)).rejects.toThrow('Request bodies are limited to 4 bytes.')
})

it('stops reading at the limit', async () => {
  let pulled = 0
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulled++
      controller.enqueue(new Uint8Array(1000))
    },
  })
  const request = new Request('http://localhost/', { method: 'POST', body: endless })
  await expect(readBody(request, 10_000)).rejects.toThrow('Request bodies are limited to 10000 bytes.')
  expect(pulled).toBeLessThan(15)
})

it.each([
  ['of an unknown length', {}],
  ['of a declared length', { 'content-length': '4' }],
])('tells a body that is cut off from all else: %s', async (_, headers) => {
  const cutOff = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new Uint8Array(2)),
    pull: (controller) => controller.error(new Error('Network connection lost.')),
  })
  const request = new Request('http://localhost/', { method: 'POST', body: cutOff, headers })
  await expect(readBody(request, 4)).rejects.toBeInstanceOf(ClientGone)
})
