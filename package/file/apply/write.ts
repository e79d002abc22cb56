import { type Api, Refused } from '../service/api.ts'
import { TAGS_OF_CREATION } from '../state/setting-tags.ts'
import type {
  ClaimsState,
  FederationState,
  MappingState,
  OidcState,
  PoolState,
  RoleState,
  SamlState,
  Texts,
} from '../state/state.ts'

/** Makes a pool that nobody can use yet, with what cannot be changed later; gives its id. */
export async function createPool(api: Api, { name, tags }: PoolState, invocation?: string): Promise<string> {
  const IdentityPoolTags = Object.fromEntries(Object.entries(tags).filter(([key]) => TAGS_OF_CREATION.includes(key)))
  const input = {
    IdentityPoolName: name,
    AllowUnauthenticatedIdentities: false,
    AllowClassicFlow: false,
    ...(Object.keys(IdentityPoolTags).length > 0 && { IdentityPoolTags }),
  }
  const { IdentityPoolId } = await api.identity(
    'CreateIdentityPool',
    input,
    invocation === undefined ? {} : { invocation },
  )
  return IdentityPoolId
}

/** The members of UpdateIdentityPool. */
export function poolInput(id: string, pool: PoolState) {
  return {
    IdentityPoolId: id,
    IdentityPoolName: pool.name,
    AllowUnauthenticatedIdentities: pool.guests,
    AllowClassicFlow: pool.classicFlow,
    SupportedLoginProviders: pool.social,
    OpenIdConnectProviderARNs: pool.oidc,
    SamlProviderARNs: pool.saml,
    CognitoIdentityProviders: pool.userPools.map(({ check, client, provider }) => ({
      ProviderName: provider,
      ...(client !== undefined && { ClientId: client }),
      ServerSideTokenCheck: check,
    })),
    ...(pool.developer !== undefined && { DeveloperProviderName: pool.developer }),
    IdentityPoolTags: pool.tags,
  }
}

/** The member RoleMappings of SetIdentityPoolRoles. */
export function mappingsInput(mappings: PoolState['mappings']) {
  return Object.fromEntries(Object.entries(mappings).map(([key, mapping]) => [key, mappingInput(mapping)]))
}

function mappingInput({ otherwise, rules, type }: MappingState) {
  const Rules = rules.map(({ claim, match, role, value }) => ({
    Claim: claim,
    MatchType: match,
    Value: value,
    RoleARN: role,
  }))
  return {
    Type: type,
    AmbiguousRoleResolution: otherwise,
    ...(type === 'Rules' && { RulesConfiguration: { Rules } }),
  }
}

/** What SetPrincipalTagAttributeMap takes besides pool and provider. */
export function claimsInput({ defaults, tags }: ClaimsState) {
  return { UseDefaults: defaults, ...(Object.keys(tags).length > 0 && { PrincipalTags: tags }) }
}

/** Makes or changes a role. What narrows it comes first: of its policies those that go, and the trust before the permissions. */
export async function writeRole(api: Api, before: RoleState | undefined, after: RoleState): Promise<RoleState> {
  const RoleName = after.name
  if (!before) await api.iam('CreateRole', newRole(after))
  else await changeRole(api, before, after)
  for (const PolicyName of Object.keys(before?.policies ?? {}))
    if (after.policies[PolicyName] === undefined) await api.iam('DeleteRolePolicy', { RoleName, PolicyName })
  for (const PolicyArn of before?.attached ?? [])
    if (!after.attached.includes(PolicyArn)) await api.iam('DetachRolePolicy', { RoleName, PolicyArn })
  for (const [PolicyName, PolicyDocument] of Object.entries(after.policies))
    if (before?.policies[PolicyName] !== PolicyDocument)
      await api.iam('PutRolePolicy', { RoleName, PolicyName, PolicyDocument })
  for (const PolicyArn of after.attached)
    if (!before?.attached.includes(PolicyArn)) await api.iam('AttachRolePolicy', { RoleName, PolicyArn })
  return after
}

