import { newIdentityId } from '../../base/ids.ts'
import type { Pool } from '../../pools/index.ts'
import { Fault, integer, map, optional, required, string, structure } from '../../protocol/index.ts'
import { DEVELOPER_TOKEN_SECONDS } from '../../tokens/index.ts'
import { noSuchPool, unsupportedDeveloperProvider } from '../faults.ts'
import { type RequestContext, signedOperation } from '../operation.ts'
import { addressed, identityId, identityIn, logins, onPool, poolId } from '../pool/index.ts'
import {
  type AcceptedLogin,
  claimsOf,
  developerLogin,
  presented,
  refusedBy,
  signToken,
  tokenTags,
  verifyLogins,
} from '../sign-in/index.ts'
import { MAX_DEVELOPER_USER_CHARS } from './limits.ts'

const NAME = 'GetOpenIdTokenForDeveloperIdentity'

/** A token for a user that the caller's own backend has authenticated; the client trades it for credentials. */
export const getOpenIdTokenForDeveloperIdentity = signedOperation({
  service: 'cognito-identity',
  name: NAME,
  readOnly: false,
  management: false,
  input: structure({
    IdentityPoolId: required(poolId),
    IdentityId: optional(identityId),
    Logins: required(logins),
    PrincipalTags: optional(
      map(string({ min: 1, max: 128 }), string({ min: 1, max: 256, unrecorded: true }), { max: 50 }),
    ),
    TokenDuration: optional(integer({ min: 1, max: 86400 })),
  }),
  ...onPool,
  async run(input, context) {
    const { caller, learn, operationId, pools, world } = context
    const home = addressed(input.IdentityPoolId, caller)
    const named = input.IdentityId === undefined ? undefined : identityIn(home, input.IdentityId)
    const resolved = await pools.withSettings(home, async (pool) => {
      if (pool.id !== home.text || pool.account !== caller.account) return { kind: 'no_pool' } as const
      learn({ decision: { pool: pool.id, logins: undefined } })
      const given = input.PrincipalTags && Object.fromEntries(input.PrincipalTags)
      const accepted = await acceptDeveloperLogins(input.Logins, given, pool, context)
      // Judged before the logins are linked: what is refused changes nothing.
      const tags = tokenTags(accepted, pool.settings)
      const fresh = newIdentityId(home, world)
      const answer = await pools.resolve(pool, { identity: named, fresh, ...presented(accepted, NAME, operationId) })
      return answer.kind === 'identity' ? { ...answer, pool, logins: accepted, tags } : answer
    })
    if (resolved.kind === 'no_pool') throw noSuchPool(input.IdentityPoolId)
    if (resolved.kind !== 'identity') throw refusedBy(resolved, input.IdentityId ?? '', context)
    const identified = { ...resolved, identityId: `${home.region}:${resolved.uuid}` }
    const claims = claimsOf(identified, identified.tags)
    learn({ response: { identityId: identified.identityId }, decision: { identity: identified.identityId } })
    const lifetimeSeconds = input.TokenDuration ?? DEVELOPER_TOKEN_SECONDS
    const token = await signToken(claims, { lifetimeSeconds }, context)
    return { IdentityId: identified.identityId, Token: token }
  },
})

/** The developer login, on the signed caller's word; the public ones beside it by their tokens, as everywhere. */
async function acceptDeveloperLogins(
  given: ReadonlyMap<string, string>,
  tags: Readonly<Record<string, string>> | undefined,
  pool: Pool,
  context: RequestContext,
): Promise<AcceptedLogin[]> {
  const provider = pool.settings.developerProvider
  const user = provider === undefined ? undefined : given.get(provider)
  if (provider === undefined || user === undefined) throw unsupportedDeveloperProvider()
  if (user.length > MAX_DEVELOPER_USER_CHARS)
    throw new Fault('InvalidParameterException', 'A developer user identifier may have at most 1024 characters.')
  context.learn({ decision: { logins: [{ provider, accepted: true }] } })
  const others = new Map([...given].filter(([key]) => key !== provider))
  return [developerLogin(provider, user, pool.id, tags), ...(await verifyLogins(others, pool, context))]
}
