import { Fault } from './fault.ts'
import { MAX_FINDINGS, MAX_MEMBERS } from './limits.ts'
import type { ListShape, MapShape, Shape, StringShape, StructureShape } from './shapes.ts'

/**
 * Checks a decoded value against its shape and throws one ValidationException that counts and lists what is wrong, in
 * AWS's words: `1 validation error detected: Value '…' at 'identityId' failed to satisfy constraint: …`. After ten
 * findings nothing more is looked for, since one request may hold a hundred thousand. Values of sensitive members are
 * left out, and for the record those of unrecorded ones.
 */
export function validate(shape: StructureShape, value: Readonly<Record<string, unknown>>): void {
  const findings: Finding[] = []
  checkStructure(shape, value, '', findings)
  if (findings.length === 0) return
  const listed = findings.slice(0, MAX_FINDINGS)
  const count = `${listed.length} validation error${listed.length === 1 ? '' : 's'} detected: `
  const [told, recorded] = (['told', 'recorded'] as const).map((to) => count + listed.map((one) => one[to]).join('; '))
  throw new Fault('ValidationException', told, recorded)
}

/**
 * The refusal of a list or map of more members than anybody can need, so that none of them costs anything. It does not
 * repeat them, as AWS's does.
 */
export function tooManyMembers({ max = MAX_MEMBERS }: ListShape | MapShape, path: string): Fault {
  return new Fault(
    'ValidationException',
    `1 validation error detected: Value at '${path}' failed to satisfy constraint: ${atMost(Math.min(max, MAX_MEMBERS))}`,
  )
}

/** A member's name as messages and records have it. */
export function lowerCamel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

/** What is wrong, for the caller and for the record, which has less of the values. */
interface Finding {
  told: string
  recorded: string
}

function checkStructure(
  shape: StructureShape,
  value: Readonly<Record<string, unknown>>,
  at: string,
  findings: Finding[],
) {
  for (const name in shape.members) {
    const member = shape.members[name]
    const given = value[name]
    const path = at + lowerCamel(name)
    if (member && given !== undefined) checkValue(member.shape, given, path, findings)
    else if (member?.required) {
      const missing = `Value null at '${path}' failed to satisfy constraint: Member must not be null`
      findings.push({ told: missing, recorded: missing })
    }
  }
}

function checkValue(shape: Shape, value: unknown, path: string, findings: Finding[]) {
  if (findings.length >= MAX_FINDINGS) return
  switch (shape.type) {
    case 'string':
      for (const constraint of brokenByString(shape, value as string))
        findings.push(finding(shape, value, path, constraint))
      break
    case 'integer':
      if (shape.min !== undefined && (value as number) < shape.min)
        findings.push(finding(shape, value, path, `Member must have value greater than or equal to ${shape.min}`))
      if (shape.max !== undefined && (value as number) > shape.max)
        findings.push(finding(shape, value, path, `Member must have value less than or equal to ${shape.max}`))
      break
    case 'boolean':
      break
    case 'list':
      checkList(shape, value as readonly unknown[], path, findings)
      break
    case 'map':
      checkMap(shape, value as ReadonlyMap<string, unknown>, path, findings)
      break
    case 'structure':
      checkStructure(shape, value as Readonly<Record<string, unknown>>, `${path}.`, findings)
  }
}

function checkList(shape: ListShape, value: readonly unknown[], path: string, findings: Finding[]) {
  checkSize(shape, value, value.length, path, findings)
  const { member } = shape
  if (member.type === 'string') {
    if (value.some((item) => brokenByString(member, item as string).length > 0))
      findings.push(finding(shape, value, path, `Member must satisfy constraint: ${allOf(member)}`))
  } else for (const [index, item] of value.entries()) checkValue(member, item, `${path}.${index + 1}.member`, findings)
}

function checkMap(shape: MapShape, value: ReadonlyMap<string, unknown>, path: string, findings: Finding[]) {
  checkSize(shape, value, value.size, path, findings)
  if ([...value.keys()].some((key) => brokenByString(shape.key, key).length > 0))
    findings.push(finding(shape, value, path, `Map keys must satisfy constraint: ${allOf(shape.key)}`))
  const member = shape.value
  if (member.type === 'string') {
    if ([...value.values()].some((item) => brokenByString(member, item as string).length > 0))
      findings.push(finding(shape, value, path, `Map value must satisfy constraint: ${allOf(member)}`))
  } else for (const [key, item] of value) checkValue(member, item, `${path}.${key}.member`, findings)
}

