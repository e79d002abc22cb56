import { err, ok, type Result } from '../../base/result.ts'
import {
  checkSessionTags,
  type InvalidTags,
  parseR2Grant,
  STS_PROFILES,
  type TagRules,
} from '../../credentials/index.ts'
import type { PoolSettings } from '../../pools/index.ts'
import { tagsOf } from '../../roles/index.ts'
import { attributesInvalid, attributesTooLarge } from '../faults.ts'
import type { RequestContext } from '../operation.ts'
import { byProvider, taggedProvider } from '../pool/index.ts'
import type { Services } from '../services.ts'
import type { AcceptedLogin } from './login.ts'

export type Tags = Readonly<Record<string, string>>

export type TagsRefused = { reason: 'tags_too_large' } | InvalidTags

/**
 * Session tags for an identity: what a backend gave along, and what the pool's maps make of the logins' claims. Users edit
 * some claims, and policies put tags into what they compare, so none is given that is not plain text to whoever reads it.
 */
export function principalTags(
  logins: readonly AcceptedLogin[],
  settings: PoolSettings,
  rules: TagRules,
): Result<Tags, TagsRefused> {
  const maps = byProvider(settings.principalTags, settings, taggedProvider)
  const mapped = logins.flatMap(({ claimed, used }) => {
    const map = claimed && maps.get(claimed.tagMapKey)
    return map ? [{ map, claims: claimed.claims, saml: used.kind === 'saml' }] : []
  })
  const chosen = tagsOf(mapped)
  if (chosen.kind === 'denied') return err({ reason: chosen.why })
  const given = logins.flatMap((login) => Object.entries(login.tags ?? {}))
  const tags = { ...chosen.tags, ...Object.fromEntries(given) }
  const checked = checkSessionTags(tags, rules)
  return checked.ok ? ok(tags) : checked
}

/** The tags of a token that the client itself takes to an STS, or the fault for those that no STS should be given. */
export function tokenTags(logins: readonly AcceptedLogin[], settings: PoolSettings, context: RequestContext): Tags {
  const tags = principalTags(logins, settings, rulesOf(context))
  if (tags.ok) return tags.value
  context.note({ decision: { ...tags.error } })
  throw tags.error.reason === 'tags_too_large' ? attributesTooLarge() : attributesInvalid()
}

/** The rules of the STS of a role; without one, of that of this deployment. Grants of R2 judge what their paths name. */
export function rulesOf({ sts }: Pick<Services, 'sts'>, role?: string): TagRules {
  if (role !== undefined && parseR2Grant(role)) return 'sts'
  const target = role === undefined ? sts.fallback : sts.forRole(role)
  return target.kind === 'embedded' ? 'sts' : STS_PROFILES[target.profile].tagRules
}
