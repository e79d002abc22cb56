import { VENDS_TAG } from '../../../src/credentials/r2/vended.ts'
import type { FileClaims, FileMapping, FilePool, FileProvider, FileRole } from '../declare/index.ts'
import type { IdentityDocument } from '../read/document.ts'
import { type Home, type ListedProvider, oidcArn, providersOf, roleArn, samlArn, vendsValue } from './names.ts'
import { tagsOf } from './setting-tags.ts'
import {
  audienceState,
  type ClaimsState,
  canonicalPolicy,
  groupedBy,
  type MappingState,
  type OidcState,
  type PoolState,
  type RoleState,
  type RuleState,
  type SamlState,
  type State,
  sorted,
  type UserPoolState,
} from './state.ts'
import { canonicalTrust, trustOfPools, usesOf } from './trust.ts'

/** What the names of a file stand for where it is applied. */
export interface Surroundings extends Home {
  /** The id of a pool that exists, by its name in the file. */
  poolIds: ReadonlyMap<string, string>
  env: Readonly<Record<string, string | undefined>>
}

const DEFAULT_MAX_SESSION_SECONDS = 3600

/** What the id of a pool that is yet to be made is written as. */
const idToBe = (pool: string) => `(the id of ${pool})`

/** What a service should have, by this file. */
export function desiredState(document: IdentityDocument, around: Surroundings): State {
  const { file } = document
  const pools = Object.entries(file.pools ?? {})
  const clients = clientsOf(document, around)
  const roles = Object.entries(file.roles ?? {}).flatMap(([name, role]) =>
    'r2' in role ? [] : [[name, roleState(name, role, document, around)] as const],
  )
  return {
    pools: new Map(pools.map(([key, pool]) => [key, poolState(key, pool, document, around)])),
    roles: new Map(roles),
    issuers: new Map(issuersOf(document, around, clients).map((issuer) => [issuer.arn, issuer])),
    samlProviders: new Map(samlProvidersOf(document, around).map((provider) => [provider.arn, provider])),
    federations: new Map(
      file.outboundFederation === undefined ? [] : [[around.account, { enabled: file.outboundFederation }]],
    ),
  }
}

function poolState(key: string, pool: FilePool, { file }: IdentityDocument, around: Surroundings): PoolState {
  const providers = providersOf(pool, file, around)
  const arn = (role: string) => roleArn(role, file, around)
  const { guests, role } = pool
  const entries = providers.map(({ entry }) => entry)
  return {
    id: around.poolIds.get(key),
    name: pool.name ?? key,
    guests: guests?.allowed ?? false,
    classicFlow: pool.classicFlow ?? false,
    userPools: providers.flatMap(userPoolState).sort(byProvider),
    oidc: entries.flatMap((entry) => ('oidc' in entry ? [oidcArn(entry.oidc, file.issuers ?? {}, around)] : [])).sort(),
    saml: entries.flatMap((entry) => ('saml' in entry ? [samlArn(entry.saml, around)] : [])).sort(),
    social: sorted(Object.fromEntries(providers.flatMap((provider) => socialEntry(provider, around)))),
    developer: entries.flatMap((entry) => ('developer' in entry ? [entry.developer] : []))[0],
    tags: sorted(tagsOf(pool)),
    roles: {
      ...(role !== undefined && { authenticated: arn(role) }),
      ...(guests?.role !== undefined && { unauthenticated: arn(guests.role) }),
    },
    mappings: byKey(pool.mappings, providers, 'mappingKey', (mapping) => mappingState(mapping, arn)),
    claims: byKey(pool.tagsFromClaims, providers, 'claimsKey', claimsState),
    audiences: sorted(
      Object.fromEntries(Object.entries(pool.tokenAudiences ?? {}).map(([name, one]) => [name, audienceState(one)])),
    ),
  }
}

function userPoolState({ entry, login }: ListedProvider): UserPoolState[] {
  if (!('userPool' in entry)) return []
  return [{ provider: login, client: entry.client, check: entry.serverSideTokenCheck ?? false }]
}

export function byProvider(one: UserPoolState, other: UserPoolState): number {
  const [a, b] = [one, other].map(({ client = '', provider }) => `${provider} ${client}`)
  return (a ?? '') < (b ?? '') ? -1 : 1
}

function socialEntry({ entry, kind, login }: ListedProvider, { env }: Surroundings): [string, string][] {
  if ('twitter' in entry) return [[login, `${entry.twitter};${env[entry.secret.env] ?? ''}`]]
  const value = (entry as Readonly<Record<string, unknown>>)[kind]
  return isSocial(kind) && typeof value === 'string' ? [[login, value]] : []
}

