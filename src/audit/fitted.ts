import type { LogFields, LogValue } from '../base/log.ts'
import { MAX_RECORD_BYTES } from './limits.ts'

const encoder = new TextEncoder()

/** How much stays of each text, and how many items of each list and map. Ids are shorter than any of these texts. */
interface Cut {
  chars: number
  items: number
}

/** What a record loses until it fits, step after step. The decision stays longer than the request. */
const STEPS: readonly (readonly ['requestParameters' | 'additionalEventData', Cut])[] = [
  ['requestParameters', { chars: 128, items: 20 }],
  ['requestParameters', { chars: 64, items: 10 }],
  ['requestParameters', { chars: 64, items: 4 }],
  ['additionalEventData', { chars: 128, items: 20 }],
  ['additionalEventData', { chars: 64, items: 10 }],
  ['additionalEventData', { chars: 64, items: 4 }],
]

/** Items of a list that is in an item of a list, such as the clients that would do for one of several logins. */
const INNER_ITEMS = 4

/** Texts of a record that all of this did not help, which has neither request nor decision. */
const LEAST_CHARS = 64

/**
 * A record as a JSON text that every channel takes whole. Of one that would be too long, `shortened` in
 * `additionalEventData` names the members that were cut.
 */
export function fitted(record: LogFields): string {
  const whole = JSON.stringify(record)
  if (fits(whole)) return whole
  const shortened: string[] = []
  let left = record
  for (const [member, sizes] of STEPS) {
    if (!shortened.includes(member)) shortened.push(member)
    left = { ...left, [member]: cutMembers(left[member], sizes) }
    const text = withNote(left, shortened)
    if (fits(text)) return text
  }
  const { additionalEventData, requestParameters, ...rest } = left
  return withNote(cutMembers(rest, { chars: LEAST_CHARS, items: 10 }) as LogFields, ['all'])
}

function withNote(record: LogFields, shortened: readonly string[]): string {
  return JSON.stringify({
    ...record,
    additionalEventData: { ...(record.additionalEventData as LogFields | undefined), shortened },
  })
}

/** A unit of UTF-16 is at most three bytes of UTF-8, so that only long texts are encoded to be counted. */
function fits(text: string): boolean {
  return text.length * 3 <= MAX_RECORD_BYTES || encoder.encode(text).byteLength <= MAX_RECORD_BYTES
}

/** All members, and of each what `sizes` leave. */
function cutMembers(value: LogValue, sizes: Cut): LogValue {
  return isFields(value) ? mapped(Object.entries(value), sizes, false) : value
}

/** `inner`: in an item of a list, where an object is no map, and has few members. */
function cut(value: LogValue, sizes: Cut, inner: boolean): LogValue {
  if (typeof value === 'string') return value.length > sizes.chars ? `${value.slice(0, sizes.chars)}…` : value
  if (Array.isArray(value))
    return value.slice(0, inner ? INNER_ITEMS : sizes.items).map((item) => cut(item, sizes, true))
  if (!isFields(value)) return value
  const members = Object.entries(value)
  return mapped(inner ? members : members.slice(0, sizes.items), sizes, inner)
}

function mapped(members: readonly [string, LogValue][], sizes: Cut, inner: boolean): LogFields {
  return Object.fromEntries(members.map(([name, member]) => [name, cut(member, sizes, inner)]))
}

function isFields(value: LogValue): value is LogFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
