import { type IdentityId, type PoolId, parseIdentityId, parsePoolId } from '../../base/ids.ts'
import { seconds } from '../../base/world.ts'
import type { Pool } from '../../pools/index.ts'
import type { Caller } from '../caller.ts'
import { tagPairs } from '../iam/shapes.ts'
import type { RequestContext, SignedOperation } from '../operation.ts'
import { isSettingTag, poolArn } from '../pool/index.ts'
import { authorise } from './authorise.ts'

type Input = Readonly<Record<string, unknown>>
type ConditionContext = ReadonlyMap<string, readonly string[]>

/**
 * Refuses a caller whose policy does not allow the operation on what the request names. Pools are looked up for it only
 * if the policy has conditions on them, their tags, or their ARN where the action itself has no resource; and where tags
 * are replaced, or such that set how the service treats a pool are changed. Tags in a request of another name need the permissions to tag and, for those that go, to untag.
 */
export async function checkPermission(
  operation: SignedOperation,
  input: Input,
  caller: Caller,
  services: RequestContext,
): Promise<void> {
  if (operation.resource === null) return
  const resource = await operation.resource(input as never, caller, services)
  const keys = [
    ...globalKeys(caller, services),
    ...tagKeys('aws:resourcetag', await recordTags(input, caller, services)),
    ...policyKeys(input),
  ]
  const requested = requestTags(input)
  for (const pool of await poolsAskedAbout(input, caller, services)) {
    const known = [...keys, ...poolKeys(pool)]
    const check = (action: string, tags: ConditionContext) =>
      authorise(caller, operation.service, action, resource, new Map([...known, ...tags]))
    check(operation.name, requested)
    if (operation.service === 'cognito-identity' && changesSettingTags(input, pool))
      authorise(caller, operation.service, 'SetIdentityPoolRoles', '*', new Map(known))
    const tagging = TAGGING.get(operation.name)
    if (tagging !== undefined && input.Tags !== undefined) check(tagging, requested)
    if (!(input.IdentityPoolTags instanceof Map)) continue
    check('TagResource', requested)
    const dropped = keysDropped(pool, input.IdentityPoolTags)
    if (dropped.length > 0) check('UntagResource', new Map([['aws:tagkeys', dropped]]))
  }
}

/** What IAM asks leave for, besides, when something is created with tags. */
const TAGGING: ReadonlyMap<string, string> = new Map([
  ['CreateOpenIDConnectProvider', 'TagOpenIDConnectProvider'],
  ['CreateRole', 'TagRole'],
  ['CreateSAMLProvider', 'TagSAMLProvider'],
])

/** Condition keys of every request (IAM User Guide, "AWS global condition context keys"). */
function globalKeys(caller: Caller, { clientAddress, issuer, world }: RequestContext): ConditionContext {
  const now = world.now()
  return new Map([
    ['aws:currenttime', [new Date(now).toISOString()]],
    ['aws:epochtime', [String(seconds(now))]],
    ['aws:principalarn', [caller.arn]],
    ['aws:requestedregion', [caller.region]],
    ['aws:securetransport', [String(issuer.startsWith('https:'))]],
    ...(clientAddress === 'local' ? [] : [['aws:sourceip', [clientAddress]] as const]),
  ])
}

/** The policies of roles that a request to IAM names (Service Authorization Reference, IAM). */
function policyKeys({ PermissionsBoundary: boundary, PolicyArn: policy }: Input): [string, readonly string[]][] {
  return [
    ...(typeof policy === 'string' ? [['iam:policyarn', [policy]] as [string, string[]]] : []),
    ...(typeof boundary === 'string' ? [['iam:permissionsboundary', [boundary]] as [string, string[]]] : []),
  ]
}

/** The tags in a request: a map at Cognito, a list of keys and values at IAM. */
function requestTags({ IdentityPoolTags, TagKeys, Tags }: Input): ConditionContext {
  const given = IdentityPoolTags ?? Tags
  if (Array.isArray(TagKeys)) return new Map([['aws:tagkeys', TagKeys as string[]]])
  if (given === undefined) return new Map()
  const tags =
    given instanceof Map ? [...(given as Map<string, string>)] : tagPairs(given as Parameters<typeof tagPairs>[0])
  return new Map([['aws:tagkeys', tags.map(([key]) => key)], ...tagKeys('aws:requesttag', tags)])
}

