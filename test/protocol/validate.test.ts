import { describe, expect, it } from 'vitest'
import {
  boolean,
  decodeJson,
  Fault,
  integer,
  list,
  map,
  optional,
  parseJson,
  required,
  type StructureShape,
  string,
  structure,
} from '../../src/protocol/index.ts'

/** The message of the ValidationException that refuses `input`. */
function refusal(shape: StructureShape, input: object): string {
  try {
    decodeJson(shape, parseJson(new TextEncoder().encode(JSON.stringify(input))))
  } catch (error) {
    if (error instanceof Fault && error.code === 'ValidationException') return error.message
    throw error
  }
  throw new Error('accepted')
}

const NOT_NULL = 'Member must not be null'
const atLeast = (n: number) => `Member must have length greater than or equal to ${n}`
const atMost = (n: number) => `Member must have length less than or equal to ${n}`

describe('validation', () => {
  // aws/aws-sdk-cpp issue 1085: GetCredentialsForIdentity with an empty id and an empty token.
  it('tells three findings as Amazon Cognito does, byte for byte', () => {
    const providerName = string({ min: 1, max: 128 })
    const shape = structure({
      Logins: optional(map(providerName, string({ min: 1, max: 50000, sensitive: true }), { max: 10 })),
      IdentityId: required(string({ min: 1, max: 55, pattern: '[\\w-]+:[0-9a-f-]+' })),
    })
    expect(refusal(shape, { IdentityId: '', Logins: { 'cognito-idp.us-east-1.amazonaws.com/us-east-1_Ab': '' } })).toBe(
      "3 validation errors detected: Value '{cognito-idp.us-east-1.amazonaws.com/us-east-1_Ab=}' at 'logins' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 50000, Member must have length greater than or equal to 1]; Value '' at 'identityId' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'identityId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w-]+:[0-9a-f-]+",
    )
  })

  const name = string({ min: 2, max: 4, pattern: '[a-z]+' })
  const rule = structure({ Claim: required(name), Match: optional(string({ values: ['Equals', 'NotEqual'] })) })

  it.each([
    ['a missing member', { M: required(name) }, {}, `Value null at 'm' failed to satisfy constraint: ${NOT_NULL}`],
    [
      'a null for a required member',
      { M: required(name) },
      { M: null },
      `Value null at 'm' failed to satisfy constraint: ${NOT_NULL}`,
    ],
    ['a short text', { M: optional(name) }, { M: 'a' }, `Value 'a' at 'm' failed to satisfy constraint: ${atLeast(2)}`],
    [
      'a long text',
      { M: optional(name) },
      { M: 'abcde' },
      `Value 'abcde' at 'm' failed to satisfy constraint: ${atMost(4)}`,
    ],
    [
      'a text that matches in part',
      { M: optional(name) },
      { M: 'ab\n' },
      "Value 'ab\n' at 'm' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+",
    ],
    [
      'a word outside an enumeration',
      { M: optional(string({ values: ['Token', 'Rules'] })) },
      { M: 'token' },
      "Value 'token' at 'm' failed to satisfy constraint: Member must satisfy enum value set: [Token, Rules]",
    ],
    [
      'a property that every object has for a word of an enumeration',
      { M: optional(string({ values: ['Token'] })) },
      { M: 'constructor' },
      "Value 'constructor' at 'm' failed to satisfy constraint: Member must satisfy enum value set: [Token]",
    ],
    [
      'a small number',
      { M: optional(integer({ min: 1, max: 60 })) },
      { M: 0 },
      "Value '0' at 'm' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'a large number',
      { M: optional(integer({ min: 1, max: 60 })) },
      { M: 61 },
      "Value '61' at 'm' failed to satisfy constraint: Member must have value less than or equal to 60",
    ],
    [
      'a number without end',
      { M: optional(integer({ max: 60 })) },
      { M: 1e300 },
      "Value '1e+300' at 'm' failed to satisfy constraint: Member must have value less than or equal to 60",
    ],
    [
      'a short list',
      { M: optional(list(name, { min: 1 })) },
      { M: [] },
      `Value '[]' at 'm' failed to satisfy constraint: ${atLeast(1)}`,
    ],
    [
      'a long list',
      { M: optional(list(name, { max: 1 })) },
      { M: ['ab', 'cd'] },
      `Value '[ab, cd]' at 'm' failed to satisfy constraint: ${atMost(1)}`,
    ],
    [
      'an item of a list of texts, with all constraints of an item: longest, shortest, pattern',
      { M: optional(list(name)) },
      { M: ['ab', 'c'] },
      "Value '[ab, c]' at 'm' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 4, Member must have length greater than or equal to 2, Member must satisfy regular expression pattern: [a-z]+]",
    ],
    [
      'a member of a structure in a list',
      { M: optional(list(rule)) },
      { M: [{ Claim: 'ab' }, {}] },
      `Value null at 'm.2.member.claim' failed to satisfy constraint: ${NOT_NULL}`,
    ],
    [
      'a large map',
      { M: optional(map(string(), string(), { max: 1 })) },
      { M: { a: '1', b: '2' } },
      `Value '{a=1, b=2}' at 'm' failed to satisfy constraint: ${atMost(1)}`,
    ],
    [
      'a map key',
      { M: optional(map(string({ min: 1, max: 128, pattern: '(un)?authenticated' }), string())) },
      { M: { admin: 'role' } },
      "Value '{admin=role}' at 'm' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: (un)?authenticated]",
    ],
    [
      'a map value',
      { M: optional(map(string(), string({ max: 3 }))) },
      { M: { a: 'four' } },
      "Value '{a=four}' at 'm' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 3]",
    ],
    [
      'a member of a structure in a map',
      { RoleMappings: optional(map(string(), rule)) },
      { RoleMappings: { 'a.b': { Claim: 'ab', Match: 'X' } } },
      "Value 'X' at 'roleMappings.a.b.member.match' failed to satisfy constraint: Member must satisfy enum value set: [Equals, NotEqual]",
    ],
    [
      'a structure within a structure',
      { Outer: optional(structure({ Inner: required(rule) })) },
      { Outer: { Inner: { Claim: 'a' } } },
      `Value 'a' at 'outer.inner.claim' failed to satisfy constraint: ${atLeast(2)}`,
    ],
    [
      'a list of structures, printed whole',
      { M: optional(list(structure({ A: optional(string()), B: optional(boolean()) }), { max: 1 })) },
      { M: [{ A: 'x', B: true }, {}] },
      `Value '[{A=x, B=true}, {}]' at 'm' failed to satisfy constraint: ${atMost(1)}`,
    ],
    [
      'a secret, without its value',
      { M: optional(string({ max: 3, sensitive: true })) },
      { M: 'secret' },
      `Value at 'm' failed to satisfy constraint: ${atMost(3)}`,
    ],
    [
      'a map of secrets, without their values',
      { M: optional(map(string(), string({ sensitive: true }), { max: 1 })) },
      { M: { a: 'secret', b: 'secret' } },
      `Value '{a=, b=}' at 'm' failed to satisfy constraint: ${atMost(1)}`,
    ],
    [
      'a list of secrets, without their values',
      { M: optional(list(string({ sensitive: true }), { max: 1 })) },
      { M: ['secret', 'secret'] },
      `Value '[, ]' at 'm' failed to satisfy constraint: ${atMost(1)}`,
    ],
  ])('refuses %s', (_, members, input, finding) => {
    expect(refusal(structure(members), input)).toBe(`1 validation error detected: ${finding}`)
  })

  it('names every broken constraint of one text, length before pattern', () => {
    expect(refusal(structure({ M: optional(name) }), { M: 'A' })).toBe(
      `2 validation errors detected: Value 'A' at 'm' failed to satisfy constraint: ${atLeast(2)}; Value 'A' at 'm' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+`,
    )
  })

  const ofNames = Array.from({ length: 12 }, (_, i) => `M${i + 1}`)

  it('lists at most ten findings, and counts what it lists', () => {
    const shape = structure(Object.fromEntries(ofNames.map((member) => [member, required(name)])))
    const findings = ofNames.slice(0, 10).map((member) => finding(member.toLowerCase()))
    expect(refusal(shape, {})).toBe(`10 validation errors detected: ${findings.join('; ')}`)
  })

  const finding = (path: string) => `Value null at '${path}' failed to satisfy constraint: ${NOT_NULL}`

  it.each([
    ['the shortest text', { M: required(name) }, { M: 'ab' }],
    ['the longest text', { M: required(name) }, { M: 'abcd' }],
    ['the least number', { M: required(integer({ min: 1, max: 60 })) }, { M: 1 }],
    ['the greatest number', { M: required(integer({ min: 1, max: 60 })) }, { M: 60 }],
    ['no for a required answer', { M: required(boolean()) }, { M: false }],
    ['an empty list', { M: required(list(name)) }, { M: [] }],
    ['letters beyond ASCII', { M: required(string({ pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+' })) }, { M: 'é𝒳☃' }],
  ])('accepts %s', (_, members, input) => {
    expect(decodeJson(structure(members), parseJson(new TextEncoder().encode(JSON.stringify(input))))).toEqual(input)
  })
})
