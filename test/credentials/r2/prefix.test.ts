// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of grants are written this way
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex } from '../../../src/base/bytes.ts'
import { parsePathTemplate } from '../../../src/credentials/r2/path-template.ts'
import { prefixOf, substitute } from '../../../src/credentials/r2/prefix.ts'
import { IDENTITY_ID, member } from '../support.ts'

type Tags = Readonly<Record<string, string>>

function prefix(path: string, tags: Tags = {}, subject = IDENTITY_ID) {
  const template = parsePathTemplate(path)
  if (!template.ok) throw new Error(template.error)
  return substitute(template.value, { ...member, subject, principalTags: tags })
}

function unsafe(variable: string, why: string) {
  return { ok: false, error: { reason: 'r2_path_unsafe', variable, why } }
}

const TEAM = 'aws:PrincipalTag/team'

describe('the prefix of a user', () => {
  it.each([
    ['the id', 'users/${sub}/', {}, `users/${IDENTITY_ID}/`],
    ['a tag', 'a-${aws:PrincipalTag/team}.b/${sub}/', { team: 'Grün 7' }, `a-Grün 7.b/${IDENTITY_ID}/`],
    ['a tag by its name in any case', '${aws:PrincipalTag/Team}/${sub}/', { tEAM: 'x' }, `x/${IDENTITY_ID}/`],
    ['a tag with dots', '${aws:PrincipalTag/team}/${sub}/', { team: '...' }, `.../${IDENTITY_ID}/`],
    ['a tag of one dot beside text', 'v${aws:PrincipalTag/team}/${sub}/', { team: '.' }, `v./${IDENTITY_ID}/`],
    ['a tag by the name of a method', '${aws:PrincipalTag/tostring}/${sub}/', { toString: 'x' }, `x/${IDENTITY_ID}/`],
  ])('has %s in its place', (_, path, tags, expected) => {
    expect(prefix(path, tags as Tags)).toEqual({ ok: true, value: expected })
  })

  it.each([
    ['no value', {}, 'missing'],
    ['an empty value', { team: '' }, 'empty'],
    ['a slash', { team: 'a/b' }, 'unsafe'],
    ['a way up', { team: '..' }, 'unsafe'],
    ['a dot', { team: '.' }, 'unsafe'],
    ['white space before', { team: ' a' }, 'unsafe'],
    ['white space behind', { team: 'a\u3000' }, 'unsafe'],
    ['white space alone', { team: ' ' }, 'unsafe'],
    ['a line feed', { team: 'a\nb' }, 'unsafe'],
    ['a line separator', { team: 'a\u2028b' }, 'unsafe'],
    ['an invisible character', { team: 'a\u200bb' }, 'unsafe'],
    ['half a character', { team: 'a\ud800' }, 'unsafe'],
    ['an asterisk', { team: '*' }, 'unsafe'],
    ['a backslash', { team: 'a\\b' }, 'unsafe'],
    ['an escaped slash', { team: 'a%2Fb' }, 'unsafe'],
    ['a variable', { team: '${sub}' }, 'unsafe'],
    ['text that is not NFC', { team: 'u\u0308' }, 'unsafe'],
    ['another sign for a letter', { team: '\u212b' }, 'unsafe'],
    ['too much text', { team: 'ü'.repeat(400) }, 'unsafe'],
  ])('is refused for a tag with %s', (_, tags, why) => {
    expect(prefix('${aws:PrincipalTag/team}/${sub}/', tags as Tags)).toEqual(unsafe(TEAM, why))
  })

  it.each([
    ['a way up', '.${aws:PrincipalTag/team}/${sub}/', { team: '.' }],
    ['a way up of two tags', '${aws:PrincipalTag/team}${aws:PrincipalTag/b}/${sub}/', { team: '.', b: '.' }],
    ['another syllable', '\u1100${aws:PrincipalTag/team}/${sub}/', { team: '\u1161' }],
  ])('is refused for a tag that makes %s of its segment', (_, path, tags) => {
    expect(prefix(path, tags as Tags)).toEqual(unsafe(TEAM, 'unsafe'))
  })

  it.each([
    ['white space', ' x'],
    ['text that is not NFC', 'u\u0308'],
  ])('is refused for a tag with %s amid its segment', (_, team) => {
    const path = '${aws:PrincipalTag/a}-${aws:PrincipalTag/team}-/${sub}/'
    expect(prefix(path, { a: 'x', team })).toEqual(unsafe(TEAM, 'unsafe'))
  })

  it('is refused in the name of the longest tag when all together are too long', () => {
    const path = '${aws:PrincipalTag/a}/${aws:PrincipalTag/team}/${aws:PrincipalTag/b}/${sub}/'
    const tags = { a: 'a'.repeat(254), team: 't'.repeat(256), b: 'b'.repeat(255) }
    expect(prefix(path, tags)).toEqual(unsafe(TEAM, 'unsafe'))
  })

  it('is refused for tags that STS would refuse, needed or not', () => {
    const template = parsePathTemplate('${sub}/')
    if (!template.ok) throw new Error(template.error)
    const refusal = { ok: false, error: { reason: 'invalid_tags', why: 'duplicate_key', tag: expect.any(String) } }
    expect(prefixOf(template.value, { ...member, principalTags: { a: 'x', A: 'y' } })).toEqual(refusal)
  })

  it.each([
    ['no identity', '', 'empty'],
    ['a pool', 'eu-west-1:9f3c2a71-1111-4222-8333-444455556666', 'unsafe'],
    ['a path', `${IDENTITY_ID}/x`, 'unsafe'],
    ['an identity in capitals', IDENTITY_ID.toUpperCase(), 'unsafe'],
  ])('is refused for the id of %s', (_, subject, why) => {
    expect(prefix('${sub}/', {}, subject)).toEqual(unsafe('sub', why))
  })
})

