import { err, ok, type Result } from '../base/result.ts'
import { isTagText } from '../base/tag-text.ts'
import { MAX_SESSION_TAGS, MAX_TAG_KEY_CHARS, MAX_TAG_VALUE_CHARS } from './limits.ts'
import type { AssumeRejected } from './types.ts'

/** The rules for session tags (IAM User Guide, "Passing session tags in AWS STS"). Keys are unique regardless of case. */
export function checkSessionTags(tags: Readonly<Record<string, string>>): Result<void, AssumeRejected> {
  const entries = Object.entries(tags)
  if (entries.length > MAX_SESSION_TAGS) return refuse('too_many')
  const seen = new Set<string>()
  for (const [key, value] of entries) {
    const folded = key.toLowerCase()
    if (key === '' || key.length > MAX_TAG_KEY_CHARS || !isTagText(key)) return refuse('key')
    if (folded.startsWith('aws:')) return refuse('reserved_key')
    if (seen.has(folded)) return refuse('duplicate_key')
    if (value.length > MAX_TAG_VALUE_CHARS || !isTagText(value)) return refuse('value')
    seen.add(folded)
  }
  return ok(undefined)
}

type InvalidTags = Extract<AssumeRejected, { reason: 'invalid_tags' }>

function refuse(why: InvalidTags['why']): { ok: false; error: InvalidTags } {
  return err({ reason: 'invalid_tags', why })
}
