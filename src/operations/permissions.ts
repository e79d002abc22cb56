import { type IdentityId, type PoolId, parseIdentityId, parsePoolId } from '../base/ids.ts'
import { seconds } from '../base/world.ts'
import { authorise, type Caller } from './callers.ts'
import { poolArn } from './cognito-identity/pool-address.ts'
import type { RequestContext, SignedOperation } from './operation.ts'
import type { Services } from './services.ts'

type Input = Readonly<Record<string, unknown>>
type ConditionContext = ReadonlyMap<string, readonly string[]>

/**
 * Refuses a caller whose policy does not allow the operation on what the request names. Pools are looked up for it only
 * if the policy has conditions on them: their tags, or their ARN where the action itself has no resource.
 */
export async function checkPermission(
  operation: SignedOperation,
  input: Input,
  caller: Caller,
  services: RequestContext,
): Promise<void> {
  if (operation.resource === null) return
  const resource = await operation.resource(input as never, caller, services)
  const requested = [...globalKeys(caller, services), ...requestTags(input)]
  for (const context of await poolContexts(input, caller, services)) {
    const known = new Map([...requested, ...context])
    authorise(caller, operation.service, operation.name, resource, known)
    if (input.IdentityPoolTags !== undefined) authorise(caller, operation.service, 'TagResource', resource, known)
  }
}

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

function requestTags({ IdentityPoolTags, TagKeys, Tags }: Input): ConditionContext {
  const given = IdentityPoolTags ?? Tags
  if (Array.isArray(TagKeys)) return new Map([['aws:tagkeys', TagKeys as string[]]])
  if (!(given instanceof Map)) return new Map()
  const tags = [...(given as Map<string, string>)]
  return new Map<string, readonly string[]>([
    ['aws:tagkeys', tags.map(([key]) => key)],
    ...tags.map(([key, value]) => [`aws:requesttag/${key.toLowerCase()}`, [value]] as const),
  ])
}

/** What the policy may ask about each pool of the request; a single empty answer if it asks nothing. */
async function poolContexts(input: Input, caller: Caller, { pools }: Services): Promise<ConditionContext[]> {
  const named = caller.kind === 'user' && caller.asksAboutPools ? poolsNamed(input) : []
  if (named.length === 0) return [new Map()]
  return Promise.all(
    named.map(async (id) => {
      const found = await pools.readHome(id)
      if (found.kind !== 'pool' || found.pool.account !== caller.account) return new Map<string, readonly string[]>()
      const { account, id: poolId, settings } = found.pool
      return new Map<string, readonly string[]>([
        ['cognito-identity:identitypoolarn', [poolArn(poolId, account)]],
        ...[...(settings.tags ?? [])].map(([key, value]) => [`aws:resourcetag/${key.toLowerCase()}`, [value]] as const),
      ])
    }),
  )
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
