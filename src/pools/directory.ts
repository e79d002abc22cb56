import type { IdentityId, PoolId } from '../base/ids.ts'
import type { NoPool } from './calls.ts'
import { type DetailFound, type DetailsAsked, type DetailsFound, type IdentityFound, pageOf } from './details.ts'
import type { ProvenLogin } from './identities.ts'
import { type Pools, uuidOf } from './pools.ts'
import type { Statistics } from './statistics.ts'

/** What operators read of the identities of a pool, for signed callers. */

type DetailsPage = { kind: 'page' } & DetailsFound

/** The identity that has the first of these logins that anybody has. */
export function findIdentity(
  pools: Pools,
  id: PoolId,
  account: string,
  logins: readonly ProvenLogin[],
): Promise<IdentityFound | NoPool> {
  return pools.readEither<IdentityFound | NoPool>(id, account, {
    alone: (object) => object.findIdentity({ id: id.text, account, knowsSpread: true }, logins),
    spread: async (pool) => ({ kind: 'found', identity: await pool.find(logins) }),
  })
}

export function identityDetail(
  pools: Pools,
  id: PoolId,
  account: string,
  identity: IdentityId,
): Promise<DetailFound | NoPool> {
  const uuid = uuidOf(identity)
  return pools.readEither<DetailFound | NoPool>(id, account, {
    alone: (object) => object.identityDetail({ id: id.text, account, knowsSpread: true }, uuid),
    spread: async (pool) => ({ kind: 'found', identity: await pool.detail(uuid) }),
  })
}

/** Identities in order of UUID. A page may be short, or empty, although another follows. */
export function identityDetails(
  pools: Pools,
  id: PoolId,
  account: string,
  asked: DetailsAsked,
): Promise<DetailsPage | NoPool> {
  const { limit } = asked
  return pools.readEither<DetailsPage | NoPool>(id, account, {
    alone: async (object) => {
      const walked = await object.walkDetails(
        { id: id.text, account, knowsSpread: true },
        { ...asked, limit: limit + 1 },
      )
      return walked.kind === 'walked' ? { kind: 'page', ...pageOf([walked], limit) } : walked
    },
    spread: async (pool) => ({ kind: 'page', ...(await pool.details(asked)) }),
  })
}

/** What is known of the numbers of a pool. Who asks may have them counted anew. */
export function poolStatistics(
  pools: Pools,
  id: PoolId,
  account: string,
): Promise<({ kind: 'statistics' } & Statistics) | NoPool> {
  return pools.writeEither<({ kind: 'statistics' } & Statistics) | NoPool>(id, account, {
    alone: (object) => object.statistics({ id: id.text, account, knowsSpread: true }),
    spread: async (pool) => ({ kind: 'statistics', ...(await pool.statistics()) }),
  })
}
