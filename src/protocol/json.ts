import { Fault } from './fault.ts'
import { MAX_MEMBERS } from './limits.ts'
import type { ListShape, MapShape, Shape, StructureShape, Value } from './shapes.ts'
import { lowerCamel, tooManyMembers, validate } from './validate.ts'

/** The body of an AWS JSON 1.1 request as a JSON object, of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Reads a body, or throws SerializationException for what is not a JSON object. */
export function parseJson(body: Uint8Array): JsonObject {
  const parsed = parse(body)
  if (Array.isArray(parsed)) throw unexpected(LIST_FOUND)
  if (typeof parsed !== 'object' || parsed === null) throw unexpected()
  return parsed as JsonObject
}

/**
 * Decodes the input of an AWS JSON 1.1 request: types first (SerializationException), constraints after
 * (ValidationException). Unknown members are ignored and `null` is the same as absent.
 */
export function decodeJson<S extends StructureShape>(shape: S, given: JsonObject): Value<S> {
  const value = decodeStructure(shape, given, '')
  validate(shape, value)
  return value as Value<S>
}

/**
 * Encodes an answer. Members that are `undefined` are left out, `Map`s become objects, and a `Date` becomes the JSON
 * number of epoch seconds that AWS JSON uses for timestamps.
 */
export function encodeJson(value: unknown): string {
  return JSON.stringify(isPlain(value) ? value : plain(value))
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(body))
  } catch {
    throw unexpected()
  }
}

const LIST_FOUND = 'Start of list found where not expected'
const STRUCTURE_FOUND = 'Start of structure or map found where not expected.'

const unexpected = (message?: string) => new Fault('SerializationException', message)

function decodeValue(shape: Shape, value: unknown, path: string): unknown {
  switch (shape.type) {
    case 'string':
      if (typeof value === 'string') return value
      throw unexpected(mistaken(value, 'a String'))
    case 'integer':
      if (typeof value === 'number') return Math.trunc(value)
      throw unexpected(mistaken(value, 'an Integer'))
    case 'boolean':
      if (typeof value === 'boolean') return value
      throw unexpected(mistaken(value, 'an Boolean'))
    case 'list':
      return decodeList(shape, value, path)
    case 'map':
      return decodeMap(shape, value, path)
    case 'structure':
      if (Array.isArray(value)) throw unexpected(LIST_FOUND)
      if (typeof value !== 'object') throw unexpected('Expected null')
      return decodeStructure(shape, value as JsonObject, `${path}.`)
  }
}

function decodeStructure(shape: StructureShape, value: JsonObject, prefix: string): Record<string, unknown> {
  const decoded: Record<string, unknown> = {}
  for (const name in shape.members) {
    const member = shape.members[name]
    if (!member) continue
    const given = Object.hasOwn(value, name) ? value[name] : undefined
    if (given !== undefined && given !== null)
      decoded[name] = decodeValue(member.shape, given, prefix + lowerCamel(name))
  }
  return decoded
}

function decodeList(shape: ListShape, value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw unexpected(typeof value === 'object' ? STRUCTURE_FOUND : 'Expected list or null')
  if (value.length > MAX_MEMBERS) throw tooManyMembers(shape, path)
  return value.filter((item) => item !== null).map((item) => decodeValue(shape.member, item, path))
}

function decodeMap(shape: MapShape, value: unknown, path: string): Map<string, unknown> {
  if (Array.isArray(value)) throw unexpected(LIST_FOUND)
  if (typeof value !== 'object') throw unexpected('Expected map or null')
  if (Object.keys(value as object).length > MAX_MEMBERS) throw tooManyMembers(shape, path)
  const entries = Object.entries(value as object).filter(([, item]) => item !== null)
  return new Map(entries.map(([key, item]) => [key, decodeValue(shape.value, item, path)]))
}

/** AWS's sentence for a JSON value of the wrong kind, which names the kind and never the value. */
function mistaken(value: unknown, wanted: string): string {
  if (Array.isArray(value)) return LIST_FOUND
  if (typeof value === 'object') return STRUCTURE_FOUND
  const kind = typeof value === 'string' ? 'STRING' : typeof value === 'number' ? 'NUMBER' : String(value).toUpperCase()
  return `${kind}_VALUE can not be converted to ${wanted}`
}

/** Whether JSON says it already as AWS JSON does, so that it need not be copied. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (value instanceof Date || value instanceof Map) return false
  if (Array.isArray(value)) return value.every(isPlain)
  for (const name in value) if (!isPlain((value as JsonObject)[name])) return false
  return true
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]))
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
  return value
}
