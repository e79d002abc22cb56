// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies are written this way
import { describe, expect, it } from 'vitest'
import { checkSessionTags, type TagRules } from '../../src/credentials/index.ts'

const RULES: readonly TagRules[] = ['sts', 'store']
const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`tag ${n}`, `${n}`]))
const refusal = (why: string, tag?: string) => ({
  ok: false,
  error: { reason: 'invalid_tags', why, ...(tag !== undefined && { tag }) },
})
const OK = { ok: true, value: undefined }

/** What policies expand, after they put a value in or before: wildcards, variables, ranges, escapes, ends of text. */
const MORE_THAN_TEXT = [
  '*',
  '?',
  '$',
  '{',
  '}',
  '${sub}',
  '${*}',
  '[',
  ']',
  '\\',
  '|',
  '^',
  '(',
  '%',
  '"',
  "'",
  ',',
  ';',
]
const CONTROL = ['\0', '\t', '\n', '\r', '\u001b', '\u007f', '\u0085', '\u200b', '\u202e', '\ufeff', '\ud800']

describe.each(RULES)('Session tags, by the rules of %s,', (rules) => {
  it.each([
    ['more than 50', tags(51), refusal('too_many')],
    ['an empty key', { '': 'x' }, refusal('key', '')],
    ['a key of 129 characters', { ['k'.repeat(129)]: 'x' }, refusal('key', 'k'.repeat(128))],
    ['a key with a forbidden character', { 'a<b': 'x' }, refusal('key', 'a<b')],
    ['a reserved key', { 'AWS:team': 'x' }, refusal('reserved_key', 'AWS:team')],
    ['keys that differ in case only', { Team: 'x', team: 'y' }, refusal('duplicate_key', 'team')],
    ['a value of 257 characters', { team: 'v'.repeat(257) }, refusal('value', 'team')],
  ])('may not be %s', (_, given, answer) => {
    expect(checkSessionTags(given, rules)).toEqual(answer)
  })

  it.each([...MORE_THAN_TEXT, ...CONTROL])('have no value with %j', (text) => {
    for (const value of [text, `a${text}b`, `${text}b`, `a${text}`])
      expect(checkSessionTags({ team: value }, rules)).toEqual(refusal('value', 'team'))
  })

  it.each([
    ['fifty of them', tags(50)],
    ['the longest key and value', { ['k'.repeat(128)]: 'v'.repeat(256) }],
    ['text of any script', { Größe: 'naïve 日本 ١', 'a_b.c:d/e=f+g-h@i': 'a_b.c:d/e=f+g-h@i' }],
    ['an address', { client: 'https://api.example.com' }],
    ['dots in a name', { file: '..a/b../.c/...' }],
  ])('may be %s', (_, given) => {
    expect(checkSessionTags(given, rules)).toEqual(OK)
  })
})

describe('A value that would lead elsewhere in a path', () => {
  it.each(['', '.', '..', '/', '/a', 'a/', '../a', 'a/..', 'a/../b', 'a/./b'])('is refused for stores: %j', (value) => {
    expect(checkSessionTags({ team: value }, 'store')).toEqual(refusal('value_in_path', 'team'))
    expect(checkSessionTags({ team: value }, 'sts')).toEqual(OK)
  })
})
