import { describe, expect, it } from 'vitest'
import { placeNear } from '../../src/base/places.ts'
import { at, positionOf } from '../../src/base/position.ts'

describe('the place of the platform that is nearest', () => {
  it.each([
    ['Seattle', at(47.6, -122.3), 'wnam'],
    ['Toronto', at(43.7, -79.4), 'enam'],
    ['Lima', at(-12, -77), 'sam'],
    ['London', at(51.5, -0.1), 'weur'],
    ['Helsinki', at(60.2, 24.9), 'eeur'],
    ['Seoul', at(37.6, 127), 'apac-ne'],
    ['Jakarta', at(-6.2, 106.8), 'apac-se'],
    ['Auckland', at(-36.8, 174.8), 'oc'],
    ['Nairobi', at(-1.3, 36.8), 'afr'],
    ['Riyadh', at(24.7, 46.7), 'me'],
  ])('to %s', (_, position, place) => {
    expect(placeNear(position)).toBe(place)
  })

  it('is one for every continent that the platform may name', () => {
    const places = ['AF', 'AN', 'AS', 'EU', 'NA', 'OC', 'SA'].map((continent) => {
      const position = positionOf({ continent })
      return position && placeNear(position)
    })
    expect(places).toEqual(['afr', 'oc', 'apac-se', 'weur', 'enam', 'oc', 'sam'])
  })
})
