import type { Member, Shape, StructureShape } from '../../src/protocol/index.ts'

/** A value at or beyond a boundary of its shape, as JSON has it. */
export interface Boundary {
  what: string
  value: unknown
  /** What AWS JSON says of a value of the wrong type; values of the right type have none. */
  mistyped?: string
}

type StringShape = Extract<Shape, { type: 'string' }>
type ListShape = Extract<Shape, { type: 'list' }>
type MapShape = Extract<Shape, { type: 'map' }>

/** A value that satisfies the shape; texts are as short as it allows. */
function sample(shape: Shape): unknown {
  switch (shape.type) {
    case 'string':
      return shape.values?.[0] ?? shortest(shape)
    case 'integer':
      return shape.min ?? 0
    case 'boolean':
      return true
    case 'list':
      return Array.from({ length: Math.max(shape.min ?? 0, 1) }, () => sample(shape.member))
    case 'map':
      return { [String(sample(shape.key))]: sample(shape.value) }
    case 'structure':
      return sampleStructure(shape.members, ([, member]) => member.required)
  }
}

export function sampleStructure(
  members: Readonly<Record<string, Member>>,
  which: (entry: [string, Member]) => boolean = () => true,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members)
      .filter(which)
      .map(([name, member]) => [name, sample(member.shape)]),
  )
}

/** Values at, and one beyond, every boundary that the shape declares, and values of every wrong type. */
export function boundaries(shape: Shape): Boundary[] {
  return [...valuesOf(shape), ...mistyped(shape)]
}

function valuesOf(shape: Shape): Boundary[] {
  switch (shape.type) {
    case 'string':
      return stringBoundaries(shape)
    case 'integer':
      return around(shape).map(([what, value]) => ({ what, value }))
    case 'boolean':
      return [true, false].map((value) => ({ what: String(value), value }))
    case 'list':
      return listBoundaries(shape)
    case 'map':
      return mapBoundaries(shape)
    case 'structure':
      return structureBoundaries(shape)
  }
}

function stringBoundaries(shape: StringShape): Boundary[] {
  if (shape.values) {
    const wrong = ['', 'Nonesuch', 'constructor', String(shape.values[0]).toLowerCase()]
    return [...shape.values, ...wrong].map((value) => ({ what: `the word "${value}"`, value }))
  }
  const lengths = around(shape).filter(([, length]) => length >= 0)
  const unmatched = ['!', ' ', 'é', 'Ā', '<'].find((text) => !matches(shape, text.repeat(shape.min ?? 1)))
  return [
    ...lengths.map(([what, length]) => ({ what, value: ofLength(shape, length) ?? 'x'.repeat(length) })),
    ...(unmatched === undefined ? [] : [{ what: 'an unmatched text', value: unmatched.repeat(shape.min ?? 1) }]),
    { what: 'half a character', value: '\ud800'.repeat(shape.min ?? 1) },
  ]
}

function listBoundaries(shape: ListShape): Boundary[] {
  const sizes = around(shape).filter(([, size]) => size >= 0)
  return [
    { what: 'an empty list', value: [] },
    ...sizes.map(([what, size]) => ({ what, value: Array.from({ length: size }, () => sample(shape.member)) })),
    ...boundaries(shape.member).map((inner) => ({
      ...inner,
      what: `an item: ${inner.what}`,
      value: [...(sample(shape) as unknown[]), inner.value],
    })),
  ]
}

function mapBoundaries(shape: MapShape): Boundary[] {
  const value = sample(shape.value)
  const entries = (size: number) =>
    Object.fromEntries(Array.from({ length: size }, (_, i) => [ofLength(shape.key, 9 + i) ?? `key${i}`, value]))
  return [
    { what: 'an empty map', value: {} },
    ...around(shape).map(([what, size]) => ({ what, value: entries(size) })),
    ...stringBoundaries(shape.key).map(({ what, value: key }) => ({
      what: `a key: ${what}`,
      value: { [String(key)]: value },
    })),
    ...boundaries(shape.value).map((inner) => ({
      ...inner,
      what: `a value: ${inner.what}`,
      value: { [String(sample(shape.key))]: inner.value },
    })),
  ]
}