/** Two ids, often with regions that look like one another's ends, or with the same UUID in two regions. */
const twoIds = fc
  .tuple(fc.shuffledSubarray(['a', 'aa', 'b-aa', 'a-1', 'x'.repeat(18)], { minLength: 2 }), uuids(), uuids(), fc.nat(2))
  .map(([[region = 'a', other = 'b'], uuid, another, same]) => [
    `${region}:${uuid}`,
    same === 0 ? `${other}:${uuid}` : `${same === 1 ? region : other}:${another}`,
  ])

function uuids() {
  return fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => {
    const digits = hex(bytes)
    return `${digits.slice(0, 8)}-0000-8${digits.slice(13, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`
  })
}

const texts = fc.constantFrom('a', '-', '.', ':', 'users', 'a-1:', '1', '\u1100', 'ü', 'x y')

const A = '${aws:PrincipalTag/a}'
const B = '${aws:PrincipalTag/b}'
const pieces = fc.oneof(texts, fc.constantFrom(A, B, '${sub}', `${A}\${sub}`, `${A}\${sub}${B}`, `${A}/\${sub}`))
const templates = fc
  .array(fc.array(pieces, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })
  .map((segments) => segments.map((segment) => `${segment.join('')}/`).join(''))

/**
 * Two users and their tags. These are made of anything that could confuse, or so that one user's tags continue what the
 * other's began: what `a`, an id and `b` make together then differs in its parts alone.
 */
const pairs = fc.tuple(twoIds, texts, texts).chain(([[one = '', other = ''], x, y]) => {
  const parts = fc.oneof(texts, fc.constantFrom(one, other, one.slice(0, 3), other.slice(-4), '/', '..', '\u1161', ''))
  const values = fc.array(parts, { minLength: 1, maxLength: 3 }).map((found) => found.join(''))
  const tags = fc.record({ a: values, b: values })
  const designed = fc.constantFrom(
    [
      { a: x, b: `${other}${y}` },
      { a: `${x}${one}`, b: y },
    ],
    [
      { a: `${x}${one.slice(0, one.indexOf(other))}`, b: y },
      { a: x, b: y },
    ],
    [
      { a: x, b: y },
      { a: `${x}${other.slice(0, other.indexOf(one))}`, b: y },
    ],
    [
      { a: x, b: y },
      { a: `${x}/${one}`, b: y },
    ],
  )
  return fc.oneof(fc.tuple(tags, tags), designed).map(([tagsOfOne = {}, tagsOfOther = {}]) => ({
    one,
    other,
    tagsOfOne: tagsOfOne as Tags,
    tagsOfOther: tagsOfOther as Tags,
  }))
})

describe('of any two users of a grant', () => {
  it('neither has a prefix that begins with that of the other', () => {
    let compared = 0
    const property = fc.property(templates, pairs, (path, { one, other, tagsOfOne, tagsOfOther }) => {
      if (!parsePathTemplate(path).ok) return
      const first = prefix(path, tagsOfOne, one)
      const second = prefix(path, tagsOfOther, other)
      if (!first.ok || !second.ok) return
      compared += 1
      expect(first.value.startsWith(second.value) || second.value.startsWith(first.value)).toBe(false)
    })
    fc.assert(property, { numRuns: 5_000 })
    expect(compared).toBeGreaterThan(200)
  })

  it('each stays in the place that the template gives it', () => {
    const property = fc.property(templates, pairs, (path, { one, tagsOfOne }) => {
      if (!parsePathTemplate(path).ok) return
      const found = prefix(path, tagsOfOne, one)
      if (!found.ok) return
      const segments = found.value.slice(0, -1).split('/')
      expect(segments).toHaveLength(path.split('/').length - 1 - (path.match(/aws:PrincipalTag\//g)?.length ?? 0))
      expect(segments.filter((segment) => ['', '.', '..'].includes(segment))).toEqual([])
      expect(found.value.normalize('NFC')).toBe(found.value)
      expect(new URL(`https://r2.example/${found.value}`).pathname.split('/')).toHaveLength(segments.length + 2)
    })
    fc.assert(property, { numRuns: 2_000 })
  })
})
