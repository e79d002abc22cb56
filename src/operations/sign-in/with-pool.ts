import { type IdentityId, type PoolId, parseIdentityId, parsePoolId } from '../../base/ids.ts'
import type { NoPool, Pool, Stale } from '../../pools/index.ts'
import type { Fault } from '../../protocol/index.ts'
import { noSuchIdentity, noSuchPool } from '../faults.ts'
import type { RequestContext } from '../operation.ts'

/** The pool that a request is about. */
export interface Target {
  /** Leads to the object where the pool would be. */
  id: PoolId | IdentityId
  /** The identity that the request names. */
  identity?: IdentityId | undefined
  /** Whether the pool that was found there is the one that the request may have meant. */
  isMeant: (pool: Pool) => boolean
  /** The fault for there being no such pool. */
  missing: () => Fault
}

/** The pool of this id, in any account. */
export function poolOfId(text: string): Target & { id: PoolId } {
  const id = parsePoolId(text)
  if (!id) throw noSuchPool(text)
  return { id, isMeant: (pool) => pool.id === id.text, missing: () => noSuchPool(text) }
}

/** The pool of this id, if it is the account's own. */
export function poolOfAccount(id: PoolId, account: string): Target {
  const isMeant = (pool: Pool) => pool.id === id.text && pool.account === account
  return { id, isMeant, missing: () => noSuchPool(id.text) }
}

/** The pool of this identity, in any account. */
export function poolOfIdentity(text: string): Target & { identity: IdentityId } {
  const id = parseIdentityId(text)
  if (!id) throw noSuchIdentity(text)
  return { id, identity: id, isMeant: () => true, missing: () => noSuchIdentity(text) }
}

/**
 * Runs `work` with the settings of the pool. They may come from memory: where the pool turns out to have newer ones,
 * `work` runs again with those, so it must not leave anything behind before the pool has answered.
 */
export async function withPool<T extends { kind: string }>(
  { id, isMeant, missing }: Target,
  { pools, position }: Pick<RequestContext, 'pools' | 'position'>,
  work: (pool: Pool) => Promise<T | NoPool | Stale>,
): Promise<Exclude<T, NoPool | Stale>> {
  const meant = async (pool: Pool) => (isMeant(pool) ? work(pool) : ({ kind: 'no_pool' } as const))
  const answer = await pools.withSettings<T>(id, meant, position)
  if (answer.kind === 'no_pool') throw missing()
  return answer as Exclude<T, NoPool | Stale>
}

/** The same for work on logins, which go into the record together with the pool. */
export function withPoolOnRecord<T extends { kind: string }>(
  target: Target,
  context: RequestContext,
  work: (pool: Pool) => Promise<T | NoPool | Stale>,
): Promise<Exclude<T, NoPool | Stale>> {
  return withPool(target, context, (pool) => {
    context.note({ account: pool.account, decision: { pool: pool.id, ...LOGINS_ANEW } })
    return work(pool)
  })
}

/** Lists of a record grow, and the work may run twice: what the first run noted of the logins goes before the second. */
const LOGINS_ANEW = { logins: undefined }
