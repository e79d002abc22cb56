import { describe, expect, it } from 'vitest'
import { CACHE_BYTES, IsolateCache, weightOf } from '../../src/base/memory.ts'

describe('the weight of a value', () => {
  it.each([
    ['a text', 'x'.repeat(1_000), 1_000],
    ['a text beyond Latin-1', '✓'.repeat(1_000), 2_000],
    ['bytes', new Uint8Array(1_000), 1_000],
    ['a buffer', new ArrayBuffer(1_000), 1_000],
  ])('is that of %s and a little more', (_, value, bytes) => {
    expect(weightOf(value)).toBeGreaterThanOrEqual(bytes)
    expect(weightOf(value)).toBeLessThan(bytes + 300)
  })

  it.each([
    ['a list', (item: string) => [item]],
    ['an object', (item: string) => ({ item })],
    ['a map by its values', (item: string) => new Map([['key', item]])],
    ['a map by its keys', (item: string) => new Map([[item, 'value']])],
    ['what is nested', (item: string) => ({ list: [{ map: new Map([['key', { item }]]) }] })],
  ])('grows with what %s holds', (_, holding) => {
    expect(weightOf(holding('x'.repeat(1_000))) - weightOf(holding('x'.repeat(500)))).toBe(500)
  })

  it('is never nothing, so that an entry for what is not there counts too', () => {
    const cache = new IsolateCache<string, undefined[]>('signingKeys')
    for (let n = 0; n < 10_000; n++) cache.set(`${n}`, [])
    expect(cache.size).toBeLessThan(CACHE_BYTES.signingKeys / 100)
    expect(cache.weight).toBeLessThanOrEqual(CACHE_BYTES.signingKeys)
  })
})