function structureBoundaries(shape: StructureShape): Boundary[] {
  const whole = sampleStructure(shape.members)
  const without = (name: string) => Object.fromEntries(Object.entries(whole).filter(([other]) => other !== name))
  return Object.entries(shape.members).flatMap(([name, member]) => [
    { what: `no ${name}`, value: without(name) },
    { what: `null for ${name}`, value: { ...whole, [name]: null } },
    ...boundaries(member.shape).map((inner) => ({
      ...inner,
      what: `${name}: ${inner.what}`,
      value: { ...whole, [name]: inner.value },
    })),
  ])
}

function around({ min, max }: { min?: number; max?: number }): [string, number][] {
  const found: [string, number][] = []
  if (min !== undefined) found.push(['the least', min], ['less than the least', min - 1])
  if (max !== undefined) found.push(['the most', max], ['more than the most', max + 1])
  return found
}

const LIST_FOUND = 'Start of list found where not expected'
const STRUCTURE_FOUND = 'Start of structure or map found where not expected.'

/** Values of other types, with what the front end of AWS JSON services answers to each pair. */
const MISTYPED: Readonly<Record<Shape['type'], readonly [unknown, string][]>> = {
  string: [
    [1, 'NUMBER_VALUE can not be converted to a String'],
    [true, 'TRUE_VALUE can not be converted to a String'],
    [['a'], LIST_FOUND],
    [{ a: 'a' }, STRUCTURE_FOUND],
  ],
  integer: [
    ['1', 'STRING_VALUE can not be converted to an Integer'],
    [false, 'FALSE_VALUE can not be converted to an Integer'],
    [[1], LIST_FOUND],
    [{}, STRUCTURE_FOUND],
  ],
  boolean: [
    ['true', 'STRING_VALUE can not be converted to an Boolean'],
    [1, 'NUMBER_VALUE can not be converted to an Boolean'],
    [[true], LIST_FOUND],
    [{}, STRUCTURE_FOUND],
  ],
  list: [
    ['a', 'Expected list or null'],
    [0, 'Expected list or null'],
    [false, 'Expected list or null'],
    [{ 0: 'a' }, STRUCTURE_FOUND],
  ],
  map: [
    ['a', 'Expected map or null'],
    [0, 'Expected map or null'],
    [true, 'Expected map or null'],
    [['a'], LIST_FOUND],
  ],
  structure: [
    ['a', 'Expected null'],
    [0, 'Expected null'],
    [true, 'Expected null'],
    [[{}], LIST_FOUND],
  ],
}

function mistyped(shape: Shape): Boundary[] {
  return MISTYPED[shape.type].map(([value, message]) => ({
    what: `${JSON.stringify(value)} for a ${shape.type}`,
    value,
    mistyped: message,
  }))
}

function shortest(shape: StringShape): string {
  for (let length = shape.min ?? 0; length < (shape.min ?? 0) + 20; length++) {
    const text = ofLength(shape, length)
    if (text !== undefined) return text
  }
  throw new Error(`no text of ours matches ${shape.pattern}`)
}

/** A text of that length which the shape's pattern matches, if we know one. */
function ofLength(shape: StringShape, length: number): string | undefined {
  const candidates = [
    'a'.repeat(length),
    '0'.repeat(length),
    `a:${'0'.repeat(Math.max(0, length - 2))}`,
    `/${'a'.repeat(Math.max(0, length - 2))}/`,
    'unauthenticated'.slice(-length),
    'last',
    '2026-11-27',
    '0a0a0a0a-1-0',
    '2099-01-31T12:00:00Z',
    '/',
  ]
  return candidates.find((text) => text.length === length && matches(shape, text))
}

function matches({ pattern }: StringShape, text: string): boolean {
  return pattern === undefined || wholly(pattern).test(text)
}

const compiled = new Map<string, RegExp>()

/** A pattern for the whole of a text. Each is compiled once. */
function wholly(pattern: string): RegExp {
  const known = compiled.get(pattern) ?? new RegExp(`^(${pattern})$`, 'u')
  compiled.set(pattern, known)
  return known
}