const isSocial = (kind: ListedProvider['kind']) => !['user_pool', 'oidc', 'saml', 'developer'].includes(kind)

/** What the file has by the name of a provider, by the provider's key at the API. */
function byKey<T, S>(
  given: Readonly<Record<string, T>> | undefined,
  providers: readonly ListedProvider[],
  key: 'mappingKey' | 'claimsKey',
  convert: (value: T) => S,
): Record<string, S> {
  const entries = Object.entries(given ?? {}).map(([name, value]) => {
    const provider = providers.find(({ names }) => names.includes(name))
    return [provider?.[key] ?? name, convert(value)] as const
  })
  return sorted(Object.fromEntries(entries))
}

function mappingState(mapping: FileMapping, arn: (role: string) => string): MappingState {
  const otherwise = mapping.otherwise === 'role' ? 'AuthenticatedRole' : 'Deny'
  if (!('rules' in mapping)) return { type: 'Token', otherwise, rules: [] }
  return { type: 'Rules', otherwise, rules: mapping.rules.map((rule) => ruleState(rule, arn)) }
}

/** How the file names the ways in which a rule can fit. */
export const MATCHES = {
  equals: 'Equals',
  contains: 'Contains',
  startsWith: 'StartsWith',
  notEquals: 'NotEqual',
} as const

type Rule = Extract<FileMapping, { rules: unknown }>['rules'][number]

function ruleState(rule: Rule, arn: (role: string) => string): RuleState {
  const way = (Object.keys(MATCHES) as (keyof typeof MATCHES)[]).find((one) => rule[one] !== undefined) ?? 'equals'
  return { claim: rule.claim, match: MATCHES[way], value: rule[way] ?? '', role: arn(rule.role) }
}

function claimsState(claims: FileClaims): ClaimsState {
  return claims === 'defaults' ? { defaults: true, tags: {} } : { defaults: false, tags: sorted(claims) }
}

type RegisteredRole = Extract<FileRole, { trust: unknown }>

function roleState(name: string, role: RegisteredRole, document: IdentityDocument, around: Surroundings): RoleState {
  const { file } = document
  const policies = { ...(role.policy !== undefined && { policy: role.policy }), ...role.policies }
  return {
    arn: roleArn(name, file, around),
    name,
    path: role.path ?? '/',
    description: role.description ?? '',
    maxSessionSeconds: role.maxSessionSeconds ?? DEFAULT_MAX_SESSION_SECONDS,
    trust:
      role.trust === 'pool'
        ? trustOfPools(usesOf(name, file), (pool) => around.poolIds.get(pool) ?? idToBe(pool))
        : canonicalTrust(document.textOf(role.trust)),
    policies: sorted(
      Object.fromEntries(
        Object.entries(policies).map(([key, policy]) => [key, canonicalPolicy(document.textOf(policy))]),
      ),
    ),
    attached: [...(role.attach ?? [])].sort(),
    boundary: role.boundary,
    tags: sorted({ ...role.tags, ...(role.vends && { [VENDS_TAG]: vendsValue(role.vends) }) }),
  }
}

type OidcEntry = Extract<FileProvider, { oidc: string }>

/** The client ids that the pools of the file accept, by ARN of the issuer: IAM keeps one list for all pools. */
function clientsOf({ file }: IdentityDocument, home: Home): ReadonlyMap<string, readonly string[]> {
  const entries = Object.values(file.pools ?? {}).flatMap(({ providers = [] }) => providers)
  const ofIssuers = entries.filter((entry): entry is OidcEntry => 'oidc' in entry)
  const grouped = groupedBy(ofIssuers, ({ oidc }) => oidcArn(oidc, file.issuers ?? {}, home))
  return new Map([...grouped].map(([arn, same]) => [arn, same.flatMap(({ clients = [] }) => clients)]))
}

function issuersOf(
  { file }: IdentityDocument,
  home: Home,
  clients: ReadonlyMap<string, readonly string[]>,
): OidcState[] {
  return Object.entries(file.issuers ?? {}).flatMap(([name, issuer]) => {
    if (!('url' in issuer)) return []
    const arn = oidcArn(name, file.issuers ?? {}, home)
    const ids = [...new Set([...(clients.get(arn) ?? []), ...(issuer.clients ?? [])])].sort()
    return [{ arn, url: issuer.url, clients: ids, tags: sorted(issuer.tags ?? {}) }]
  })
}

function samlProvidersOf(document: IdentityDocument, home: Home): SamlState[] {
  return Object.entries(document.file.issuers ?? {}).flatMap(([name, issuer]) =>
    'metadata' in issuer
      ? [{ arn: samlArn(name, home), metadata: document.textOf(issuer.metadata), tags: sorted(issuer.tags ?? {}) }]
      : [],
  )
}
