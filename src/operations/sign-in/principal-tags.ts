import type { PoolSettings } from '../../pools/index.ts'
import { type TagChoice, tagsOf } from '../../roles/index.ts'
import { attributesTooLarge } from '../faults.ts'
import type { AcceptedLogin } from './login.ts'

/** Session tags for an identity: what a backend gave along, and what the pool's maps make of the logins' claims. */
export function principalTags(logins: readonly AcceptedLogin[], { principalTags: maps }: PoolSettings): TagChoice {
  const mapped = logins.flatMap(({ claimed, used }) => {
    const map = claimed && maps.get(claimed.tagMapKey)
    return map ? [{ map, claims: claimed.claims, saml: used.kind === 'saml' }] : []
  })
  const chosen = tagsOf(mapped)
  if (chosen.kind === 'denied') return chosen
  const given = logins.flatMap((login) => Object.entries(login.tags ?? {}))
  return { kind: 'tags', tags: { ...chosen.tags, ...Object.fromEntries(given) } }
}

/** The same for a token, or the fault for tags that are too large. */
export function tokenTags(logins: readonly AcceptedLogin[], settings: PoolSettings): Readonly<Record<string, string>> {
  const choice = principalTags(logins, settings)
  if (choice.kind === 'denied') throw attributesTooLarge()
  return choice.tags
}
