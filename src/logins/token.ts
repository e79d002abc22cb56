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
  /** Whether the header names extensions that must be understood (RFC 7515, section 4.1.11). None are. */
  hasCritical: boolean
}

/** Takes a compact JWS with JSON claims apart; `undefined` for any other text. */
export function parseToken(token: string): ParsedToken | undefined {
  if (token.length > MAX_TOKEN_CHARS) return undefined
  try {
    if (!token.split('.').every(isCanonical)) return undefined
    const { alg, kid, crit } = decodeProtectedHeader(token)
    const claims = decodeJwt(token)
    if (typeof alg !== 'string' || (kid !== undefined && typeof kid !== 'string')) return undefined
    return { header: { alg, ...(kid !== undefined && { kid }), hasCritical: crit !== undefined }, claims }
  } catch {
    return undefined
  }
}

/** Text from a token as a refusal may repeat it. */
export function shown(text: string): string {
  return text.slice(0, MAX_REPORTED_CHARS)
}

/** One signature has one spelling: decoders skip blanks, padding and surplus bits, which would give a token many. */
function isCanonical(segment: string): boolean {
  return base64url.encode(base64url.decode(segment)) === segment
}
