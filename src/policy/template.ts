import { ok } from '../base/result.ts'
import { type Glob, ONE, RUN } from './glob.ts'
import { malformed, type Parsed, quote } from './parsed.ts'

/** The condition keys of a request, in lower case, each with its values: a map, or whatever knows the answer when asked. */
export type Context = Pick<ReadonlyMap<string, readonly string[]>, 'get'>

interface Variable {
  /** In lower case: condition keys ignore case. */
  key: string
  fallback: string | undefined
}

/** A text of a policy, one entry per character, wildcard or variable. */
export type Template = readonly (Glob[number] | Variable)[]

export interface Syntax {
  /** `${key}`, `${key, 'default'}`, `${*}`, `${?}` and `${$}` are special: only in documents of version 2012-10-17. */
  variables: boolean
  /** `*` and `?` are special. */
  wildcards: boolean
}

const WILDCARDS: ReadonlyMap<string, typeof RUN | typeof ONE> = new Map<string, typeof RUN | typeof ONE>([
  ['*', RUN],
  ['?', ONE],
])

/** Reads a text of a policy (IAM User Guide, "IAM policy elements: Variables and tags"). */
export function parseTemplate(text: string, { variables, wildcards }: Syntax): Parsed<Template> {
  const template: Template[number][] = []
  const tokens = variables ? text.matchAll(/\$\{((?:[^}']|'[^']*')*)(\}?)|./gsu) : text.matchAll(/./gsu)
  for (const [token, body, end] of tokens) {
    if (body !== undefined) {
      if (end === '') return malformed(`Variable without closing brace in ${quote(text)}.`)
      const variable = parseVariable(body)
      if (!variable.ok) return variable
      template.push(variable.value)
    } else {
      template.push((wildcards ? WILDCARDS.get(token) : undefined) ?? token)
    }
  }
  return ok(template)
}

function parseVariable(body: string): Parsed<string | Variable> {
  if (body === '*' || body === '?' || body === '$') return ok(body)
  const comma = body.indexOf(',')
  const key = (comma < 0 ? body : body.slice(0, comma)).trim()
  if (!/^[^'*?${}]+$/.test(key)) return malformed(`Invalid variable name in ${quote(body)}.`)
  if (comma < 0) return ok({ key: key.toLowerCase(), fallback: undefined })
  const [, fallback] = /^'((?:[^']|'')*)'$/.exec(body.slice(comma + 1).trim()) ?? []
  if (fallback === undefined) return malformed(`The default of a variable must be in single quotes in ${quote(body)}.`)
  return ok({ key: key.toLowerCase(), fallback: fallback.replaceAll("''", "'") })
}

/**
 * The pattern for one request, or `undefined` when a variable has no value: its key is absent without a default, or
 * has several values. A variable's value is plain text: a `*` in it is not a wildcard.
 */
export function resolve(template: Template, context: Context): Glob | undefined {
  const glob: Glob[number][] = []
  for (const part of template) {
    if (typeof part !== 'object') {
      glob.push(part)
      continue
    }
    const value = variableValue(part, context)
    if (value === undefined) return undefined
    for (const character of value) glob.push(character)
  }
  return glob
}

/** The condition keys that stand in a text as variables, in lower case. */
export function variablesIn(template: Template): readonly string[] {
  return template.flatMap((part) => (typeof part === 'object' ? [part.key] : []))
}

function variableValue({ key, fallback }: Variable, context: Context): string | undefined {
  const values = context.get(key) ?? []
  if (values.length === 0) return fallback
  return values.length === 1 ? values[0] : undefined
}

/** The text of a pattern without wildcards. */
export function plainText(glob: Glob): string {
  return glob.join('')
}
