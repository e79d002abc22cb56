import { labelOf, listedIn } from './providers.ts'
import type { PoolMembers, Rule } from './settings.ts'

const DEFAULT_SESSION_SECONDS = 3600

/** What the settings of a pool do that its owner may not have meant, in sentences. */
export function findingsOf(pool: PoolMembers): string[] {
  const { AllowUnauthenticatedIdentities: guests, IdentityPoolTags: tags = {}, RoleMappings = {}, Roles = {} } = pool
  const signsIn = listedIn(pool).length > 0 || pool.DeveloperProviderName !== undefined
  const mapped = Object.keys(RoleMappings).length > 0
  const seconds = Number(tags['edge-identity:session-seconds'] ?? DEFAULT_SESSION_SECONDS)
  return [
    ...(guests && !Roles.unauthenticated ? ['Guests are allowed and have no role: they get no credentials.'] : []),
    ...(!guests && Roles.unauthenticated ? ['There is a role for guests, and no guests are allowed.'] : []),
    ...(signsIn && !Roles.authenticated && !mapped ? ['Users have no role: they get no credentials.'] : []),
    ...(!guests && !signsIn ? ['Nobody can get an identity: no guests are allowed, and no provider is listed.'] : []),
    ...(guests && !boundsGuests(tags)
      ? ['Anybody who knows the id of the pool can make guests without end: no budget and no proof is set.']
      : []),
    ...(seconds < DEFAULT_SESSION_SECONDS
      ? [`Sessions last ${seconds} s. Amplify for JavaScript keeps credentials for 50 minutes, so its apps fail.`]
      : []),
    ...Object.entries(RoleMappings).flatMap(([key, { AmbiguousRoleResolution, RulesConfiguration }]) => [
      ...(AmbiguousRoleResolution === 'AuthenticatedRole' && !Roles.authenticated
        ? [`Users of ${labelOf(key, pool)} for whom no rule decides should get the role of users, and there is none.`]
        : []),
      ...unreachable(RulesConfiguration?.Rules ?? []).map(
        ([rule, by]) => `Rule ${rule} of ${labelOf(key, pool)} never decides: rule ${by} fits whenever it does.`,
      ),
    ]),
  ]
}

const boundsGuests = (tags: Readonly<Record<string, string>>) =>
  ['guests-per-day', 'guest-proof', 'new-guests'].some((name) => tags[`edge-identity:${name}`] !== undefined)

/** Rules that stand behind one that fits whenever they do. Both are counted from one. */
export function unreachable(rules: readonly Rule[]): [rule: number, by: number][] {
  return rules.flatMap((rule, index): [number, number][] => {
    const wider = rules.slice(0, index).findIndex((earlier) => covers(earlier, rule))
    return wider < 0 ? [] : [[index + 1, wider + 1]]
  })
}

/** Whether a rule fits every user whom another one fits. Claims may be lists, of which one element is enough. */
function covers(wide: Rule, narrow: Rule): boolean {
  if (wide.Claim !== narrow.Claim) return false
  if (narrow.MatchType === wide.MatchType && narrow.Value === wide.Value) return true
  if (wide.MatchType === 'StartsWith')
    return ['Equals', 'StartsWith'].includes(narrow.MatchType) && narrow.Value.startsWith(wide.Value)
  return wide.MatchType === 'Contains' && narrow.MatchType !== 'NotEqual' && narrow.Value.includes(wide.Value)
}
