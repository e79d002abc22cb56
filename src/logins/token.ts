import { base64url, decodeJwt, decodeProtectedHeader } from 'jose'
import { MAX_REPORTED_CHARS, MAX_TOKEN_CHARS } from './limits.ts'
import type { Claims } from './login.ts'

/** A JWT taken apart and not verified: who it claims to be from, and how it claims to be signed. */
export interface ParsedToken {
  header: TokenHeader
  claims: Claims
}

/** The header fields that are ever looked at. Keys and links to keys in a header (jwk, jku, x5c, x5u) are not read. */
export interface TokenHeader {
  alg: string
  kid?: string
  /** What the token says it is (RFC 7515, section 4.1.9). */
  typ?: string
  /** Whether the header names extensions that must be understood (RFC 7515, section 4.1.11). None are. */
  hasCritical: boolean
}

/** Takes a compact JWS with JSON claims apart; `undefined` for any other text. */
export function parseToken(token: string): ParsedToken | undefined {
  if (token.length > MAX_TOKEN_CHARS) return undefined
  try {
    // Counted before any part is read: each part costs, and a text of nothing but dots has as many as it has characters.
    const parts = token.split('.', 4)
    if (parts.length !== 3 || !parts.every(isCanonical)) return undefined
    const { alg, kid, typ, crit } = decodeProtectedHeader(token)
    const claims = decodeJwt(token)
    if (typeof alg !== 'string' || !isTextOrAbsent(kid) || !isTextOrAbsent(typ)) return undefined
    const named = { ...(kid !== undefined && { kid }), ...(typ !== undefined && { typ }) }
    return { header: { alg, ...named, hasCritical: crit !== undefined }, claims }
  } catch {
    return undefined
  }
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string'
}

/**
 * Whether a token says of itself that it is no ID token (explicit typing: RFC 8725, section 3.11). Types for one use have
 * a suffix, such as `at+jwt`, `logout+jwt` or `dpop+jwt`. An ID token has `JWT` or no type; names without a suffix, which some
 * issuers make up, say nothing.
 */
export function isTypedForOtherUse(typ: string): boolean {
  return typ.includes('+')
}

/** Text from a token as a refusal may repeat it. */
export function shown(text: string): string {
  return text.slice(0, MAX_REPORTED_CHARS)
}

/** One signature has one spelling: decoders skip blanks, padding and surplus bits, which would give a token many. */
function isCanonical(segment: string): boolean {
  return base64url.encode(base64url.decode(segment)) === segment
}
