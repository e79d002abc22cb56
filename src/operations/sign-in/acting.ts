import { type PoolId, parseIdentityId, parsePoolId } from '../../base/ids.ts'
import { identityDetail, type Pool } from '../../pools/index.ts'
import type { Fault } from '../../protocol/index.ts'
import type { RequestContext } from '../operation.ts'
import { withPool } from './with-pool.ts'

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

type Reason = 'no_pool' | 'no_identity' | 'foreign_pool' | 'guests_refused' | 'blocked' | 'revoked'

/**
 * Refuses an identity that may act no more, by the word of its pool: tokens and sessions of ours say what was true when they were
 * signed.
 */
export async function checkActing(
  { account, identity: named, pool: poolId, provenAt }: NamedIdentity,
  context: RequestContext,
  refused: (reason: Reason) => Fault,
): Promise<void> {
  const { pools, world } = context
  const [id, identity] = [parsePoolId(poolId), parseIdentityId(named)]
  if (!id || !identity) throw refused('no_identity')
  const found = await withPool(poolOf(id, refused), context, async (pool) => {
    if (account !== undefined && pool.account !== account) return { kind: 'foreign_pool' as const }
    const detail = await identityDetail(pools, id, pool.account, identity)
    return detail.kind === 'found' ? { kind: 'found' as const, pool, identity: detail.identity } : detail
  })
  if (found.kind !== 'found') throw refused(found.kind)
  // What an isolate remembers of a pool may be old, and nothing else here would find that.
  const home = found.identity?.state === 'guest' ? await pools.readHome(id) : found
  if (home.kind === 'no_pool') throw refused('no_pool')
  const reason = stoppedBy({ ...found, pool: home.pool }, provenAt, world.now())
  if (reason !== undefined) throw refused(reason)
}

function poolOf(id: PoolId, refused: (reason: Reason) => Fault) {
  return { id, isMeant: (pool: Pool) => pool.id === id.text, missing: () => refused('no_pool') }
}

type Detail = Extract<Awaited<ReturnType<typeof identityDetail>>, { kind: 'found' }>['identity']

function stoppedBy(
  { identity, pool }: { identity: Detail; pool: Pool },
  provenAt: number,
  now: number,
): Reason | undefined {
  if (!identity || identity.state === 'disabled') return 'no_identity'
  if (identity.state === 'guest' && !pool.settings.allowGuests) return 'guests_refused'
  if (identity.blockedUntil !== undefined && now < identity.blockedUntil) return 'blocked'
  return identity.notBefore !== undefined && provenAt < identity.notBefore ? 'revoked' : undefined
}