function tagKeys(name: string, tags: Iterable<readonly [string, string]>): [string, readonly string[]][] {
  return [...tags].map(([key, value]) => [`${name}/${key.toLowerCase()}`, [value]])
}

/** The tags of the role or provider that a request to IAM names, where the policy may ask about them. */
async function recordTags(
  { OpenIDConnectProviderArn: oidc, RoleName: role, SAMLProviderArn: saml }: Input,
  caller: Caller,
  { accounts }: RequestContext,
): Promise<readonly (readonly [string, string])[]> {
  if (caller.kind !== 'user' || !caller.asksAboutTags) return []
  const { account } = caller
  if (typeof role === 'string') return (await accounts.ask(account, (object) => object.role(role)))?.tags ?? []
  if (typeof saml === 'string')
    return (await accounts.ask(account, (object) => object.samlProvidersNamed([saml])))[0]?.tags ?? []
  if (typeof oidc !== 'string') return []
  const providers = await accounts.ask(account, (object) => object.oidcProviders())
  return providers.find(({ arn }) => arn === oidc)?.tags ?? []
}

/** The pools of the request that must be known to judge it; `undefined` for one that is not the caller's, or for none. */
async function poolsAskedAbout(
  input: Input,
  caller: Caller,
  { pools }: RequestContext,
): Promise<readonly (Pool | undefined)[]> {
  const { given, removed } = poolTagsIn(input)
  const tagged = input.IdentityPoolTags !== undefined || [...given.keys(), ...removed].some(isSettingTag)
  const asks = caller.kind === 'user' && (caller.asksAboutTags || tagged)
  const named = asks ? poolsNamed(input) : []
  if (named.length === 0) return [undefined]
  const found = await Promise.all(named.map((id) => pools.readHome(id)))
  return found.map((home) => (home.kind === 'pool' && home.pool.account === caller.account ? home.pool : undefined))
}

/** What a policy may ask about a pool. */
function poolKeys(pool: Pool | undefined): ConditionContext {
  if (!pool) return new Map()
  return new Map([
    ['cognito-identity:identitypoolarn', [poolArn(pool.id, pool.account)]],
    ...tagKeys('aws:resourcetag', pool.settings.tags ?? []),
  ])
}

/**
 * Whether a request changes a tag that sets how the service treats the pool: how long credentials last, and what narrows
 * guests. Leave to tag is given more lightly than leave to say what users may do, which is what this is.
 */
function changesSettingTags(input: Input, pool: Pool | undefined): boolean {
  const { given, removed } = poolTagsIn(input)
  const dropped = input.IdentityPoolTags === undefined ? [] : keysDropped(pool, given)
  const changed = [...given].flatMap(([key, value]) => (pool?.settings.tags?.get(key) === value ? [] : key))
  return [...removed, ...dropped, ...changed].some(isSettingTag)
}

/** The tags that a request gives a pool, and the keys that it takes away by name. */
function poolTagsIn({ IdentityPoolTags, TagKeys, Tags }: Input) {
  const given = IdentityPoolTags ?? Tags
  return {
    given: given instanceof Map ? (given as ReadonlyMap<string, string>) : new Map<string, string>(),
    removed: Array.isArray(TagKeys) ? (TagKeys as readonly string[]) : [],
  }
}

/** Keys of the tags that a pool loses when these replace them. */
function keysDropped(pool: Pool | undefined, tags: ReadonlyMap<string, string>): readonly string[] {
  return [...(pool?.settings.tags?.keys() ?? [])].filter((key) => !tags.has(key))
}

/** The members through which a request names a pool: by its id or its ARN, or by identities in it. */
function poolsNamed(input: Input): (PoolId | IdentityId)[] {
  const { IdentityId, IdentityIdsToDelete, IdentityPoolId, ResourceArn } = input
  if (typeof IdentityPoolId === 'string') return [parsePoolId(IdentityPoolId) ?? []].flat()
  if (typeof ResourceArn === 'string') return [parsePoolId(ResourceArn.replace(/^.*identitypool\//, '')) ?? []].flat()
  const identities = Array.isArray(IdentityIdsToDelete) ? (IdentityIdsToDelete as string[]) : [IdentityId]
  const ids = identities.flatMap((text) => (typeof text === 'string' ? (parseIdentityId(text) ?? []) : []))
  return [...new Map(ids.map((id) => [`${id.region}:${id.tag}`, id])).values()]
}
