import type { LogValue } from '../base/log.ts'
import { MAX_RECORDED_CHARS, MAX_RECORDED_ITEMS } from './limits.ts'
import type { Shape, StructureShape } from './shapes.ts'
import { isRecorded, isRecordedKey, lowerCamel } from './validate.ts'

/** What CloudTrail writes for a value that it must not show. */
export const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS'

/**
 * The members of a request as a record may hold them: names in CloudTrail's lower camel case, no value of a sensitive or
 * unrecorded member, nor what a client put in its place, long texts and lists cut.
 */
export function recordable(shape: StructureShape, input: Readonly<Record<string, unknown>>): Record<string, LogValue> {
  const members: Record<string, LogValue> = {}
  for (const name in shape.members) {
    const member = shape.members[name]
    const value = input[name]
    if (member && value !== undefined) members[lowerCamel(name)] = shown(member.shape, value)
  }
  return members
}

function shown(shape: Shape, value: unknown): LogValue {
  switch (shape.type) {
    case 'string':
      return isRecorded(shape, value as string) ? cut(value as string) : HIDDEN
    case 'list':
      return (value as readonly unknown[]).slice(0, MAX_RECORDED_ITEMS).map((item) => shown(shape.member, item))
    case 'map':
      return Object.fromEntries(
        [...(value as ReadonlyMap<string, unknown>)]
          .slice(0, MAX_RECORDED_ITEMS)
          .map(([key, item]) => [isRecordedKey(shape, key) ? key : HIDDEN, shown(shape.value, item)]),
      )
    case 'structure':
      return recordable(shape, value as Record<string, unknown>)
    default:
      return value as number | boolean
  }
}

function cut(text: string): string {
  return text.length > MAX_RECORDED_CHARS ? `${text.slice(0, MAX_RECORDED_CHARS)}…` : text
}
