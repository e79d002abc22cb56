import { parseIdentityId, parsePoolId } from '../../base/ids.ts'
import { identityDetail, type Pool } from '../../pools/index.ts'
import type { RequestContext } from '../operation.ts'

/** An identity as a token or session of ours names it. */
export interface NamedIdentity {
  /** Pool id. */
  pool: string
  identity: string
  /** When that was signed by which it is known, in epoch seconds. */
  provenAt: number
  /** The pool has to be of this account; of any, if left out. */
  account?: string
}

/** Why an identity may act no more. */
export type StopReason = 'no_pool' | 'no_identity' | 'foreign_pool' | 'guests_refused' | 'blocked' | 'revoked'

/**
 * Why an identity may act no more, by the word of its pool; nothing, if it may. Tokens and sessions of ours say what was true when they
 * were signed.
 */
export async function whyStopped(
  { account, identity: named, pool: poolId, provenAt }: NamedIdentity,
  { pools, position, world }: Pick<RequestContext, 'pools' | 'position' | 'world'>,
): Promise<StopReason | undefined> {
  const [id, identity] = [parsePoolId(poolId), parseIdentityId(named)]
  if (!id || !identity) return 'no_identity'
  const found = await pools.withSettings<Found>(
    id,
    async (pool) => {
      if (pool.id !== id.text) return { kind: 'no_pool' }
      if (account !== undefined && pool.account !== account) return { kind: 'foreign_pool' }
      const detail = await identityDetail(pools, id, pool.account, identity)
      return detail.kind === 'found' ? { kind: 'found', pool, identity: detail.identity } : detail
    },
    position,
  )
  if (found.kind !== 'found') return found.kind
  // What an isolate remembers of a pool may be old, and nothing else here would find that.
  const home = found.identity?.state === 'guest' ? await pools.readHome(id) : found
  if (home.kind === 'no_pool') return 'no_pool'
  return stoppedBy({ ...found, pool: home.pool }, provenAt, world.now())
}

type Detail = Extract<Awaited<ReturnType<typeof identityDetail>>, { kind: 'found' }>['identity']

type Found = { kind: 'found'; pool: Pool; identity: Detail } | { kind: 'foreign_pool' }

function stoppedBy(
  { identity, pool }: { identity: Detail; pool: Pool },
  provenAt: number,
  now: number,
): StopReason | undefined {
  if (!identity || identity.state === 'disabled') return 'no_identity'
  if (identity.state === 'guest' && !pool.settings.allowGuests) return 'guests_refused'
  if (identity.blockedUntil !== undefined && now < identity.blockedUntil) return 'blocked'
  return identity.notBefore !== undefined && provenAt < identity.notBefore ? 'revoked' : undefined
}
