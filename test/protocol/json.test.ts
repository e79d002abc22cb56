import { describe, expect, it } from 'vitest'
import {
  boolean,
  decodeJson,
  encodeJson,
  Fault,
  integer,
  list,
  map,
  optional,
  parseJson,
  string,
  structure,
} from '../../src/protocol/index.ts'

const inner = structure({ Name: optional(string()) })
const shape = structure({
  Text: optional(string()),
  Number: optional(integer()),
  Flag: optional(boolean()),
  List: optional(list(string())),
  Map: optional(map(string(), string())),
  Structure: optional(inner),
  Structures: optional(list(inner)),
  ByName: optional(map(string(), inner)),
})

const decode = (body: string | Uint8Array) =>
  decodeJson(shape, parseJson(typeof body === 'string' ? new TextEncoder().encode(body) : body))

function faultOf(body: string | Uint8Array): Pick<Fault, 'code' | 'message'> {
  try {
    decode(body)
  } catch (error) {
    if (error instanceof Fault) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('accepted')
}

const LIST_FOUND = 'Start of list found where not expected'
const STRUCTURE_FOUND = 'Start of structure or map found where not expected.'

describe('a body of AWS JSON', () => {
  it.each([
    ['an empty structure', '{}', {}],
    ['blanks around it', ' \n{ "Text" : "a" }\t', { Text: 'a' }],
    ['a byte order mark', '\ufeff{}', {}],
    ['null, as absent', '{"Text":null,"Number":null,"List":null,"Map":null,"Structure":null,"Flag":null}', {}],
    ['members nobody declared', '{"Text":"a","text":1,"toString":2,"__proto__":{"Flag":true}}', { Text: 'a' }],
    ['the last of two members of one name', '{"Text":"a","Text":"b"}', { Text: 'b' }],
    ['a fraction, cut', '{"Number":1.5}', { Number: 1 }],
    ['a negative fraction, cut', '{"Number":-1.5}', { Number: -1 }],
    ['an exponent', '{"Number":1e2}', { Number: 100 }],
    ['no', '{"Flag":false}', { Flag: false }],
    ['a list without its nulls', '{"List":["a",null,"b"]}', { List: ['a', 'b'] }],
    ['a map without its nulls', '{"Map":{"a":"1","b":null}}', { Map: new Map([['a', '1']]) }],
    [
      'a map whose keys every object has',
      '{"Map":{"__proto__":"1","constructor":"2"}}',
      {
        Map: new Map([
          ['__proto__', '1'],
          ['constructor', '2'],
        ]),
      },
    ],
    ['a structure', '{"Structure":{"Name":"n","Other":[]}}', { Structure: { Name: 'n' } }],
    ['structures by name', '{"ByName":{"a":{"Name":"n"}}}', { ByName: new Map([['a', { Name: 'n' }]]) }],
    ['escapes', '{"Text":"\\u00e9\\ud83d\\ude00\\/"}', { Text: 'é😀/' }],
  ])('may hold %s', (_, body, value) => {
    expect(decode(body)).toEqual(value)
  })

  it.each([
    ['nothing', ''],
    ['blanks', '  \n'],
    ['null', 'null'],
    ['a text', '"{}"'],
    ['a number', '1'],
    ['yes', 'true'],
    ['half a structure', '{"Text":"a"'],
    ['two structures', '{}{}'],
    ['a trailing comma', '{"Text":"a",}'],
    ['single quotes', "{'Text':'a'}"],
    ['a comment', '{}//'],
    ['a control character in a text', '{"Text":"\u0001"}'],
    ['no number', '{"Number":NaN}'],
    ['bytes that are not UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)],
    ['a form', 'Text=a'],
  ])('may not be %s', (_, body) => {
    expect(faultOf(body)).toEqual({ code: 'SerializationException', message: '' })
  })

  it('has no member that it only inherits', () => {
    const inherited = structure({ valueOf: optional(string()), toString: optional(string()) })
    expect(decodeJson(inherited, parseJson(new TextEncoder().encode('{"toString":"own"}')))).toEqual({
      toString: 'own',
    })
  })

  it('may not be a list', () => {
    expect(faultOf('[{}]')).toEqual({ code: 'SerializationException', message: LIST_FOUND })
  })

  it('may not be a list of lists without end', () => {
    expect(faultOf('['.repeat(100_000)).code).toBe('SerializationException')
    expect(faultOf(`{"Text":${'['.repeat(50_000)}${']'.repeat(50_000)}}`).message).toBe(LIST_FOUND)
  })
})

describe('a member of the wrong type', () => {
  const values = { string: '"a"', number: '1', yes: 'true', no: 'false', list: '[]', structure: '{}' }
  type Given = keyof typeof values

  it.each<[string, Partial<Record<Given, string>>]>([
    [
      'Text',
      {
        number: 'NUMBER_VALUE can not be converted to a String',
        yes: 'TRUE_VALUE can not be converted to a String',
        no: 'FALSE_VALUE can not be converted to a String',
        list: LIST_FOUND,
        structure: STRUCTURE_FOUND,
      },
    ],
    [
      'Number',
      {
        string: 'STRING_VALUE can not be converted to an Integer',
        yes: 'TRUE_VALUE can not be converted to an Integer',
        no: 'FALSE_VALUE can not be converted to an Integer',
        list: LIST_FOUND,
        structure: STRUCTURE_FOUND,
      },
    ],
    [
      'Flag',
      {
        string: 'STRING_VALUE can not be converted to an Boolean',
        number: 'NUMBER_VALUE can not be converted to an Boolean',
        list: LIST_FOUND,
        structure: STRUCTURE_FOUND,
      },
    ],
    [
      'List',
      {
        string: 'Expected list or null',
        number: 'Expected list or null',
        yes: 'Expected list or null',
        no: 'Expected list or null',
        structure: STRUCTURE_FOUND,
      },
    ],
    [
      'Map',
      {
        string: 'Expected map or null',
        number: 'Expected map or null',
        yes: 'Expected map or null',
        no: 'Expected map or null',
        list: LIST_FOUND,
      },
    ],
    [
      'Structure',
      {
        string: 'Expected null',
        number: 'Expected null',
        yes: 'Expected null',
        no: 'Expected null',
        list: LIST_FOUND,
      },
    ],
  ])('is refused in the words of AWS, which never repeat it: %s', (member, refusals) => {
    for (const given of Object.keys(values) as Given[]) {
      const body = `{"${member}":${values[given]}}`
      const message = refusals[given]
      if (message === undefined) expect(Object.keys(decode(body))).toEqual([member])
      else expect([given, faultOf(body)]).toEqual([given, { code: 'SerializationException', message }])
    }
  })

  it.each([
    ['an item of a list', '{"List":["a",1]}', 'NUMBER_VALUE can not be converted to a String'],
    ['a value of a map', '{"Map":{"a":true}}', 'TRUE_VALUE can not be converted to a String'],
    ['a member of a structure', '{"Structure":{"Name":[]}}', LIST_FOUND],
    ['a structure in a list', '{"Structures":["a"]}', 'Expected null'],
    ['a structure in a map', '{"ByName":{"a":[]}}', LIST_FOUND],
  ])('is found in depth: %s', (_, body, message) => {
    expect(faultOf(body)).toEqual({ code: 'SerializationException', message })
  })

  it('is told before any constraint', () => {
    const strict = structure({ A: optional(string({ max: 1 })), B: optional(string()) })
    expect(() => decodeJson(strict, parseJson(new TextEncoder().encode('{"A":"long","B":1}')))).toThrow(
      new Fault('SerializationException', 'NUMBER_VALUE can not be converted to a String'),
    )
  })
})

describe('an answer in AWS JSON', () => {
  it.each([
    ['leaves out what is absent', { A: undefined, B: { C: undefined } }, '{"B":{}}'],
    ['has times as seconds', { A: new Date(1_442_877_512_250), B: [new Date(0)] }, '{"A":1442877512.25,"B":[0]}'],
    [
      'has maps as objects, whatever their keys',
      {
        A: new Map<string, unknown>([
          ['__proto__', 'x'],
          ['b', new Map([['c', new Date(1000)]])],
        ]),
      },
      '{"A":{"__proto__":"x","b":{"c":1}}}',
    ],
    [
      'keeps texts, numbers, answers and lists',
      { A: 'é"\n', B: 1, C: false, D: [], E: {} },
      '{"A":"é\\"\\n","B":1,"C":false,"D":[],"E":{}}',
    ],
  ])('%s', (_, value, text) => {
    expect(encodeJson(value)).toBe(text)
  })
})

describe('more members than anybody can need', () => {
  const shape = structure({
    Logins: optional(map(string(), string(), { max: 10 })),
    Names: optional(list(string())),
    Rules: optional(structure({ Many: optional(list(string(), { max: 4000 })) })),
  })
  /** Members that cannot be looked at. */
  const members = (count: number) =>
    Object.defineProperties(
      {},
      Object.fromEntries(
        Array.from({ length: count }, (_, n) => [
          n,
          {
            enumerable: true,
            get: () => {
              throw new Error('looked at')
            },
          },
        ]),
      ),
    )
  const limit = (path: string, max: number) =>
    new Fault(
      'ValidationException',
      `1 validation error detected: Value at '${path}' failed to satisfy constraint: Member must have length less than or equal to ${max}`,
    )

  it.each([
    ['a map', { Logins: members(1001) }, limit('logins', 10)],
    ['a list', { Names: Array(1001).fill(1) }, limit('names', 1000)],
    ['a list that may be longer', { Rules: { Many: Array(1001).fill(1) } }, limit('rules.many', 1000)],
  ])('are refused without a look at them: %s', (_, input, fault) => {
    expect(() => decodeJson(shape, input)).toThrow(fault)
  })

  it('are one more than a thousand', () => {
    expect(() => decodeJson(shape, { Logins: members(1000) })).toThrow('looked at')
    expect(decodeJson(shape, { Names: Array(1000).fill('a') }).Names).toHaveLength(1000)
  })
})
