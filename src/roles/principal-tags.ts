import { textsOf } from './claim-texts.ts'
import { MAX_TAGS_BYTES } from './limits.ts'

/** Which claims of a provider become session tags: attributes for access control. */
export interface TagMap {
  useDefaults: boolean
  /** Tag key → claim. */
  tags: ReadonlyMap<string, string>
}

export type TagChoice =
  | { kind: 'tags'; tags: Readonly<Record<string, string>> }
  | { kind: 'denied'; why: 'tags_too_large' }

/** Tag keys of the default map, with the claims they come from. */
const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ['client', 'aud'],
  ['username', 'sub'],
])

/**
 * Session tags of an identity, from the claims of its logins. A claim that a token lacks makes no tag; of two logins that
 * give the same tag the first decides. Claims must already be verified. The total size is bounded, as the Amazon Cognito
 * developer guide bounds it ("Using attributes for access control").
 */
export function tagsOf(logins: readonly { map: TagMap; claims: Readonly<Record<string, unknown>> }[]): TagChoice {
  const tags = new Map<string, string>()
  for (const { claims, map } of logins)
    for (const [key, claim] of map.useDefaults ? DEFAULTS : map.tags) {
      const texts = Object.hasOwn(claims, claim) ? textsOf(claims[claim]) : []
      if (texts.length > 0 && !tags.has(key)) tags.set(key, texts.join(','))
    }
  const size = [...tags].reduce((sum, [key, value]) => sum + bytesOf(key) + bytesOf(value), 0)
  return size > MAX_TAGS_BYTES
    ? { kind: 'denied', why: 'tags_too_large' }
    : { kind: 'tags', tags: Object.fromEntries(tags) }
}

const bytesOf = (text: string) => new TextEncoder().encode(text).length
