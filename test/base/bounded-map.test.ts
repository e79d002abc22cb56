import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BoundedMap } from '../../src/base/bounded-map.ts'

describe('a bounded map', () => {
  it('lets go what was used longest ago, and counts reading as using', () => {
    const map = new BoundedMap<string, number>({ capacity: 2 })
    map.set('a', 1).set('b', 2)
    expect(map.get('a')).toBe(1)
    map.set('c', 3)
    expect([...map.keys()]).toEqual(['a', 'c'])
    map.set('a', 4).set('d', 5)
    expect([...map]).toEqual([
      ['a', 4],
      ['d', 5],
    ])
  })

  it('is bounded by what its values weigh, and keeps none that is too heavy by itself', () => {
    const map = new BoundedMap<string, string>({ capacity: 10, weigh: (text) => text.length })
    map.set('a', '1234').set('b', '123456')
    expect([...map.keys()]).toEqual(['a', 'b'])
    map.set('c', '1')
    expect([...map.keys()]).toEqual(['b', 'c'])
    map.set('c', '12345678901')
    expect([...map.keys()]).toEqual(['b'])
    map.clear()
    map.set('d', '1234567890')
    expect([...map.keys()]).toEqual(['d'])
  })

  it('does what a list of entries in order of use would do', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e')
    const step = fc.oneof(
      fc.record({ do: fc.constant('set' as const), key, weight: fc.integer({ min: 0, max: 12 }) }),
      fc.record({ do: fc.constantFrom('get' as const, 'delete' as const), key, weight: fc.constant(0) }),
      fc.record({ do: fc.constant('clear' as const), key, weight: fc.constant(0) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const map = new BoundedMap<string, number>({ capacity: 10, weigh: (weight) => weight })
        let model: [string, number][] = []
        for (const { do: what, key: name, weight } of steps) {
          const found = model.find(([one]) => one === name)
          const others = model.filter(([one]) => one !== name)
          if (what === 'clear') {
            map.clear()
            model = []
          } else if (what === 'delete') {
            expect(map.delete(name)).toBe(found !== undefined)
            model = others
          } else if (what === 'get') {
            expect(map.get(name)).toBe(found?.[1])
            if (found) model = [...others, found]
          } else {
            map.set(name, weight)
            model = others
            if (weight > 10) continue
            while (weight + model.reduce((sum, [, one]) => sum + one, 0) > 10) model.shift()
            model.push([name, weight])
          }
          expect([...map]).toEqual(model)
        }
      }),
    )
  })
})
