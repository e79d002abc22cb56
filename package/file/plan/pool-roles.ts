import type { ClaimsState, MappingState, PoolState, RuleState } from '../state/state.ts'
import { type Detail, differences, type Effect, withEntry } from './detail.ts'

type PoolDetail = Detail<PoolState>

/** What changes in the ways in which users get other roles than that of the pool. */
export function mappingDetails(before: PoolState, after: PoolState): PoolDetail[] {
  const { added, changed, removed } = differences(before.mappings, after.mappings)
  return [...removed, ...added, ...changed].map((provider): PoolDetail => {
    const [old, mapping] = [before.mappings[provider], after.mappings[provider]]
    return {
      effect: alongWithProvider(provider, before, after) ?? mappingEffect(old, mapping, after),
      path: 'mappings',
      message: `roles of users of ${shortName(provider)}: ${mapping ? inWords(mapping, old) : 'that of the pool for all'}`,
      set: (pool) => withEntry(pool, 'mappings', provider, mapping),
    }
  })
}

/** What changes in the claims that become tags of sessions. */
export function claimsDetails(before: PoolState, after: PoolState): PoolDetail[] {
  const { added, changed, removed } = differences(before.claims, after.claims)
  return [...removed, ...added, ...changed].map((provider): PoolDetail => {
    const claims = after.claims[provider]
    return {
      effect: alongWithProvider(provider, before, after) ?? 'either',
      path: 'tagsFromClaims',
      message: `sessions of users of ${shortName(provider)} have ${claims ? tagsInWords(claims) : 'no tags of claims'}`,
      set: (pool) => withEntry(pool, 'claims', provider, claims),
    }
  })
}

/** What is about a provider that comes or goes has to come or go with it. */
function alongWithProvider(provider: string, before: PoolState, after: PoolState): Effect | undefined {
  if (!lists(before, provider)) return 'opens'
  return lists(after, provider) ? undefined : 'narrows'
}

function lists({ oidc, saml, social, userPools }: PoolState, provider: string): boolean {
  const keys = userPools.flatMap((one) => [one.provider, `${one.provider}:${one.client ?? ''}`])
  return [...oidc, ...saml, ...Object.keys(social), ...keys].includes(provider)
}

/**
 * Without a mapping everybody has the role of the pool. Rules that are added behind the others give roles to whom they
 * denied; rules that are taken from the end deny. Whatever else changes, may do both.
 */
function mappingEffect(
  before: MappingState | undefined,
  after: MappingState | undefined,
  { roles }: PoolState,
): Effect {
  if (!before || !after || before.type !== after.type) return 'either'
  const [old, now] = [before.rules, after.rules].map((rules) => JSON.stringify(rules).slice(0, -1))
  if (old === now) {
    if (roles.authenticated === undefined) return 'other'
    return after.otherwise === 'Deny' ? 'narrows' : 'opens'
  }
  if (before.otherwise !== 'Deny' || after.otherwise !== 'Deny') return 'either'
  if (isBeginningOf(before.rules, after.rules)) return 'opens'
  return isBeginningOf(after.rules, before.rules) ? 'narrows' : 'either'
}

function isBeginningOf(rules: readonly RuleState[], longer: readonly RuleState[]): boolean {
  return rules.every((rule, index) => JSON.stringify(rule) === JSON.stringify(longer[index]))
}

function inWords(mapping: MappingState, before: MappingState | undefined): string {
  const otherwise = mapping.otherwise === 'Deny' ? 'refused' : 'the role of the pool'
  if (mapping.type === 'Token') return `that of the token, otherwise ${otherwise}`
  const known = new Set(before?.rules.map((rule) => JSON.stringify(rule)))
  const fresh = mapping.rules.filter((rule) => !known.has(JSON.stringify(rule))).map(ruleInWords)
  const kept = new Set(mapping.rules.map((rule) => JSON.stringify(rule)))
  const gone = (before?.rules ?? []).filter((rule) => !kept.has(JSON.stringify(rule))).map(ruleInWords)
  const parts = [
    ...fresh,
    ...gone.map((rule) => `no longer ${rule}`),
    ...(fresh.length + gone.length === 0 ? ['the same rules'] : []),
    ...(isSameOrder(mapping, before) ? [] : ['in another order']),
  ]
  return `${parts.join('; ')}; otherwise ${otherwise}`
}

/** Whether the rules that stay are in the order in which they were. */
function isSameOrder({ rules }: MappingState, before: MappingState | undefined): boolean {
  const [now, old] = [rules, before?.rules ?? []].map((list) => list.map((rule) => JSON.stringify(rule)))
  const kept = now?.filter((rule) => old?.includes(rule)) ?? []
  return kept.join() === (old ?? []).filter((rule) => now?.includes(rule)).join()
}

const MATCH_WORDS: Readonly<Record<RuleState['match'], string>> = {
  Equals: 'is',
  Contains: 'contains',
  StartsWith: 'begins with',
  NotEqual: 'is not',
}

function ruleInWords({ claim, match, role, value }: RuleState): string {
  return `${role} where ${claim} ${MATCH_WORDS[match]} "${value}"`
}

function tagsInWords({ defaults, tags }: ClaimsState): string {
  if (defaults) return 'the tags username and client'
  return `the tags ${Object.entries(tags)
    .map(([tag, claim]) => `${tag} (${claim})`)
    .join(', ')}`
}

/** Of an ARN what names the provider. */
function shortName(provider: string): string {
  return provider.startsWith('arn:') ? provider.slice(provider.indexOf('/') + 1) : provider
}
