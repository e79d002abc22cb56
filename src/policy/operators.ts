import {
  arn,
  bool,
  type Compare,
  date,
  exactly,
  ignoringCase,
  ip,
  like,
  number,
  type ParseComparand,
} from './comparands.ts'

export interface Operator {
  /** The `Not…` form: satisfied by a request value that equals none of the policy's values. */
  negated: boolean
  comparand: ParseComparand
}

/**
 * The condition operators by name (IAM User Guide, "Condition operators"), without prefix and suffix. `Null` asks for
 * presence and compares nothing, so it is not among them; `BinaryEquals` is not supported.
 */
export const operators: ReadonlyMap<string, Operator> = new Map([
  ['StringEquals', when(exactly)],
  ['StringNotEquals', unless(exactly)],
  ['StringEqualsIgnoreCase', when(ignoringCase)],
  ['StringNotEqualsIgnoreCase', unless(ignoringCase)],
  ['StringLike', when(like)],
  ['StringNotLike', unless(like)],
  ...ordered('Numeric', number),
  ...ordered('Date', date),
  ['Bool', when(bool)],
  ['IpAddress', when(ip)],
  ['NotIpAddress', unless(ip)],
  ['ArnEquals', when(arn)],
  ['ArnNotEquals', unless(arn)],
  ['ArnLike', when(arn)],
  ['ArnNotLike', unless(arn)],
])

function when(comparand: ParseComparand): Operator {
  return { negated: false, comparand }
}

function unless(comparand: ParseComparand): Operator {
  return { negated: true, comparand }
}

function ordered(type: string, comparand: (compare: Compare) => ParseComparand): readonly [string, Operator][] {
  return [
    [`${type}Equals`, when(comparand((got, wanted) => got === wanted))],
    [`${type}NotEquals`, unless(comparand((got, wanted) => got === wanted))],
    [`${type}LessThan`, when(comparand((got, wanted) => got < wanted))],
    [`${type}LessThanEquals`, when(comparand((got, wanted) => got <= wanted))],
    [`${type}GreaterThan`, when(comparand((got, wanted) => got > wanted))],
    [`${type}GreaterThanEquals`, when(comparand((got, wanted) => got >= wanted))],
  ]
}

const NAMES = [...operators.keys(), 'BinaryEquals']
const WRITTEN = new Set([
  'Null',
  ...NAMES.flatMap((name) => ['', 'ForAnyValue:', 'ForAllValues:'].flatMap((p) => [p + name, `${p}${name}IfExists`])),
])
const FOLDED = new Set([...WRITTEN].map((name) => name.toLowerCase()))

/** Whether this is the name of a condition operator, prefix and suffix included, but for its case, which counts at IAM. */
export function isMiswrittenOperator(name: string): boolean {
  return !WRITTEN.has(name) && FOLDED.has(name.toLowerCase())
}
