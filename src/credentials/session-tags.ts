import { isJsonObject } from '../base/json.ts'
import { err, ok, type Result } from '../base/result.ts'
import { isTagText } from '../base/tag-text.ts'
import { MAX_SESSION_TAGS, MAX_TAG_KEY_CHARS, MAX_TAG_VALUE_CHARS } from './limits.ts'
import type { AssumeRejected } from './types.ts'

/** `sts`: the rules of AWS STS. `store`: these, and what the policies of a store would read as more than a name. */
export type TagRules = 'sts' | 'store'

export type InvalidTags = Extract<AssumeRejected, { reason: 'invalid_tags' }>

/**
 * The rules for session tags (IAM User Guide, "Passing session tags in AWS STS"). Keys are unique regardless of case. No
 * value has `*`, `?`, `$`, `{`, `}` or a control character, which policies would expand after they put the value in.
 *
 * Values often come from claims that users edit, and stores put them into prefixes and paths as they are. So for stores a
 * value must also stay one when paths are normalised: it is not empty, neither begins nor ends in `/`, and has no segment
 * `.` or `..`. An empty one would open the whole bucket.
 */
export function checkSessionTags(tags: Readonly<Record<string, string>>, rules: TagRules): Result<void, InvalidTags> {
  const entries = Object.entries(tags)
  if (entries.length > MAX_SESSION_TAGS) return err({ reason: 'invalid_tags', why: 'too_many' })
  const seen = new Set<string>()
  for (const [key, value] of entries) {
    const why = problemOf(key, value, rules) ?? (seen.has(key.toLowerCase()) ? 'duplicate_key' : undefined)
    if (why) return err({ reason: 'invalid_tags', why, tag: key.slice(0, MAX_TAG_KEY_CHARS) })
    seen.add(key.toLowerCase())
  }
  return ok(undefined)
}

function problemOf(key: string, value: string, rules: TagRules): InvalidTags['why'] | undefined {
  if (key === '' || key.length > MAX_TAG_KEY_CHARS || !isTagText(key)) return 'key'
  if (key.toLowerCase().startsWith('aws:')) return 'reserved_key'
  if (value.length > MAX_TAG_VALUE_CHARS || !isTagText(value)) return 'value'
  return rules === 'store' && !staysInPath(value) ? 'value_in_path' : undefined
}

/** `//` within a value is harmless: a user's files are then at another path, but at no other user's. */
function staysInPath(value: string): boolean {
  if (value === '' || value.startsWith('/') || value.endsWith('/')) return false
  return !value.split('/').some((segment) => segment === '.' || segment === '..')
}

const TAGS = 'https://aws.amazon.com/tags'

/**
 * The session tags that a token of a registered provider brings, in either form of AWS's (IAM User Guide, "Passing session tags in AWS
 * STS"): one claim with all of them, each a text or a list of one, or a claim for each. `undefined` where they are of neither form, or
 * a tag is there twice. Nothing here passes tags on, so that which are transitive does not matter.
 */
export function tagsInToken(claims: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> | undefined {
  const { [TAGS]: nested = {} } = claims
  if (!isJsonObject(nested)) return undefined
  const { principal_tags: listed = {} } = nested
  if (!isJsonObject(listed)) return undefined
  const prefix = `${TAGS}/principal_tags/`
  const flat = Object.entries(claims).filter(([name]) => name.startsWith(prefix))
  const pairs = [...Object.entries(listed), ...flat.map(([name, value]) => [name.slice(prefix.length), value] as const)]
  const tags = pairs.map(
    ([key, value]) => [key, Array.isArray(value) && value.length === 1 ? value[0] : value] as const,
  )
  const isSound =
    tags.every(([, value]) => typeof value === 'string') && new Set(tags.map(([key]) => key)).size === tags.length
  return isSound ? Object.fromEntries(tags) : undefined
}
