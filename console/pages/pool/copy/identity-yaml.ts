import type { TokenAudience } from '../audiences.ts'
import { withoutSecret } from '../masked.ts'
import { X } from '../providers.ts'
import type { Mapping, Rule, Settings, TagMap } from '../settings.ts'
import { yamlOf } from './yaml.ts'

/** How identity.yaml calls providers that have one name for everybody. */
const KINDS: Readonly<Record<string, string>> = {
  'accounts.google.com': 'google',
  'appleid.apple.com': 'apple',
  'graph.facebook.com': 'facebook',
  'www.amazon.com': 'amazon',
  [X]: 'twitter',
  'www.digits.com': 'digits',
}

/** The part of identity.yaml that says what this pool is. Roles and issuers are named by their ARNs. */
export function identityYaml(settings: Settings): string {
  const { IdentityPoolId, IdentityPoolName, RoleMappings = {}, Roles = {} } = settings
  const key = IdentityPoolName.replace(/[^\w+=,.@-]+/g, '-')
  const { guests: ofGuests, others, own } = tagsIn(settings.IdentityPoolTags)
  const hasGuests = settings.AllowUnauthenticatedIdentities || Roles.unauthenticated !== undefined
  const guests = { allowed: settings.AllowUnauthenticatedIdentities, role: Roles.unauthenticated, ...ofGuests }
  const pool = {
    id: IdentityPoolId,
    name: key === IdentityPoolName ? undefined : IdentityPoolName,
    guests: hasGuests || Object.keys(ofGuests).length > 0 ? guests : undefined,
    // The file says no where it says nothing, and a pool yes.
    classicFlow: (settings.AllowClassicFlow ?? true) || undefined,
    providers: unlessNone(providersIn(settings)),
    role: Roles.authenticated,
    mappings: unlessNone(valuesBy(RoleMappings, mappingIn)),
    tagsFromClaims: unlessNone(valuesBy(settings.PrincipalTagMaps ?? {}, claimsIn)),
    tokenAudiences: unlessNone(Object.fromEntries((settings.TokenAudiences ?? []).map(audienceIn))),
    ...own,
    tags: unlessNone(others),
  }
  const region = IdentityPoolId.split(':')[0]
  return yamlOf({ version: 1, region, pools: { [key]: pool } })
}

const unlessNone = <T extends object>(value: T) => (Object.keys(value).length > 0 ? value : undefined)

const valuesBy = <T, U>(given: Readonly<Record<string, T>>, convert: (value: T) => U) =>
  Object.fromEntries(Object.entries(given).map(([key, value]) => [key, convert(value)]))

function providersIn(settings: Settings): object[] {
  const userPools = (settings.CognitoIdentityProviders ?? []).map((one) => ({
    userPool: one.ProviderName,
    client: one.ClientId,
    serverSideTokenCheck: one.ServerSideTokenCheck || undefined,
  }))
  const social = Object.entries(settings.SupportedLoginProviders ?? {}).map(([key, value]) =>
    key === X
      ? { twitter: withoutSecret(value), secret: { env: 'X_CONSUMER_SECRET' } }
      : { [KINDS[key] ?? key]: value },
  )
  const { DeveloperProviderName: developer } = settings
  return [
    ...userPools,
    ...(settings.OpenIdConnectProviderARNs ?? []).map((oidc) => ({ oidc })),
    ...(settings.SamlProviderARNs ?? []).map((saml) => ({ saml })),
    ...social,
    ...(developer === undefined ? [] : [{ developer }]),
  ]
}

function mappingIn({ AmbiguousRoleResolution, RulesConfiguration, Type }: Mapping): object {
  const otherwise = AmbiguousRoleResolution === 'AuthenticatedRole' ? 'role' : 'deny'
  return Type === 'Token'
    ? { fromToken: 'roles', otherwise }
    : { rules: (RulesConfiguration?.Rules ?? []).map(ruleIn), otherwise }
}

const MATCHES = { Equals: 'equals', Contains: 'contains', StartsWith: 'startsWith', NotEqual: 'notEquals' } as const

const ruleIn = ({ Claim, MatchType, RoleARN, Value }: Rule) => ({
  claim: Claim,
  [MATCHES[MatchType]]: Value,
  role: RoleARN,
})

const claimsIn = ({ PrincipalTags = {}, UseDefaults }: TagMap) => (UseDefaults ? 'defaults' : PrincipalTags)

const audienceIn = ({ Audience, Claims, Guests, MaxSeconds, Subject }: TokenAudience) =>
  [Audience, { subject: Subject, claims: Claims, maxSeconds: MaxSeconds, guests: Guests }] as const

const list = (value: string) => value.split(' ').filter(Boolean)

/** Tags that identity.yaml has under names of their own, and how their texts become values there. */
const OWN: Readonly<
  Record<string, readonly [place: 'pool' | 'guests', name: string, read: (text: string) => unknown]>
> = {
  'session-seconds': ['pool', 'sessionSeconds', Number],
  'sts-regions': ['pool', 'stsRegions', list],
  shards: ['pool', 'shards', Number],
  places: ['pool', 'places', list],
  'guest-policy': ['guests', 'policy', String],
  'new-guests': ['guests', 'new', (text) => text !== 'off'],
  'guests-per-day': ['guests', 'perDay', Number],
  'guests-per-address-hour': ['guests', 'perAddressHour', Number],
  'guests-per-network-hour': ['guests', 'perNetworkHour', Number],
  'guest-proof': ['guests', 'proof', String],
  'guest-work': ['guests', 'work', Number],
  'guest-proof-failure': ['guests', 'proofFailure', String],
  'guest-ttl-days': ['guests', 'ttlDays', Number],
}

function tagsIn(tags: Readonly<Record<string, string>> = {}) {
  const found = {
    own: {} as Record<string, unknown>,
    guests: {} as Record<string, unknown>,
    // A tag may be called like what every object has.
    others: Object.create(null) as Record<string, string>,
  }
  for (const [key, value] of Object.entries(tags)) {
    const known = key.startsWith('edge-identity:') ? OWN[key.slice('edge-identity:'.length)] : undefined
    if (!known) found.others[key] = value
    else found[known[0] === 'pool' ? 'own' : 'guests'][known[1]] = known[2](value)
  }
  return found
}