function checkSize(shape: ListShape | MapShape, value: unknown, size: number, path: string, findings: Finding[]) {
  if (shape.min !== undefined && size < shape.min) findings.push(finding(shape, value, path, atLeast(shape.min)))
  if (shape.max !== undefined && size > shape.max) findings.push(finding(shape, value, path, atMost(shape.max)))
}

function brokenByString(shape: StringShape, value: string): string[] {
  const broken: string[] = []
  if (shape.min !== undefined && value.length < shape.min) broken.push(atLeast(shape.min))
  if (shape.max !== undefined && value.length > shape.max) broken.push(atMost(shape.max))
  if (shape.pattern !== undefined && !wholly(shape.pattern).test(value)) broken.push(matching(shape.pattern))
  if (shape.values !== undefined && !shape.values.includes(value)) broken.push(oneOf(shape.values))
  return broken
}

/** Every constraint of a map's or list's members, in the order AWS prints them: longest, shortest, pattern. */
function allOf(shape: StringShape): string {
  const constraints: string[] = []
  if (shape.max !== undefined) constraints.push(atMost(shape.max))
  if (shape.min !== undefined) constraints.push(atLeast(shape.min))
  if (shape.pattern !== undefined) constraints.push(matching(shape.pattern))
  if (shape.values !== undefined) constraints.push(oneOf(shape.values))
  return `[${constraints.join(', ')}]`
}

const atLeast = (n: number) => `Member must have length greater than or equal to ${n}`
const atMost = (n: number) => `Member must have length less than or equal to ${n}`
const matching = (pattern: string) => `Member must satisfy regular expression pattern: ${pattern}`
const oneOf = (values: readonly string[]) => `Member must satisfy enum value set: [${values.join(', ')}]`

function finding(shape: Shape, value: unknown, path: string, constraint: string): Finding {
  const [told, recorded] = [TOLD, RECORDED].map((audience) => {
    const hidden = shape.type === 'string' && !audience.sees(shape, value as string)
    return `${hidden ? 'Value' : `Value '${render(shape, value, audience)}'`} at '${path}' failed to satisfy constraint: ${constraint}`
  }) as [string, string]
  return { told, recorded }
}

/** Who reads a message, and what of a request it may repeat. */
interface Audience {
  sees: (shape: StringShape, value: string) => boolean
  seesKey: (shape: MapShape, key: string) => boolean
}

const TOLD: Audience = { sees: ({ sensitive }) => !sensitive, seesKey: () => true }
const RECORDED: Audience = { sees: isRecorded, seesKey: isRecordedKey }

/** Whether records may hold this value. */
export function isRecorded({ recordedIf, sensitive, unrecorded }: StringShape, value: string): boolean {
  return !sensitive && !unrecorded && (recordedIf?.(value) ?? true)
}

/**
 * Whether records may hold this key. Who mixes up a provider and its token sends the token as a key: where values are
 * hidden, only keys are shown that are told from values.
 */
export function isRecordedKey({ key: shape, value }: MapShape, key: string): boolean {
  const hidesValues = value.type === 'string' && (value.sensitive || value.unrecorded)
  return isRecorded(shape, key) && !(hidesValues && shape.recordedIf === undefined)
}

/** A value as Java prints it: `[a, b]`, `{key=value}`. */
function render(shape: Shape, value: unknown, audience: Audience): string {
  switch (shape.type) {
    case 'list':
      return `[${(value as readonly unknown[]).map((item) => render(shape.member, item, audience)).join(', ')}]`
    case 'map': {
      const keyOf = (key: string) => (audience.seesKey(shape, key) ? key : '')
      const entries = [...(value as ReadonlyMap<string, unknown>)]
      return `{${entries.map(([key, item]) => `${keyOf(key)}=${render(shape.value, item, audience)}`).join(', ')}}`
    }
    case 'structure': {
      const given = value as Record<string, unknown>
      const members = Object.entries(shape.members).filter(([name]) => given[name] !== undefined)
      return `{${members.map(([name, m]) => `${name}=${render(m.shape, given[name], audience)}`).join(', ')}}`
    }
    case 'string':
      return audience.sees(shape, value as string) ? String(value) : ''
    default:
      return String(value)
  }
}

const compiled = new Map<string, RegExp>()

function wholly(pattern: string): RegExp {
  let regex = compiled.get(pattern)
  if (!regex) {
    regex = new RegExp(`^(?:${pattern})$`, 'u')
    compiled.set(pattern, regex)
  }
  return regex
}
