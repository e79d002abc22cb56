import { describe, expect, it } from 'vitest'
import { ALONE, grown, objectOf, type Spread, slotsOf, spreadEvenly } from '../../src/pools/spread/map.ts'

const PLACES = ['enam', 'weur', 'apac', 'oc', 'me', 'afr', 'sam', 'wnam', 'eeur']

const countsOf = (spread: Spread) =>
  Array.from({ length: spread.objects }, (_, object) =>
    slotsOf(spread, object).reduce((sum, [first, last]) => sum + last - first + 1, 0),
  )
const enlarged = (spread: Spread, objects: number): Spread => ({ ...spread, objects, runs: grown(spread, objects) })

describe('a map that grows', () => {
  it('from one object to many is that of a pool that was made so', () => {
    for (const objects of [2, 4, 64, 256]) expect(grown(ALONE, objects)).toEqual(spreadEvenly(objects).runs)
  })

  it.each([2, 3, 5, 9])('lets slots stay in their place, of %i, and shares them evenly there', (count) => {
    const places = PLACES.slice(0, count)
    for (let objects = 16; objects < 256; objects *= 2) {
      const before = spreadEvenly(objects, places)
      const next = enlarged(before, 2 * objects)
      const moved = Array.from({ length: 4096 }, (_, slot) => slot).filter(
        (slot) => objectOf(next, slot) % count !== objectOf(before, slot) % count,
      )
      expect(moved).toEqual([])
      for (let place = 0; place < count; place++) {
        const counts = countsOf(next).filter((_, object) => object % count === place)
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
      }
    }
  })

  it.each([2, 3, 9])('gives every one of %i new places room for all objects that it may come to have', (count) => {
    let spread: Spread = { ...ALONE, places: PLACES.slice(0, count) }
    for (const objects of [16, 32, 64, 128, 256]) {
      spread = enlarged(spread, objects)
      expect(countsOf(spread).every((slots) => slots > 0)).toBe(true)
    }
    const away = countsOf(spread).reduce((sum, slots, object) => sum + (object % count === 0 ? 0 : slots), 0)
    expect(away / 4096).toBeLessThan(0.13)
  })
})
