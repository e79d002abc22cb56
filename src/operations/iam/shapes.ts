import { MAX_METADATA_CHARS, MIN_METADATA_CHARS } from '../../logins/index.ts'
import { Fault, list, required, string, structure, type Value } from '../../protocol/index.ts'
import type { TagChange } from '../operation.ts'

/** Shapes of AWS Identity and Access Management, version 2010-05-08. */

export const providerArn = string({ min: 20, max: 2048 })
export const clientId = string({ min: 1, max: 255 })
export const roleName = string({ min: 1, max: 64, pattern: '[\\w+=,.@-]+' })
export const policyArn = string({ min: 20, max: 2048 })
export const policyName = string({ min: 1, max: 128, pattern: '[\\w+=,.@-]+' })
const PRINTABLE = '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+'
export const policyDocument = string({ min: 1, max: 131072, pattern: PRINTABLE })
export const roleDescription = string({
  max: 1000,
  pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*',
})

export const samlProviderName = string({ min: 1, max: 128, pattern: '[\\w._-]+' })
export const encryptionMode = string({ values: ['Required', 'Allowed'] })
export const privateKey = string({ min: 1, max: 16384, pattern: PRINTABLE, sensitive: true })
export const privateKeyId = string({ min: 22, max: 64, pattern: '[A-Z0-9]+' })
/** Not a secret, but too long to be repeated in a refusal. */
export const metadataDocument = string({ min: MIN_METADATA_CHARS, max: MAX_METADATA_CHARS, sensitive: true })

export const thumbprint = string({ min: 40, max: 40 })
const tagKey = string({ min: 1, max: 128, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+' })
export const tagKeys = list(tagKey, { max: 50 })

export const tags = list(
  structure({
    Key: required(tagKey),
    Value: required(string({ min: 0, max: 256, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*' })),
  }),
  { max: 50 },
)

export function tagPairs(given: Value<typeof tags>) {
  return given.map(({ Key, Value }) => [Key, Value] as const)
}

/** The tags that something is created with, which `action` must allow. */
export function tagsCreated(action: string, given: Value<typeof tags> | undefined): TagChange | undefined {
  return given && { kind: 'add', tags: tagPairs(given), action }
}

/**
 * Tags of one request, which may name a key once; that of a role also not in another case (IAM User Guide, "Tags for
 * AWS Identity and Access Management resources").
 */
export function uniqueTags(given: Value<typeof tags>, { ignoringCase = false } = {}) {
  const pairs = tagPairs(given)
  const keys = new Set(pairs.map(([key]) => (ignoringCase ? key.toLowerCase() : key)))
  if (keys.size === pairs.length) return pairs
  const note = ignoringCase ? ' Please note that Tag keys are case insensitive.' : ''
  throw new Fault('InvalidInput', `Duplicate tag keys found.${note}`)
}

/** Tags as the API lists them; no element at all when there are none. */
export function describeTags(kept: readonly (readonly [string, string])[]) {
  return kept.length > 0 ? kept.map(([Key, Value]) => ({ Key, Value })) : undefined
}
