import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fits, type Glob, ONE, RUN } from '../../src/policy/glob.ts'

const glob = (pattern: string): Glob => [...pattern].map((c) => (c === '*' ? RUN : c === '?' ? ONE : c))

/** Says what a pattern means in as many words, and takes exponential time over it. */
function fitsByDefinition([first, ...rest]: readonly string[], text: readonly string[]): boolean {
  if (first === undefined) return text.length === 0
  if (first === '*') return text.some((_, n) => fitsByDefinition(rest, text.slice(n))) || fitsByDefinition(rest, [])
  return text.length > 0 && (first === '?' || first === text[0]) && fitsByDefinition(rest, text.slice(1))
}

it.each([
  ['', '', true],
  ['', 'a', false],
  ['*', '', true],
  ['?', '', false],
  ['?', '𝒳', true],
  ['a*c', 'abcbc', true],
  ['a*c', 'abcb', false],
  ['a*b*c', 'axbxbxc', true],
  ['*a?', 'aaab', true],
  ['**?', 'a', true],
  ['A', 'a', false],
  ['a.c', 'abc', false],
])('%j fits %j: %s', (pattern, text, answer) => {
  expect(fits(glob(pattern), text)).toBe(answer)
})

it('agrees with the definition of the wildcards', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 })
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '𝒳'), maxLength: 8 })
  fc.assert(
    fc.property(pattern, text, (p, t) => {
      expect(fits(glob(p), t)).toBe(fitsByDefinition([...p], [...t]))
    }),
    { numRuns: 2000 },
  )
})

it('takes no exponential time over many stars', () => {
  expect(fits(glob(`${'a*'.repeat(500)}b`), 'a'.repeat(2000))).toBe(false)
})
