import { base64url, importJWK } from 'jose'
import { isJsonObject } from '../base/json.ts'
import { err, ok, type Result } from '../base/result.ts'
import { MAX_KEY_FIELD_CHARS, MAX_KEYS_OF_TYPE, MAX_RSA_BITS, MIN_RSA_BITS } from './limits.ts'
import type { KeysFailure } from './login.ts'
import type { TokenHeader } from './token.ts'

/** A public key that may verify login tokens, reduced to the members that this takes. */
export type SigningJwk = { kid?: string; alg?: string } & (
  | { kty: 'RSA'; n: string; e: string }
  | { kty: 'EC'; crv: string; x: string; y: string }
)

/** A checked key set. Times are milliseconds since the epoch. */
export interface KeySet {
  keys: readonly SigningJwk[]
  fetchedAt: number
  /** Until when the set is used without asking the issuer. */
  freshUntil: number
  /** The one key for a token's `alg` and `kid`, or `undefined` if none fits, or several that differ. */
  pick(header: TokenHeader): Promise<CryptoKey | undefined>
}

/**
 * A key fits by `kid`, key type, curve and its own `alg`. A token without `kid` gets a key only if the set has exactly one
 * that fits (OpenID Connect Core, section 10.1). Issuers publish one key several times, under one `kid` or under two, and
 * several keys of different types under one `kid` (RFC 7517, section 4.5): what counts is whether the keys that fit are
 * one key. Each is imported once.
 */
export function keySet(keys: readonly SigningJwk[], fetchedAt: number, freshUntil: number): KeySet {
  const imported = new Map<string, CryptoKey>()
  const pick = async (header: TokenHeader) => {
    const [found, ...others] = keys.filter((key) => fits(key, header)).map(materialOf)
    if (!found || others.some((other) => nameOf(other) !== nameOf(found))) return undefined
    const name = `${header.alg} ${nameOf(found)}`
    const key = imported.get(name) ?? (await importedKey(found, header.alg))
    if (key) imported.set(name, key)
    return key
  }
  return { keys, fetchedAt, freshUntil, pick }
}

function fits(key: SigningJwk, { alg, kid }: TokenHeader): boolean {
  // A `kid` of no characters names no key: some issuers write it where they have none.
  if (kid && key.kid !== kid) return false
  if (key.alg !== undefined && key.alg !== alg) return false
  return algorithmsOf(key).includes(alg)
}

/** What makes a key the one that it is. */
function materialOf(key: SigningJwk) {
  return key.kty === 'RSA' ? { kty: key.kty, n: key.n, e: key.e } : { kty: key.kty, crv: key.crv, x: key.x, y: key.y }
}

const nameOf = (material: ReturnType<typeof materialOf>) => JSON.stringify(material)

async function importedKey(material: ReturnType<typeof materialOf>, alg: string): Promise<CryptoKey | undefined> {
  try {
    const key = await importJWK({ ...material }, alg)
    return key instanceof Uint8Array ? undefined : key
  } catch {
    return undefined
  }
}

/**
 * The keys of a JWK set that may verify login tokens. Keys that may not are left out, as RFC 7517, section 5, advises; so
 * are all keys of a type, RSA or EC, of which there are more than IAM takes. A document that is no key set, or has no key of
 * use, is refused as a whole.
 */
export function signingKeys(json: unknown): Result<SigningJwk[], KeysFailure> {
  const keys = isJsonObject(json) ? json.keys : undefined
  if (!Array.isArray(keys)) return err('bad_key_set')
  const tooMany = ['RSA', 'EC'].filter((type) => keys.filter((key) => typeOf(key) === type).length > MAX_KEYS_OF_TYPE)
  const usable = keys
    .filter((key) => !tooMany.includes(typeOf(key)))
    .map(signingKey)
    .filter((key) => key !== undefined)
  if (usable.length > 0) return ok(usable)
  return err(tooMany.length > 0 ? 'too_many_keys' : 'no_usable_key')
}

function typeOf(jwk: unknown): string {
  return isJsonObject(jwk) && typeof jwk.kty === 'string' ? jwk.kty : ''
}

const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512']
const CURVES = new Map([
  ['P-256', ['ES256']],
  ['P-384', ['ES384']],
  ['P-521', ['ES512']],
])

function algorithmsOf(key: SigningJwk): readonly string[] {
  return key.kty === 'RSA' ? RSA_ALGORITHMS : (CURVES.get(key.crv) ?? [])
}

/** The key, if it is public, meant for signatures, and of an allowed type, algorithm and strength. */
function signingKey(jwk: unknown): SigningJwk | undefined {
  if (!isJsonObject(jwk) || 'd' in jwk || !isForVerifying(jwk)) return undefined
  const { kid, alg, kty, n, e, crv, x, y } = jwk
  if (kid !== undefined && kid !== null && !isText(kid)) return undefined
  const named = { ...(isText(kid) && { kid }), ...(isText(alg) && { alg }) }
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
