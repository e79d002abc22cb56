import { TOKEN_CLAIMS, type TokenClaim, type TokenSubject } from '../../../src/pools/token-audience.ts'
import { MAX_AUDIENCE_TOKEN_SECONDS } from '../../../src/tokens/limits.ts'

/**
 * What a service has, or should have, of what a file can say: in the words of the API, with everything in one order, so that
 * two states are equal if they mean the same.
 */
export interface State {
  /** By the name in the file. */
  pools: ReadonlyMap<string, PoolState>
  /** By name. */
  roles: ReadonlyMap<string, RoleState>
  /** By ARN. */
  issuers: ReadonlyMap<string, OidcState>
  /** By ARN. */
  samlProviders: ReadonlyMap<string, SamlState>
  /** By account; none, where the file says nothing of it. */
  federations: ReadonlyMap<string, FederationState>
}

export interface PoolState {
  /** `undefined` for one that is yet to be made. */
  id: string | undefined
  /** What the service calls these settings; `undefined` at AWS, which has no such thing. */
  version?: number
  name: string
  guests: boolean
  classicFlow: boolean
  /** In order of provider and client. */
  userPools: readonly UserPoolState[]
  /** ARNs, in order. */
  oidc: readonly string[]
  saml: readonly string[]
  /** Client or app id by the key of the provider. */
  social: Texts
  developer: string | undefined
  tags: Texts
  /** Default roles: `authenticated`, `unauthenticated`. */
  roles: Texts
  /** By provider. */
  mappings: Readonly<Record<string, MappingState>>
  /** By provider. */
  claims: Readonly<Record<string, ClaimsState>>
  /** Relying parties that users have tokens for, by audience. */
  audiences: Readonly<Record<string, AudienceState>>
}

export type Texts = Readonly<Record<string, string>>

export interface UserPoolState {
  provider: string
  client: string | undefined
  check: boolean
}

export interface MappingState {
  type: 'Rules' | 'Token'
  otherwise: 'AuthenticatedRole' | 'Deny'
  rules: readonly RuleState[]
}

export interface RuleState {
  claim: string
  match: 'Equals' | 'Contains' | 'StartsWith' | 'NotEqual'
  value: string
  role: string
}

export interface ClaimsState {
  defaults: boolean
  tags: Texts
}

export interface AudienceState {
  subject: TokenSubject
  /** In the order of `TOKEN_CLAIMS`. */
  claims: readonly TokenClaim[]
  maxSeconds: number
  guests: boolean
}

export interface RoleState {
  arn: string
  name: string
  path: string
  description: string
  maxSessionSeconds: number
  /** JSON, with its members in one order. */
  trust: string
  /** Inline policies by name, the same. */
  policies: Texts
  /** ARNs, in order. */
  attached: readonly string[]
  boundary: string | undefined
  tags: Texts
}

export interface OidcState {
  arn: string
  url: string
  /** In order. */
  clients: readonly string[]
  tags: Texts
}

export interface SamlState {
  arn: string
  metadata: string
  tags: Texts
}

/** Outbound web identity federation of an account: whether anybody of it has tokens for other relying parties. */
export interface FederationState {
  enabled: boolean
}

/** JSON with the members of each object in order of their names. Of lists the order counts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part) ? sorted(part as Record<string, unknown>) : part,
  )
}

export function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** What `Map.groupBy` does, which Node 20 lacks. */
export function groupedBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item])
  return groups
}

/** A policy in one form, however its text was laid out; a text that is no JSON stays as it is. */
export function canonicalPolicy(text: string): string {
  try {
    return canonical(JSON.parse(text))
  } catch {
    return text
  }
}

/** A relying party with what was left out, of a file or an answer of the service. */
export function audienceState(given: {
  subject?: TokenSubject | undefined
  claims?: readonly TokenClaim[] | undefined
  maxSeconds?: number | undefined
  guests?: boolean | undefined
}): AudienceState {
  const { claims = TOKEN_CLAIMS, guests = false, maxSeconds = MAX_AUDIENCE_TOKEN_SECONDS, subject = 'identity' } = given
  return { subject, claims: TOKEN_CLAIMS.filter((name) => claims.includes(name)), maxSeconds, guests }
}
