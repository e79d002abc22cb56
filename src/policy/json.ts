import { hasRepeatedMember } from '../base/json.ts'
import { ok } from '../base/result.ts'
import { malformed, type Parsed } from './parsed.ts'

const NOT_JSON = malformed('This policy contains invalid Json')

/**
 * The JSON value of a policy document of at most `maxChars` characters. An object that names a member twice is
 * refused: `JSON.parse` would drop the first one, and a policy without its first condition allows more.
 */
export function readDocument(document: unknown, maxChars: number): Parsed<unknown> {
  const text = typeof document === 'string' ? document : asText(document)
  if (text === undefined) return NOT_JSON
  if (text.length > maxChars) return malformed(`The policy is longer than ${maxChars} characters.`)
  try {
    const value: unknown = JSON.parse(text)
    return hasRepeatedMember(text) ? malformed('The policy names a member of an object twice.') : ok(value)
  } catch {
    return NOT_JSON
  }
}

function asText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}
