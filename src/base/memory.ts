import { BoundedMap } from './bounded-map.ts'

const KIB = 1024
const MIB = 1024 * KIB

/**
 * What the caches of one isolate may hold, in bytes. An isolate has 128 MB for everything, and its requests need most of
 * that: a body of 1 MiB and what is made of it, several at a time. So all caches together have some 48 MiB.
 *
 * Every cache that others can fill has its share here. A usual value fits into its share many times. One that
 * does not fit is not kept: it is read again for each request.
 */
export const CACHE_BYTES = {
  /** Settings of pools. The largest record is 1,000,000 bytes of JSON, some 3 MiB in memory; a usual one 2 KiB. */
  poolSettings: 14 * MIB,
  /** OpenID Connect providers by account. A hundred with a hundred clients each, which is the quota, take 5 MiB at most. */
  oidcProviders: 7 * MIB,
  /** Certificates of SAML providers, some 40 KiB at most. */
  samlProviders: 3 * MIB,
  /** Roles with their trust policies as text, 128 KiB at most. */
  roles: 4 * MIB,
  /** Trust policies as they are evaluated: 64 times their text at most, and some 500 characters of text usually. One
   * over 100 KB, which AWS does not allow, is not kept. */
  trustPolicies: 8 * MIB,
  /** Inline policies of roles as text, 128 KiB at most. */
  rolePolicies: 2 * MIB,
  /** Accounts that give out tokens for other relying parties, some 400 bytes each. */
  outboundFederation: 128 * KIB,
  /** Keys of issuers, and those of them that are in use once more in the form that checks signatures. */
  keySets: 6 * MIB,
  /** What Facebook, Amazon or X said of a token. */
  socialAnswers: 2 * MIB,
  /** That a user of a user pool is active. */
  activeUsers: 512 * KIB,
  /** Grants of R2 as read from their ARNs. */
  r2Grants: 512 * KIB,
  /** Keys that check SigV4 signatures. */
  signingKeys: 256 * KIB,
  /** Networks of clients that are refused for a while, some 200 bytes each. */
  pausedClients: 1 * MIB,
} as const

/**
 * A memory of this isolate that holds at most its share of bytes. What it holds is weighed when it is set: a value that
 * grows must be set again.
 */
export class IsolateCache<K, V> extends BoundedMap<K, V> {
  constructor(share: keyof typeof CACHE_BYTES, weigh: (value: V) => number = weightOf) {
    super({ capacity: CACHE_BYTES[share], weigh: (value, key) => ENTRY + weightOf(key) + weigh(value) })
  }
}

/** An entry of a `BoundedMap` by itself: in two maps, with its weight. */
const ENTRY = 150

/**
 * About how many bytes a value takes in memory. It is plain data: texts, numbers, lists, objects, maps and bytes. What a
 * function holds cannot be seen. The figures are those of V8 with pointers of 64 bits, and err to the large side.
 */
export function weightOf(value: unknown): number {
  if (typeof value === 'string') return weightOfText(value)
  if (typeof value !== 'object' || value === null) return 8
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + 8 + inner(item), 40)
  if (value instanceof Map) {
    let sum = 250
    for (const [key, item] of value) sum += 60 + inner(key) + inner(item)
    return sum
  }
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return 200 + value.byteLength
  return Object.values(value).reduce((sum: number, item) => sum + 16 + inner(item), 64)
}

/** What a value takes besides the place that points to it. */
function inner(value: unknown): number {
  return typeof value === 'object' || typeof value === 'string' ? weightOf(value) : 0
}

/** A text is kept with one byte a character, or with two if it has one beyond Latin-1. Texts of one of the former are shared. */
function weightOfText(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters of Latin-1
  const isWide = /[^\u0000-\u00ff]/.test(text)
  if (text.length < 2 && !isWide) return 0
  return 32 + text.length * (isWide ? 2 : 1)
}
