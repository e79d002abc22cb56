import { isJsonObject } from '../base/json.ts'
import { err, ok, type Result } from '../base/result.ts'
import { MAX_QUOTED_CHARS } from './limits.ts'

export interface Malformed {
  reason: 'malformed_policy'
  /** What is wrong, for the policy's author. */
  detail: string
}

export type Parsed<T> = Result<T, Malformed>

export function malformed(detail: string): { ok: false; error: Malformed } {
  return err({ reason: 'malformed_policy', detail })
}

/** Every item parsed, or the first refusal. */
export function parseAll<I, T>(items: readonly I[], parse: (item: I) => Parsed<T>): Parsed<readonly T[]> {
  const values: T[] = []
  for (const item of items) {
    const parsed = parse(item)
    if (!parsed.ok) return parsed
    values.push(parsed.value)
  }
  return ok(values)
}

export function quote(text: string): string {
  return `'${shown(text)}'`
}

/** A text of the document as a refusal repeats it, where the words are AWS's, which have no quotes. */
export function shown(text: string): string {
  return text.length > MAX_QUOTED_CHARS ? `${text.slice(0, MAX_QUOTED_CHARS)}…` : text
}

/** The members of a JSON object, or `undefined` for anything else. */
export function membersOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  return isJsonObject(value) ? new Map(Object.entries(value)) : undefined
}

/** The members of an element, read from JSON: one that is absent is `undefined`, and none is so otherwise. */
export type Members = Readonly<Record<string, unknown>>

/** The members of a JSON object that may have only `known` ones. */
export function readMembers(value: unknown, known: ReadonlySet<string>): Parsed<Members> {
  const members = membersOf(value)
  if (!members) return malformed('Syntax errors in policy.')
  const unknown = [...members.keys()].find((name) => !known.has(name))
  return unknown === undefined ? ok(Object.fromEntries(members)) : malformed(`Unknown field ${shown(unknown)}`)
}

/** A string, or a non-empty array of strings, as an array; `undefined` for anything else. */
export function stringsOf(value: unknown): readonly string[] | undefined {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value]
  return items.length > 0 && items.every((item) => typeof item === 'string') ? items : undefined
}
