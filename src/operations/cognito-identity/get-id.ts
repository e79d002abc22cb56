import { homeOf, newIdentityId, parsePoolId } from '../../base/ids.ts'
import { optional, required, string, structure } from '../../protocol/index.ts'
import { noSuchPool } from '../faults.ts'
import { publicOperation } from '../operation.ts'
import { logins, poolId } from '../pool/index.ts'
import { presented, refusedBy, verifyLogins } from '../sign-in/index.ts'

/** The identity of these logins, made if none of them is known. Without logins, a new guest at every call. */
export const getId = publicOperation({
  service: 'cognito-identity',
  name: 'GetId',
  input: structure({
    IdentityPoolId: required(poolId),
    AccountId: optional(string({ min: 1, max: 15, pattern: '\\d+' })),
    Logins: optional(logins),
  }),
  limitedBy: (input) => ({ key: homeOf(input.IdentityPoolId), newGuest: !input.Logins?.size }),
  async run(input, context) {
    const id = parsePoolId(input.IdentityPoolId)
    if (!id) throw noSuchPool(input.IdentityPoolId)
    const resolved = await context.pools.withSettings(id, async (pool) => {
      if (pool.id !== id.text) return { kind: 'no_pool' } as const
      context.learn({ account: pool.account, decision: { pool: pool.id, logins: undefined } })
      const accepted = await verifyLogins(input.Logins ?? new Map(), pool, context)
      const fresh = newIdentityId(id, context.world)
      return context.pools.resolve(pool, { fresh, ...presented(accepted, 'GetId', context.operationId) })
    })
    if (resolved.kind === 'no_pool') throw noSuchPool(input.IdentityPoolId)
    if (resolved.kind !== 'identity') throw refusedBy(resolved, input.IdentityPoolId, context)
    const IdentityId = `${id.region}:${resolved.uuid}`
    context.learn({ response: { identityId: IdentityId }, decision: { identity: IdentityId, guest: resolved.guest } })
    return { IdentityId }
  },
})
