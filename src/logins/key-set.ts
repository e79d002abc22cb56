import { base64url, createLocalJWKSet } from 'jose'
import { isJsonObject } from '../base/json.ts'
import { err, ok, type Result } from '../base/result.ts'
import { MAX_KEY_FIELD_CHARS, MAX_KEYS, MAX_RSA_BITS, MIN_RSA_BITS } from './limits.ts'
import type { KeysFailure } from './login.ts'
import type { TokenHeader } from './token.ts'

/** A public key that may verify login tokens, reduced to the members that this takes. */
export type SigningJwk = { kid: string; alg?: string } & (
  | { kty: 'RSA'; n: string; e: string }
  | { kty: 'EC'; crv: string; x: string; y: string }
)

/** A checked key set. Times are milliseconds since the epoch. */
export interface KeySet {
  keys: readonly SigningJwk[]
  fetchedAt: number
  /** Until when the set is used without asking the issuer. */
  freshUntil: number
  /** The one key for a token's `alg` and `kid`, or `undefined` if none, or more than one, fits. */
  pick(header: TokenHeader): Promise<CryptoKey | undefined>
}

/**
 * jose matches `kid`, key type, curve and the key's own `alg`, and imports each key once. A token without `kid` gets a
 * key only if the set has exactly one that fits (OpenID Connect Core, section 10.1).
 */
export function keySet(keys: readonly SigningJwk[], fetchedAt: number, freshUntil: number): KeySet {
  const local = createLocalJWKSet({ keys: [...keys] })
  const pick = async ({ alg, kid }: TokenHeader) => {
    try {
      return await local({ alg, ...(kid !== undefined && { kid }) })
    } catch {
      return undefined
    }
  }
  return { keys, fetchedAt, freshUntil, pick }
}

/**
 * The keys of a JWK set that may verify login tokens. Keys that may not are left out, as RFC 7517, section 5, advises;
 * a document that is no key set, has too many keys or none of use is refused as a whole.
 */
export function signingKeys(json: unknown): Result<SigningJwk[], KeysFailure> {
  const keys = isJsonObject(json) ? json.keys : undefined
  if (!Array.isArray(keys)) return err('bad_key_set')
  if (keys.length > MAX_KEYS) return err('too_many_keys')
  const usable = keys.map(signingKey).filter((key) => key !== undefined)
  return usable.length > 0 ? ok(usable) : err('no_usable_key')
}

const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512']
const CURVES = new Map([
  ['P-256', ['ES256']],
  ['P-384', ['ES384']],
  ['P-521', ['ES512']],
])

/** The key, if it is public, meant for signatures, identified, and of an allowed type, algorithm and strength. */
function signingKey(jwk: unknown): SigningJwk | undefined {
  if (!isJsonObject(jwk) || 'd' in jwk || !isForVerifying(jwk)) return undefined
  const { kid, alg, kty, n, e, crv, x, y } = jwk
  if (!isText(kid) || kid === '') return undefined
  const named = { kid, ...(isText(alg) && { alg }) }
  const mayBe = (algorithms: readonly string[]) => alg === undefined || (isText(alg) && algorithms.includes(alg))
  if (kty === 'RSA' && mayBe(RSA_ALGORITHMS) && isText(n) && isText(e) && isAllowedModulus(n))
    return { ...named, kty, n, e }
  if (kty === 'EC' && isText(crv) && mayBe(CURVES.get(crv) ?? []) && CURVES.has(crv) && isText(x) && isText(y))
    return { ...named, kty, crv, x, y }
  return undefined
}

function isForVerifying({ use, key_ops: operations }: Record<string, unknown>): boolean {
  if (use !== undefined && use !== 'sig') return false
  return operations === undefined || (Array.isArray(operations) && operations.includes('verify'))
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_KEY_FIELD_CHARS
}

function isAllowedModulus(n: string): boolean {
  const bits = modulusBits(n)
  return bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS
}

function modulusBits(n: string): number {
  try {
    const bytes = base64url.decode(n)
    const first = bytes.findIndex((byte) => byte !== 0)
    return first < 0 ? 0 : (bytes.length - first) * 8 - (Math.clz32(bytes[first] ?? 0) - 24)
  } catch {
    return 0
  }
}
