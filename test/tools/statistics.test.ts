import { describe, expect, it } from 'vitest'
import { median, quantile, spread } from '../../tools/lib/statistics.ts'

const hundred = Array.from({ length: 100 }, (_, n) => n + 1)

describe('a quantile, by nearest rank', () => {
  it.each([
    [hundred, 0.99, 99],
    [hundred, 0.5, 50],
    [hundred, 0.991, 100],
    [hundred, 1, 100],
    [hundred, 0, 1],
    [[7], 0.5, 7],
    [[1, 2], 0.5, 1],
    [[15, 20, 35, 40, 50], 0.4, 20],
    [[], 0.5, Number.NaN],
  ])('of %j for %d', (sorted, share, expected) => {
    expect(quantile(sorted, share)).toBe(expected)
  })
})

it.each([
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[5], 5],
])('the median of %j', (values, expected) => {
  expect(median(values)).toBe(expected)
})

it('a spread has the median, the least and the greatest', () => {
  expect(spread([3, 9, 1])).toEqual({ median: 3, least: 1, greatest: 9 })
})
