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

/** A login with the map of its provider. */
export interface MappedLogin {
  map: TagMap
  claims: Readonly<Record<string, unknown>>
  /** Whether the claims are the attributes of a SAML assertion. */
  saml: boolean
}

/** Tag keys of the default map, with the claims they come from. */
const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ['client', 'aud'],
  ['username', 'sub'],
])

const SAML_CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'

const SAML_DEFAULTS: ReadonlyMap<string, string> = new Map([
  ['client', `${SAML_CLAIMS}/nameidentifier`],
  ['username', `${SAML_CLAIMS}/name`],
])

/**
 * Session tags of an identity, from the claims of its logins. A claim that a token lacks makes no tag; of two logins that
 * give the same tag the first decides. Claims must already be verified. The total size is bounded, as the Amazon Cognito
 * developer guide bounds it ("Using attributes for access control").
 */
export function tagsOf(logins: readonly MappedLogin[]): TagChoice {
  const tags = new Map<string, string>()
  for (const { claims, map, saml } of logins) {
    const defaults = saml ? SAML_DEFAULTS : DEFAULTS
    for (const [key, claim] of map.useDefaults ? defaults : map.tags) {
      const texts = Object.hasOwn(claims, claim) ? textsOf(claims[claim]) : []
      if (texts.length > 0 && !tags.has(key)) tags.set(key, texts.join(','))
    }
  }
  const size = [...tags].reduce((sum, [key, value]) => sum + bytesOf(key) + bytesOf(value), 0)
  return size > MAX_TAGS_BYTES
    ? { kind: 'denied', why: 'tags_too_large' }
    : { kind: 'tags', tags: Object.fromEntries(tags) }
}

const bytesOf = (text: string) => new TextEncoder().encode(text).length
