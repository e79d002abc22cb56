import { Fault } from './fault.ts'
import type { Shape, StructureShape, Value } from './shapes.ts'
import { validate } from './validate.ts'

/**
 * Decodes the parameters of an AWS query request by its shape: `Tags.member.1.Key=…` is the first item of the list
 * `Tags`. Parameters that the shape does not name are ignored.
 */
export function decodeQuery<S extends StructureShape>(shape: S, fields: ReadonlyMap<string, string>): Value<S> {
  const value = decodeStructure(shape, new Parameters(fields), '')
  validate(shape, value)
  return value as Value<S>
}

/** The parameters of a request, in order of their names, so that each look below a path costs the same few comparisons. */
class Parameters extends Map<string, string> {
  readonly #names: readonly string[]

  constructor(fields: ReadonlyMap<string, string>) {
    super(fields)
    this.#names = [...fields.keys()].sort()
  }

  /** Whether any name begins with `path` and a dot: if one does, so does the first that is not before these. */
  hasBelow(path: string): boolean {
    const beginning = `${path}.`
    let [from, to] = [0, this.#names.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if ((this.#names[middle] ?? '') < beginning) from = middle + 1
      else to = middle
    }
    return this.#names[from]?.startsWith(beginning) ?? false
  }
}

function decodeStructure(shape: StructureShape, fields: Parameters, prefix: string) {
  const decoded: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(shape.members)) {
    const value = decodeValue(member.shape, fields, prefix + name)
    if (value !== undefined) decoded[name] = value
  }
  return decoded
}

function decodeValue(shape: Shape, fields: Parameters, path: string): unknown {
  switch (shape.type) {
    case 'string':
      return fields.get(path)
    case 'integer':
      return decodeInteger(fields.get(path), path)
    case 'boolean':
      return fields.has(path) ? fields.get(path)?.toLowerCase() === 'true' : undefined
    case 'list':
      return decodeList(shape.member, fields, path)
    case 'structure':
      return fields.hasBelow(path) ? decodeStructure(shape, fields, `${path}.`) : undefined
    case 'map':
      throw new TypeError(`no query operation takes a map (${path})`)
  }
}

function decodeList(member: Shape, fields: Parameters, path: string): unknown[] | undefined {
  if (fields.get(path) === '') return []
  const items: unknown[] = []
  for (let n = 1; ; n++) {
    const at = `${path}.member.${n}`
    const item = decodeValue(member, fields, at)
    if (item !== undefined) items.push(item)
    else if (fields.has(at) || fields.hasBelow(at))
      throw new Fault('MalformedQueryString', `The value at '${at}' is not of the type that belongs there.`)
    else return items.length > 0 ? items : undefined
  }
}

function decodeInteger(text: string | undefined, path: string): number | undefined {
  if (text === undefined) return undefined
  if (/^-?\d{1,15}$/.test(text)) return Number(text)
  throw new Fault('MalformedQueryString', `The value at '${path}' is not an integer.`)
}
