import { isCatalogued, isProviderName } from '../../logins/index.ts'
import { boolean, integer, list, map, optional, required, string, structure } from '../../protocol/index.ts'

/** Shapes of the Amazon Cognito federated identities API, version 2014-06-30. */

const ID = { min: 1, max: 55, pattern: '[\\w-]+:[0-9a-f-]+' } as const
export const poolId = string(ID)
export const identityId = string(ID)
/** The same where the record must not say whose call it is. */
export const unrecordedIdentityId = string({ ...ID, unrecorded: true })
const poolName = string({ min: 1, max: 128, pattern: '[\\w\\s+=,.@-]+' })
export const providerName = string({ min: 1, max: 128, recordedIf: isProviderName })
export const anyArn = string({ min: 20, max: 2048 })
export const maxResults = integer({ min: 1, max: 60 })
/** Not recorded, because it says where a page ends: at a developer user, in one of the lists. */
export const nextToken = string({ min: 1, max: 65535, pattern: '[\\S]+', unrecorded: true })

const loginToken = string({ min: 1, max: 50000, sensitive: true })

export const logins = map(providerName, loginToken, { max: 10 })

/** Logins of a backend, which has names of its users where others have tokens. */
export const developerLogins = map(string({ min: 1, max: 128, recordedIf: isCatalogued }), loginToken, { max: 10 })

/** Not recorded, because the entry of X holds its secret. */
const clientOrAppId = string({ min: 1, max: 128, pattern: '[\\w.;_/-]+', unrecorded: true })

const supportedLoginProviders = map(providerName, clientOrAppId, { max: 10 })

const cognitoIdentityProvider = structure({
  ProviderName: optional(string({ min: 1, max: 128, pattern: '[\\w._:/-]+' })),
  ClientId: optional(string({ min: 1, max: 128, pattern: '[\\w_]+' })),
  ServerSideTokenCheck: optional(boolean()),
})

export const poolTags = map(string({ min: 1, max: 128 }), string({ min: 0, max: 256 }))

const developerProviderName = string({ min: 1, max: 128, pattern: '[\\w._-]+' })
/** The same beside a developer user, with whom it may be mixed up. A pool has only one, so that the record lacks nothing. */
export const developerProviderOfUser = string({ min: 1, max: 128, pattern: '[\\w._-]+', unrecorded: true })
export const developerUser = string({ min: 1, max: 1024, unrecorded: true })

/** What CreateIdentityPool and UpdateIdentityPool have in common. */
export const poolMembers = {
  IdentityPoolName: required(poolName),
  AllowUnauthenticatedIdentities: optional(boolean()),
  AllowClassicFlow: optional(boolean()),
  SupportedLoginProviders: optional(supportedLoginProviders),
  DeveloperProviderName: optional(developerProviderName),
  OpenIdConnectProviderARNs: optional(list(anyArn)),
  CognitoIdentityProviders: optional(list(cognitoIdentityProvider)),
  SamlProviderARNs: optional(list(anyArn)),
  IdentityPoolTags: optional(poolTags),
} as const

/** Which claims of a provider become session tags. */
export const principalTags = map(string({ min: 1, max: 128 }), string({ min: 1, max: 256 }), { max: 50 })

export const roles = map(string({ min: 1, max: 128, pattern: '(un)?authenticated' }), anyArn, { max: 2 })

const mappingRule = structure({
  Claim: required(string({ min: 1, max: 64, pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+' })),
  MatchType: required(string({ values: ['Equals', 'Contains', 'StartsWith', 'NotEqual'] })),
  Value: required(string({ min: 1, max: 128 })),
  RoleARN: required(anyArn),
})

const roleMapping = structure({
  Type: required(string({ values: ['Token', 'Rules'] })),
  AmbiguousRoleResolution: optional(string({ values: ['AuthenticatedRole', 'Deny'] })),
  RulesConfiguration: optional(structure({ Rules: required(list(mappingRule, { min: 1, max: 400 })) })),
})

export const roleMappings = map(providerName, roleMapping, { max: 10 })
