import { parseIpRange, rangeHolds } from '../base/ip.ts'
import { ok } from '../base/result.ts'
import { fits, type Glob } from './glob.ts'
import { malformed, type Parsed, quote } from './parsed.ts'
import { type Context, parseTemplate, plainText, resolve } from './template.ts'

/** Whether one value of the request satisfies one value of the policy. */
export type Test = (value: string) => boolean

/** One value of a condition, waiting for a request; `undefined` when a variable in it has no value there. */
export type Comparand = (context: Context) => Test | undefined

/** Reads one value of a condition. `variables`: whether the document's version knows them. */
export type ParseComparand = (written: string, variables: boolean) => Parsed<Comparand>

export const exactly: ParseComparand = text(false, (wanted) => {
  const plain = plainText(wanted)
  return (value) => value === plain
})

export const ignoringCase: ParseComparand = text(false, (wanted) => {
  const folded = plainText(wanted).toLowerCase()
  return (value) => value.toLowerCase() === folded
})

export const like: ParseComparand = text(true, (wanted) => (value) => fits(wanted, value))

/** The six parts of an ARN are compared one by one, each with its own wildcards. */
export const arn: ParseComparand = (written, variables) => {
  const template = parseTemplate(written, { variables, wildcards: true })
  if (!template.ok) return template
  const wanted = arnParts(template.value)
  if (!wanted || !written.startsWith('arn:')) return malformed(`${quote(written)} is not an ARN.`)
  return ok((context) => {
    const globs = wanted.map((part) => resolve(part, context)).filter((glob) => glob !== undefined)
    return globs.length < wanted.length ? undefined : (value) => fitsParts(globs, value)
  })
}

export const ip: ParseComparand = constant('an IP address or range', parseIpRange, rangeHolds)

export const bool: ParseComparand = constant(
  'true or false',
  (written) => (/^(?:true|false)$/i.test(written) ? written.toLowerCase() : undefined),
  (wanted, value) => value.toLowerCase() === wanted,
)

export type Compare = (got: number, wanted: number) => boolean

export function number(compare: Compare): ParseComparand {
  return compared('a number', parseNumber, compare)
}

/** Dates of ISO 8601 with their time zone, or seconds since 1970. */
export function date(compare: Compare): ParseComparand {
  return compared('a date', parseDate, compare)
}

function text(wildcards: boolean, test: (wanted: Glob) => Test): ParseComparand {
  return (written, variables) => {
    const template = parseTemplate(written, { variables, wildcards })
    if (!template.ok) return template
    return ok((context) => {
      const wanted = resolve(template.value, context)
      return wanted && test(wanted)
    })
  }
}

/** A value that is read once and holds no variables. */
function constant<T>(
  kind: string,
  parse: (text: string) => T | undefined,
  holds: (wanted: T, value: string) => boolean,
): ParseComparand {
  return (written) => {
    const wanted = parse(written)
    if (wanted === undefined) return malformed(`${quote(written)} is not ${kind}.`)
    const test: Test = (value) => holds(wanted, value)
    return ok(() => test)
  }
}

function compared(kind: string, parse: (text: string) => number | undefined, compare: Compare): ParseComparand {
  return constant(kind, parse, (wanted, value) => {
    const got = parse(value)
    return got !== undefined && compare(got, wanted)
  })
}

function parseNumber(written: string): number | undefined {
  return /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(written) ? Number(written) : undefined
}

const ISO_DATE = /^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?)?)?$/

/** Milliseconds since the epoch. Four digits are a year, any other number of them are seconds. */
function parseDate(written: string): number | undefined {
  const date = ISO_DATE.test(written)
    ? Date.parse(written)
    : /^\d+$/.test(written)
      ? Number(written) * 1000
      : Number.NaN
  return Number.isNaN(date) ? undefined : date
}

function fitsParts(wanted: readonly Glob[], value: string): boolean {
  const got = arnParts([...value])
  return got !== undefined && wanted.every((glob, n) => fits(glob, got[n]?.join('') ?? ''))
}

/** What stands between the first five colons and behind them, or `undefined` when there are fewer. */
function arnParts<T>(characters: readonly T[]): readonly (readonly T[])[] | undefined {
  const parts: T[][] = [[]]
  for (const character of characters) {
    if (character === ':' && parts.length < 6) parts.push([])
    else parts.at(-1)?.push(character)
  }
  return parts.length === 6 ? parts : undefined
}