function newRole(role: RoleState) {
  return {
    RoleName: role.name,
    AssumeRolePolicyDocument: role.trust,
    Path: role.path,
    MaxSessionDuration: role.maxSessionSeconds,
    ...(role.description !== '' && { Description: role.description }),
    ...(role.boundary !== undefined && { PermissionsBoundary: role.boundary }),
    ...tagsInput(role.tags),
  }
}

async function changeRole(api: Api, before: RoleState, after: RoleState): Promise<void> {
  const RoleName = after.name
  if (before.trust !== after.trust) await api.iam('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: after.trust })
  if (before.boundary !== after.boundary)
    await (after.boundary === undefined
      ? api.iam('DeleteRolePermissionsBoundary', { RoleName })
      : api.iam('PutRolePermissionsBoundary', { RoleName, PermissionsBoundary: after.boundary }))
  const { description: Description, maxSessionSeconds: MaxSessionDuration } = after
  if (before.description !== Description || before.maxSessionSeconds !== MaxSessionDuration)
    await api.iam('UpdateRole', { RoleName, Description, MaxSessionDuration })
  await retag(api, 'Role', { RoleName }, before.tags, after.tags)
}

/** Makes or changes an OpenID Connect provider. */
export async function writeIssuer(api: Api, before: OidcState | undefined, after: OidcState): Promise<OidcState> {
  const named = { OpenIDConnectProviderArn: after.arn }
  if (!before) {
    const { clients: ClientIDList, url: Url } = after
    await api.iam('CreateOpenIDConnectProvider', { Url, ClientIDList, ...tagsInput(after.tags) })
    return after
  }
  for (const ClientID of before.clients)
    if (!after.clients.includes(ClientID))
      await api.iam('RemoveClientIDFromOpenIDConnectProvider', { ...named, ClientID })
  for (const ClientID of after.clients)
    if (!before.clients.includes(ClientID)) await api.iam('AddClientIDToOpenIDConnectProvider', { ...named, ClientID })
  await retag(api, 'OpenIDConnectProvider', named, before.tags, after.tags)
  return after
}

/** Makes or changes a SAML provider. */
export async function writeSaml(api: Api, before: SamlState | undefined, after: SamlState): Promise<SamlState> {
  const named = { SAMLProviderArn: after.arn }
  const SAMLMetadataDocument = after.metadata
  if (!before) {
    const Name = after.arn.slice(after.arn.indexOf('/') + 1)
    await api.iam('CreateSAMLProvider', { Name, SAMLMetadataDocument, ...tagsInput(after.tags) })
    return after
  }
  if (before.metadata.trim() !== after.metadata.trim())
    await api.iam('UpdateSAMLProvider', { ...named, SAMLMetadataDocument })
  await retag(api, 'SAMLProvider', named, before.tags, after.tags)
  return after
}

/** Lets users of the account have tokens for other relying parties, or nobody any more. It may be so already, by whoever was faster. */
export async function writeFederation(api: Api, after: FederationState): Promise<FederationState> {
  const [does, done] = after.enabled ? ['Enable', 'FeatureEnabled'] : ['Disable', 'FeatureDisabled']
  try {
    await api.iam(`${does}OutboundWebIdentityFederation`, {})
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== done) throw error
  }
  return after
}

async function retag(api: Api, noun: string, named: object, before: Texts, after: Texts): Promise<void> {
  // Of a role, a tag in other case replaces this one. Without it in between, a role would vend something else.
  const fold = (key: string) => (noun === 'Role' ? key.toLowerCase() : key)
  const kept = new Set(Object.keys(after).map(fold))
  const gone = Object.keys(before).filter((key) => !kept.has(fold(key)))
  const changed = Object.fromEntries(Object.entries(after).filter(([key, value]) => before[key] !== value))
  if (gone.length > 0) await api.iam(`Untag${noun}`, { ...named, TagKeys: gone })
  if (Object.keys(changed).length > 0) await api.iam(`Tag${noun}`, { ...named, ...tagsInput(changed) })
}

function tagsInput(tags: Texts): { Tags?: { Key: string; Value: string }[] } {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
  return Tags.length > 0 ? { Tags } : {}
}
