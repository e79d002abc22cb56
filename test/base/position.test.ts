import { describe, expect, it } from 'vitest'
import { at, distance, nearest, positionOf } from '../../src/base/position.ts'

const LONDON = at(51.5, -0.1)
const NEW_YORK = at(40.7, -74)
const SUVA = at(-18.1, 178.4)
const APIA = at(-13.8, -171.8)

describe('the distance', () => {
  it.each([
    ['from London to New York', LONDON, NEW_YORK, 5_573],
    ['across the date line', SUVA, APIA, 1_151],
    ['between opposite points', at(37, -5), at(-37, 175), 20_015],
    ['between the poles, whatever their longitude', at(90, 0), at(-90, 77), 20_015],
    ['of a point to itself', LONDON, LONDON, 0],
  ])('%s is known, in both directions', (_, a, b, kilometres) => {
    expect([Math.round(distance(a, b)), Math.round(distance(b, a))]).toEqual([kilometres, kilometres])
  })
})

describe('the position of a request', () => {
  it.each([
    ['coordinates', { latitude: '30.27130', longitude: '-97.74260' }, at(30.2713, -97.7426)],
    ['coordinates before the continent', { latitude: '-36', longitude: '174.8', continent: 'EU' }, at(-36, 174.8)],
    ['the corners of the map', { latitude: '-90', longitude: '180.0' }, at(-90, 180)],
    ['the equator', { latitude: '0', longitude: '0.00000' }, at(0, 0)],
  ])('is by %s', (_, whereabouts, position) => {
    expect(positionOf(whereabouts)).toEqual(position)
  })

  it.each([
    { latitude: '51.5' },
    { longitude: '-0.1' },
    { latitude: '', longitude: '' },
    { latitude: '90.1', longitude: '0' },
    { latitude: '0', longitude: '-181' },
    { latitude: '1e1', longitude: '0' },
    { latitude: '0x10', longitude: '0' },
    { latitude: ' 1', longitude: '0' },
    { latitude: 'NaN', longitude: 'Infinity' },
    { latitude: 51.5, longitude: -0.1 },
    { latitude: null, longitude: ['1'] },
  ])('is by the continent where the coordinates are %j, and unknown without one', (coordinates) => {
    expect(positionOf({ ...coordinates, continent: 'AF' })).toEqual(positionOf({ continent: 'AF' }))
    expect(positionOf(coordinates)).toBeUndefined()
  })

  it.each(['AF', 'AN', 'AS', 'EU', 'NA', 'OC', 'SA'])(
    'in %s is nearer to its centre than to any other',
    (continent) => {
      const centres = ['AF', 'AN', 'AS', 'EU', 'NA', 'OC', 'SA'].map((code) => [code, positionOf({ continent: code })])
      const inside = new Map([
        ['AF', at(-1.3, 36.8)],
        ['AN', at(-77.8, 166.7)],
        ['AS', at(1.3, 103.8)],
        ['EU', LONDON],
        ['NA', NEW_YORK],
        ['OC', at(-36.8, 174.8)],
        ['SA', at(-34.6, -58.4)],
      ]).get(continent)
      expect(nearest(inside ?? LONDON, centres as [string, typeof LONDON][])[0]).toBe(continent)
    },
  )

  it.each([undefined, {}, { continent: '' }, { continent: 'T1' }, { continent: 'eu' }, { continent: 7 }])(
    'is unknown for %j',
    (whereabouts) => {
      expect(positionOf(whereabouts)).toBeUndefined()
    },
  )
})

describe('the nearest', () => {
  it('are ordered by distance, and those as far as each other as they were given', () => {
    const candidates = [
      ['far', NEW_YORK],
      ['here', LONDON],
      ['near', at(48.9, 2.4)],
      ['here too', LONDON],
    ] as const
    expect(nearest(LONDON, candidates)).toEqual(['here', 'here too', 'near', 'far'])
  })

  it('are found across the date line', () => {
    const candidates = new Map([
      ['west', at(-18, -100)],
      ['across', APIA],
      ['east', at(-33.9, 151.2)],
    ])
    expect(nearest(SUVA, candidates)).toEqual(['across', 'east', 'west'])
  })

  it('of nobody are nobody', () => {
    expect(nearest(LONDON, [])).toEqual([])
  })
})
