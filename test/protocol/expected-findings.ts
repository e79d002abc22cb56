import type { Shape } from '../../src/protocol/index.ts'

/**
 * What AWS's validation says of a JSON value of the right type, written down a second time: shares no code with the
 * validator that it judges.
 */
function expectedFindings(shape: Shape, value: unknown, path: string): string[] {
  const say = (constraint: string) => {
    const told = shape.type === 'string' && shape.sensitive ? 'Value' : `Value '${inJava(shape, value)}'`
    return `${told} at '${path}' failed to satisfy constraint: ${constraint}`
  }
  switch (shape.type) {
    case 'boolean':
      return []
    case 'integer':
      return broken(shape, Math.trunc(value as number), 'value').map(say)
    case 'string':
      return brokenByText(shape, value as string).map(say)
    case 'list': {
      const items = value as unknown[]
      const { member } = shape
      const ofItems =
        member.type !== 'string'
          ? items.flatMap((item, i) => expectedFindings(member, item, `${path}.${i + 1}.member`))
          : items.some((item) => brokenByText(member, item as string).length > 0)
            ? [say(`Member must satisfy constraint: [${allOf(member)}]`)]
            : []
      return [...broken(shape, items.length, 'length').map(say), ...ofItems]
    }
    case 'map': {
      const entries = Object.entries(value as object)
      const { key, value: member } = shape
      const badKey = entries.some(([name]) => brokenByText(key, name).length > 0)
      const ofValues =
        member.type !== 'string'
          ? entries.flatMap(([name, item]) => expectedFindings(member, item, `${path}.${name}.member`))
          : entries.some(([, item]) => brokenByText(member, item as string).length > 0)
            ? [say(`Map value must satisfy constraint: [${allOf(member)}]`)]
            : []
      return [
        ...broken(shape, entries.length, 'length').map(say),
        ...(badKey ? [say(`Map keys must satisfy constraint: [${allOf(key)}]`)] : []),
        ...ofValues,
      ]
    }
    case 'structure':
      return Object.entries(shape.members).flatMap(([name, member]) => {
        const given = (value as Record<string, unknown>)[name] ?? undefined
        const at = `${path === '' ? '' : `${path}.`}${name[0]?.toLowerCase()}${name.slice(1)}`
        if (given !== undefined) return expectedFindings(member.shape, given, at)
        return member.required ? [`Value null at '${at}' failed to satisfy constraint: Member must not be null`] : []
      })
  }
}

/** The whole message, or `undefined` if nothing is wrong. */
export function expectedMessage(shape: Shape, input: unknown): string | undefined {
  const findings = expectedFindings(shape, input, '').slice(0, 10)
  if (findings.length === 0) return undefined
  return `${findings.length} validation error${findings.length > 1 ? 's' : ''} detected: ${findings.join('; ')}`
}

type StringShape = Extract<Shape, { type: 'string' }>

const atMost = (what: string, n: number) => `Member must have ${what} less than or equal to ${n}`
const atLeast = (what: string, n: number) => `Member must have ${what} greater than or equal to ${n}`

function broken({ max, min }: { max?: number; min?: number }, size: number, what: string): string[] {
  if (min !== undefined && size < min) return [atLeast(what, min)]
  return max !== undefined && size > max ? [atMost(what, max)] : []
}

function brokenByText(shape: StringShape, text: string): string[] {
  const found = broken(shape, text.length, 'length')
  if (shape.pattern && text.search(wholly(shape.pattern)) !== 0) found.push(matching(shape.pattern))
  if (shape.values && shape.values.indexOf(text) < 0) found.push(among(shape.values))
  return found
}

const compiled = new Map<string, RegExp>()

/** A pattern for the whole of a text. Each is compiled once. */
function wholly(pattern: string): RegExp {
  const known = compiled.get(pattern) ?? new RegExp(`^(${pattern})$`, 'u')
  compiled.set(pattern, known)
  return known
}

function allOf({ max, min, pattern, values }: StringShape): string {
  return [
    max === undefined ? [] : atMost('length', max),
    min === undefined ? [] : atLeast('length', min),
    pattern === undefined ? [] : matching(pattern),
    values === undefined ? [] : among(values),
  ]
    .flat()
    .join(', ')
}

const matching = (pattern: string) => `Member must satisfy regular expression pattern: ${pattern}`
const among = (values: readonly string[]) => `Member must satisfy enum value set: [${values.join(', ')}]`

/** A value as Java's `toString` has it, without secrets. */
function inJava(shape: Shape, value: unknown): string {
  const pairs = (entries: [string, Shape, unknown][]) =>
    `{${entries.map(([name, inner, item]) => `${name}=${inJava(inner, item)}`).join(', ')}}`
  if (shape.type === 'list') return `[${(value as unknown[]).map((item) => inJava(shape.member, item)).join(', ')}]`
  if (shape.type === 'map') return pairs(Object.entries(value as object).map(([k, v]) => [k, shape.value, v]))
  if (shape.type === 'structure') {
    const given = value as Record<string, unknown>
    const members = Object.entries(shape.members).filter(([name]) => (given[name] ?? undefined) !== undefined)
    return pairs(members.map(([name, member]) => [name, member.shape, given[name]]))
  }
  return shape.type === 'string' && shape.sensitive ? '' : String(value)
}
