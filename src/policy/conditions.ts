import { ok } from '../base/result.ts'
import type { Comparand } from './comparands.ts'
import { operators } from './operators.ts'
import { malformed, membersOf, type Parsed, parseAll, quote, shown } from './parsed.ts'
import { type Context, parseTemplate, variablesIn } from './template.ts'

export type Effect = 'allow' | 'deny'

/** One key of one operator, with the operator, the key and the values as they are written. */
export interface Condition {
  operator: string
  key: string
  wanted: readonly string[]
  /** Every key that it asks about, in lower case: its own, and those that stand in its values as variables. */
  asks: readonly string[]
  holds: Holds
}

/** Whether a request meets it, in a statement of that effect. */
type Holds = (context: Context, effect: Effect) => boolean

type ParseHolds = (key: string, values: readonly string[]) => Parsed<Holds>

/** The conditions of a `Condition` element, all of which must hold. */
export function parseConditions(element: unknown, variables: boolean): Parsed<readonly Condition[]> {
  const blocks = membersOf(element)
  if (!blocks) return malformed('Condition must be an object.')
  const parsed = parseAll([...blocks], ([name, block]) => parseBlock(name, block, variables))
  return parsed.ok ? ok(parsed.value.flat()) : parsed
}

function parseBlock(name: string, block: unknown, variables: boolean): Parsed<readonly Condition[]> {
  const parse = name === 'Null' ? parsePresence : comparisonParser(name, variables)
  if (!parse) return malformed(`Invalid Condition type : ${shown(name)}`)
  const keys = membersOf(block)
  if (!keys) return malformed(`Condition ${quote(name)} must be an object.`)
  return parseAll([...keys], ([key, value]) => {
    const values = scalars(value)
    if (!values) return malformed(`The values of ${quote(key)} must be strings.`)
    if (!key.includes(':')) return malformed(`Condition keys must be prefaced by a vendor, not ${quote(key)}.`)
    const holds = parse(key.toLowerCase(), values)
    if (!holds.ok) return holds
    const inValues = variables ? values.flatMap(variablesOf) : []
    return ok({
      operator: name,
      key,
      wanted: values,
      asks: [key.toLowerCase(), ...inValues],
      holds: (context, effect) =>
        (effect === 'deny' && hasSeveralValues(inValues, context)) || holds.value(context, effect),
    })
  })
}

/** The keys in one value of a condition; none in one of an operator without variables, which has refused them. */
function variablesOf(value: string): readonly string[] {
  const template = parseTemplate(value, { variables: true, wildcards: true })
  return template.ok ? variablesIn(template.value) : []
}

/** JSON numbers and booleans are taken as the text they are written as. */
function scalars(value: unknown): readonly string[] | undefined {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value]
  const simple = items.every((item) => ['string', 'number', 'boolean'].includes(typeof item))
  return simple && items.length > 0 ? items.map(String) : undefined
}

/** `Null`: `true` asks for the key to be absent, `false` for it to be there. */
function parsePresence(key: string, values: readonly string[]): Parsed<Holds> {
  const wanted = new Set(values.map((value) => value.toLowerCase()))
  if (wanted.difference(new Set(['true', 'false'])).size > 0) return malformed('Null must be true or false.')
  return ok((context) => wanted.has(String(valuesOf(key, context).length === 0)))
}

function comparisonParser(name: string, variables: boolean): ParseHolds | undefined {
  const [, quantifier, plain = '', suffix] = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(name) ?? []
  const operator = operators.get(plain)
  if (!operator) return undefined
  const { negated } = operator
  const whenAbsent = suffix !== undefined || quantifier === 'ForAllValues' || (negated && quantifier === undefined)
  return (key, values) => {
    const comparands = parseAll(values, (value) => operator.comparand(value, variables))
    if (!comparands.ok) return comparands
    return ok(
      comparison({ key, negated, comparands: comparands.value, all: quantifier === 'ForAllValues', whenAbsent }),
    )
  }
}

interface Comparison {
  key: string
  negated: boolean
  comparands: readonly Comparand[]
  /** Whether every value of the request must satisfy it, rather than any. */
  all: boolean
  whenAbsent: boolean
}

/**
 * A key with several values under an operator without prefix is read as `ForAnyValue`. A tag has one value; where tags
 * have keys that differ in case alone, an Allow wants all of their values and a Deny any, whatever the prefix. A policy
 * value whose variable has no value equals nothing: that makes a negated operator hold in a Deny, as at AWS; an Allow
 * never rests on it.
 */
function comparison({ key, negated, comparands, all, whenAbsent }: Comparison): Holds {
  return (context, effect) => {
    const tests = comparands.map((comparand) => comparand(context)).filter((test) => test !== undefined)
    const unknown = negated ? tests.length < comparands.length : tests.length === 0
    if (unknown && effect === 'allow') return false
    const values = valuesOf(key, context)
    if (values.length === 0) return whenAbsent
    const satisfies = (value: string) => tests.some((test) => test(value)) !== negated
    const every = isTag(key) ? effect === 'allow' : all
    return every ? values.every(satisfies) : values.some(satisfies)
  }
}

/** `key` in lower case. */
export function valuesOf(key: string, context: Context): readonly string[] {
  return context.get(key) ?? []
}

/** `key` in lower case. */
function isTag(key: string): boolean {
  return /^(?:aws|iam):(?:principal|request|resource)tag\//.test(key)
}

/**
 * Whether one of these keys, which stand as variables, has several values. AWS has no such variables; here they arise from
 * tags whose keys differ in case alone. A Deny then holds: it could be passed by naming a tag twice.
 */
export function hasSeveralValues(keys: readonly string[], context: Context): boolean {
  return keys.some((key) => valuesOf(key, context).length > 1)
}
