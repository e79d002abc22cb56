import { parseArn } from '../../../src/base/arn.ts'
import { issuerName } from '../../../src/base/issuer-name.ts'
import { canonicalName } from '../../../src/logins/catalogue.ts'
import { byProvider } from '../state/desired.ts'
import {
  audienceState,
  canonicalPolicy,
  type FederationState,
  type MappingState,
  type OidcState,
  type PoolState,
  type RoleState,
  type SamlState,
  sorted,
  type Texts,
} from '../state/state.ts'
import { canonicalTrust } from '../state/trust.ts'
import { type Answer, type Api, Refused } from './api.ts'

/** The pools of the account in this region: ids with their names. */
export async function listPools(api: Api): Promise<{ id: string; name: string }[]> {
  const found: { id: string; name: string }[] = []
  let NextToken: string | undefined
  do {
    const page: Answer = await api.identity('ListIdentityPools', { MaxResults: 60, NextToken })
    for (const { IdentityPoolId, IdentityPoolName } of page.IdentityPools ?? [])
      found.push({ id: IdentityPoolId, name: IdentityPoolName })
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return found
}

/** A pool as it is; `undefined` if there is none of this id. */
export async function observePool(api: Api, id: string): Promise<PoolState | undefined> {
  return present(async () => {
    if (api.own) return settingsState(await api.own('GetPoolSettings', { IdentityPoolId: id }))
    const [pool, roles] = await Promise.all([
      api.identity('DescribeIdentityPool', { IdentityPoolId: id }),
      api.identity('GetIdentityPoolRoles', { IdentityPoolId: id }),
    ])
    return poolState(pool, roles, await claimsOf(api, pool))
  })
}

/** A pool as GetPoolSettings and SetPoolSettings of this service answer it. */
export function settingsState(answer: Answer): PoolState {
  const claims = Object.entries<Answer>(answer.PrincipalTagMaps).map(([provider, { PrincipalTags, UseDefaults }]) => [
    provider,
    { defaults: UseDefaults, tags: sorted(PrincipalTags ?? {}) },
  ])
  const audiences = (answer.TokenAudiences ?? []).map(({ Audience, Claims, Guests, MaxSeconds, Subject }: Answer) => [
    Audience,
    audienceState({ subject: Subject, claims: Claims, maxSeconds: MaxSeconds, guests: Guests }),
  ])
  return {
    ...poolState(answer, answer, sorted(Object.fromEntries(claims))),
    audiences: sorted(Object.fromEntries(audiences)),
    version: answer.Version,
  }
}

function poolState(pool: Answer, roles: Answer, claims: PoolState['claims']): PoolState {
  const userPools: Answer[] = pool.CognitoIdentityProviders ?? []
  return {
    id: pool.IdentityPoolId,
    name: pool.IdentityPoolName,
    guests: pool.AllowUnauthenticatedIdentities ?? false,
    // A pool that never said anything permits it.
    classicFlow: pool.AllowClassicFlow ?? true,
    userPools: userPools
      .map((one) => ({
        provider: canonicalName(one.ProviderName),
        client: one.ClientId,
        check: one.ServerSideTokenCheck ?? false,
      }))
      .sort(byProvider),
    oidc: [...(pool.OpenIdConnectProviderARNs ?? [])].sort(),
    saml: [...(pool.SamlProviderARNs ?? [])].sort(),
    social: sorted(pool.SupportedLoginProviders ?? {}),
    developer: pool.DeveloperProviderName,
    tags: sorted(pool.IdentityPoolTags ?? {}),
    roles: roles.Roles ?? {},
    mappings: sorted(
      Object.fromEntries(
        Object.entries<Answer>(roles.RoleMappings ?? {}).map(([key, mapping]) => [
          mappingKeyOf(key, pool),
          mappingState(mapping),
        ]),
      ),
    ),
    claims,
    // AWS has nothing of the kind.
    audiences: {},
  }
}

/** The one key of a mapping that may have several: an issuer also has its name, and a user pool has several. */
function mappingKeyOf(key: string, pool: Answer): string {
  const arns: string[] = [...(pool.OpenIdConnectProviderARNs ?? []), ...(pool.SamlProviderARNs ?? [])]
  if (arns.includes(key) || key in (pool.SupportedLoginProviders ?? {})) return key
  const ofIssuer = arns.find((arn) => canonicalName(arn.slice(arn.indexOf('/') + 1)) === canonicalName(key))
  const at = key.lastIndexOf(':')
  return ofIssuer ?? `${canonicalName(key.slice(0, at))}:${key.slice(at + 1)}`
}

function mappingState({ AmbiguousRoleResolution, RulesConfiguration, Type }: Answer): MappingState {
  const rules: Answer[] = RulesConfiguration?.Rules ?? []
  return {
    type: Type,
    otherwise: AmbiguousRoleResolution ?? 'Deny',
    rules: rules.map((rule) => ({ claim: rule.Claim, match: rule.MatchType, value: rule.Value, role: rule.RoleARN })),
  }
}

/** The map of claims of each provider that the pool lists and that may have one. */
async function claimsOf(api: Api, pool: Answer): Promise<PoolState['claims']> {
  const userPools: Answer[] = pool.CognitoIdentityProviders ?? []
  const providers = new Set<string>([
    ...userPools.map(({ ProviderName }) => ProviderName),
    ...Object.keys(pool.SupportedLoginProviders ?? {}),
    ...(pool.OpenIdConnectProviderARNs ?? []),
    ...(pool.SamlProviderARNs ?? []),
  ])
  const found = await Promise.all(
    [...providers].map(async (IdentityProviderName) => {
      const map = await present(() =>
        api.identity('GetPrincipalTagAttributeMap', { IdentityPoolId: pool.IdentityPoolId, IdentityProviderName }),
      )
      const tags: Texts = map?.PrincipalTags ?? {}
      const isNone = !map?.UseDefaults && Object.keys(tags).length === 0
      return isNone ? [] : [[IdentityProviderName, { defaults: map?.UseDefaults ?? false, tags: sorted(tags) }]]
    }),
  )
  return sorted(Object.fromEntries(found.flat()))
}

export async function observeRole(api: Api, name: string): Promise<RoleState | undefined> {
  const found = await present(() => api.iam('GetRole', { RoleName: name }))
  if (!found) return undefined
  const { Role } = found
  const [listed, attached] = await Promise.all([
    everyPage(api, 'ListRolePolicies', { RoleName: name }, 'PolicyNames'),
    everyPage(api, 'ListAttachedRolePolicies', { RoleName: name }, 'AttachedPolicies'),
  ])
  const policies = await Promise.all(
    listed.map(async (PolicyName) => {
      const { PolicyDocument } = await api.iam('GetRolePolicy', { RoleName: name, PolicyName })
      return [PolicyName, canonicalPolicy(decodeURIComponent(PolicyDocument))] as const
    }),
  )
  return {
    arn: Role.Arn,
    name,
    path: Role.Path,
    description: Role.Description ?? '',
    maxSessionSeconds: Number(Role.MaxSessionDuration ?? 3600),
    trust: canonicalTrust(decodeURIComponent(Role.AssumeRolePolicyDocument)),
    policies: sorted(Object.fromEntries(policies)),
    attached: attached.map(({ PolicyArn }) => PolicyArn).sort(),
    boundary: Role.PermissionsBoundary?.PermissionsBoundaryArn,
    tags: tagsIn(Role.Tags),
  }
}

export async function observeIssuer(api: Api, arn: string): Promise<OidcState | undefined> {
  const found = await present(() => api.iam('GetOpenIDConnectProvider', { OpenIDConnectProviderArn: arn }))
  if (!found) return undefined
  const clients = [...(found.ClientIDList || [])].sort()
  // IAM answers the URL without its scheme. Only issuers of this machine may have another one than https.
  const name = parseArn(arn)?.resource.replace(/^oidc-provider\//, '') ?? issuerName(found.Url)
  const scheme = /^(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/]|$)/.test(name) ? 'http' : 'https'
  const url = /^https?:/.test(found.Url) ? found.Url : `${scheme}://${name}`
  return { arn, url, clients, tags: tagsIn(found.Tags) }
}

export async function observeSaml(api: Api, arn: string): Promise<SamlState | undefined> {
  const found = await present(() => api.iam('GetSAMLProvider', { SAMLProviderArn: arn }))
  return found && { arn, metadata: found.SAMLMetadataDocument, tags: tagsIn(found.Tags) }
}

/** Whether users of the account may have tokens for other relying parties. */
export async function observeFederation(api: Api): Promise<FederationState> {
  try {
    await api.iam('GetOutboundWebIdentityFederationInfo', {})
    return { enabled: true }
  } catch (error) {
    if (error instanceof Refused && DISABLED.has(error.code)) return { enabled: false }
    throw error
  }
}

/** As the service writes it, and as the AWS SDK does. */
const DISABLED = new Set(['FeatureDisabled', 'FeatureDisabledException'])

function tagsIn(tags: { Key: string; Value?: string }[] | '' | undefined): Texts {
  return sorted(Object.fromEntries((tags || []).map(({ Key, Value }) => [Key, Value ?? ''])))
}

async function everyPage(api: Api, operation: string, input: object, member: string): Promise<Answer[]> {
  const found: Answer[] = []
  let Marker: string | undefined
  do {
    const page = await api.iam(operation, { ...input, Marker })
    found.push(...(page[member] || []))
    Marker = String(page.IsTruncated) === 'true' ? page.Marker : undefined
  } while (Marker !== undefined)
  return found
}

/** What the service has, or `undefined` if it says that it has no such thing. */
async function present<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    const { code } = error as Refused
    if (error instanceof Refused && ABSENT.has(code)) return undefined
    throw error
  }
}

const ABSENT = new Set(['NoSuchEntity', 'NoSuchEntityException', 'ResourceNotFoundException'])
