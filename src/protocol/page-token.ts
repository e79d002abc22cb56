import { base64url, utf8 } from '../base/bytes.ts'
import { MAX_NEXT_TOKEN_CHARS } from './limits.ts'

/**
 * A NextToken: where the next page starts, bound to the operation and to what is listed, so that the token of one pool
 * says nothing to another. It grants nothing: whoever presents it has been authorised for the list already.
 */
export function pageToken(operation: string, scope: string, after: string): string {
  return base64url.encode(utf8(JSON.stringify([operation, scope, after])))
}

/** Where to go on, or `undefined` if the token was not made for this list. */
export function readPageToken(token: string, operation: string, scope: string): string | undefined {
  if (token.length > MAX_NEXT_TOKEN_CHARS) return undefined
  try {
    const parts: unknown = JSON.parse(new TextDecoder().decode(base64url.decode(token)))
    if (!Array.isArray(parts) || parts.length !== 3) return undefined
    const [forOperation, forScope, after] = parts as unknown[]
    return forOperation === operation && forScope === scope && typeof after === 'string' ? after : undefined
  } catch {
    return undefined
  }
}
