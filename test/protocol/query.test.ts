import { describe, expect, it } from 'vitest'
import {
  boolean,
  decodeQuery,
  Fault,
  integer,
  list,
  optional,
  required,
  string,
  structure,
} from '../../src/protocol/index.ts'

const shape = structure({
  RoleName: optional(string({ min: 2 })),
  DurationSeconds: optional(integer({ min: 900, max: 43200 })),
  Recursive: optional(boolean()),
  ClientIDList: optional(list(string({ max: 5 }), { max: 3 })),
  Tags: optional(list(structure({ Key: required(string()), Value: optional(string()) }))),
  Filter: optional(structure({ Name: optional(string()), Depth: optional(integer()) })),
})

const decode = (form: string) => decodeQuery(shape, new Map(new URLSearchParams(form)))

function faultOf(form: string): Pick<Fault, 'code' | 'message'> {
  try {
    decode(form)
  } catch (error) {
    if (error instanceof Fault) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error(`accepted: ${form}`)
}

describe('query parameters', () => {
  it.each([
    ['nothing', '', {}],
    ['a text', 'RoleName=app', { RoleName: 'app' }],
    ['a text with blanks and escapes', 'RoleName=a+b%26%C3%A9', { RoleName: 'a b&é' }],
    ['an integer', 'DurationSeconds=900', { DurationSeconds: 900 }],
    ['a yes', 'Recursive=True', { Recursive: true }],
    ['anything else for a yes', 'Recursive=yes', { Recursive: false }],
    ['a list', 'ClientIDList.member.1=a&ClientIDList.member.2=b', { ClientIDList: ['a', 'b'] }],
    ['a list out of order', 'ClientIDList.member.2=b&ClientIDList.member.1=a', { ClientIDList: ['a', 'b'] }],
    ['an empty list', 'ClientIDList=', { ClientIDList: [] }],
    ['an empty item', 'ClientIDList.member.1=', { ClientIDList: [''] }],
    [
      'structures in a list',
      'Tags.member.1.Key=k&Tags.member.1.Value=v&Tags.member.2.Key=l',
      { Tags: [{ Key: 'k', Value: 'v' }, { Key: 'l' }] },
    ],
    ['a structure', 'Filter.Name=n&Filter.Depth=3', { Filter: { Name: 'n', Depth: 3 } }],
    ['a list of ten and more', tenTags(), { Tags: Array.from({ length: 11 }, (_, i) => ({ Key: `k${i + 1}` })) }],
    ['members nobody declared', 'RoleName=app&constructor=x&__proto__=y&Tags.size=3', { RoleName: 'app' }],
    ['a list that starts at two', 'ClientIDList.member.2=b', {}],
  ])('reads %s', (_, form, value) => {
    expect(decode(form)).toEqual(value)
  })

  it.each([
    ['a word for an integer', 'DurationSeconds=many', "The value at 'DurationSeconds' is not an integer."],
    ['nothing for an integer', 'DurationSeconds=', "The value at 'DurationSeconds' is not an integer."],
    ['a fraction for an integer', 'DurationSeconds=1.5', "The value at 'DurationSeconds' is not an integer."],
    ['an endless integer', `DurationSeconds=${'9'.repeat(400)}`, "The value at 'DurationSeconds' is not an integer."],
    ['a nested integer', 'Filter.Depth=x', "The value at 'Filter.Depth' is not an integer."],
    [
      'a text for a structure',
      'Tags.member.1=k',
      "The value at 'Tags.member.1' is not of the type that belongs there.",
    ],
    [
      'a structure for a text',
      'ClientIDList.member.1=a&ClientIDList.member.2.Key=b',
      "The value at 'ClientIDList.member.2' is not of the type that belongs there.",
    ],
  ])('refuses %s', (_, form, message) => {
    expect(faultOf(form)).toEqual({ code: 'MalformedQueryString', message })
  })

  it('are looked through once, however long the lists are', () => {
    class Counted extends Map<string, string> {
      looks = 0
      override keys() {
        this.looks += 1
        return super.keys()
      }
    }
    const fields = new Counted()
    for (let n = 1; n <= 500; n++) fields.set(`Tags.member.${n}.Key`, 'k').set(`ClientIDList.member.${n}`, 'c')
    expect(() => decodeQuery(shape, fields)).toThrow('Member must have length less than or equal to 3')
    expect(fields.looks).toBe(1)
  })

  it.each([
    ['Tags.member.1.Key=k&Tags.member.10.Key=x&Tags.member.1-.Key=y&Tags.member.1/Key=z', { Tags: [{ Key: 'k' }] }],
    ['Tags=x&Tags.member=y&Tags.member.01.Key=z', {}],
  ])('are found below their own path alone: %s', (form, value) => {
    expect(decode(form)).toEqual(value)
  })

  it('checks constraints after types', () => {
    expect(faultOf('RoleName=a&DurationSeconds=899&ClientIDList.member.1=sixsix&Tags.member.1.Value=v')).toEqual({
      code: 'ValidationException',
      message: [
        "4 validation errors detected: Value 'a' at 'roleName' failed to satisfy constraint: Member must have length greater than or equal to 2",
        "Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
        "Value '[sixsix]' at 'clientIDList' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 5]",
        "Value null at 'tags.1.member.key' failed to satisfy constraint: Member must not be null",
      ].join('; '),
    })
  })
})

function tenTags(): string {
  return Array.from({ length: 11 }, (_, i) => `Tags.member.${i + 1}.Key=k${i + 1}`).join('&')
}
