import type { PoolId } from '../base/ids.ts'
import type { NoPool } from './calls.ts'
import type { Erasable, ErasableFound, ErasableRow, ErasureTarget } from './erasure-table.ts'
import type { ProvenLogin } from './identities.ts'
import type { Pools } from './pools.ts'
import { erasableIn, erasableRows, eraseIn, eraseLoginIn } from './spread/erasing.ts'
import { CHECK_ROWS } from './spread/limits.ts'

/** How users of a pool are erased, for signed callers. */

/** A pool that grows is not touched: what mentions a user may be on its way from one object to another. */
export interface Growing {
  kind: 'growing'
}

/** A user with everything that would be erased; nothing, if nobody is there. Unless it is a dry run, merges under way are ended first. */
export async function lookToErase(
  pools: Pools,
  id: PoolId,
  account: string,
  target: ErasureTarget,
  dryRun = false,
): Promise<ErasableFound | NoPool | Growing> {
  const still = await stillness(pools, id, account)
  if (still) return still
  return pools.writeEither<ErasableFound | NoPool>(id, account, {
    alone: (object) => object.lookToErase({ id: id.text, account, knowsSpread: true }, target),
    spread: async (pool) => ({ kind: 'found', erasable: await erasableIn(pool.here, target, dryRun) }),
  })
}

/**
 * Erases a user. `changed`: they are not as they were found any more; some of what was found may be gone. When this answers
 * `erased`, no row of any object mentions one of the ids or logins.
 */
export async function erase(
  pools: Pools,
  id: PoolId,
  account: string,
  erasable: Erasable,
): Promise<{ kind: 'erased' | 'changed' } | NoPool | Growing> {
  const erased = await pools.writeEither<{ kind: 'erased' | 'changed' } | NoPool>(id, account, {
    alone: (object) => object.erase({ id: id.text, account, knowsSpread: true }, erasable),
    spread: async (pool) => ({ kind: await eraseIn(pool.here, erasable) }),
  })
  return (erased.kind === 'erased' && (await stillness(pools, id, account))) || erased
}

export interface ErasablePage {
  kind: 'page'
  rows: readonly ErasableRow[]
  next: string | undefined
}

/** Some identities after one, with their logins, in order of UUID; and after which to go on. */
export async function rowsToErase(
  pools: Pools,
  id: PoolId,
  account: string,
  after: string,
): Promise<ErasablePage | NoPool | Growing> {
  const still = await stillness(pools, id, account)
  if (still) return still
  return pools.readEither<ErasablePage | NoPool>(id, account, {
    alone: async (object) => {
      const found = await object.rowsToErase({ id: id.text, account, knowsSpread: true }, after, CHECK_ROWS)
      if (found.kind !== 'rows') return found
      const { rows } = found
      return { kind: 'page', rows, next: rows.length === CHECK_ROWS ? rows.at(-1)?.uuid : undefined }
    },
    spread: async (pool) => ({ kind: 'page', ...(await erasableRows(pool.here, after)) }),
  })
}

/** Takes a login off an identity that is not erased, where the login is. */
export async function eraseLogin(
  pools: Pools,
  id: PoolId,
  account: string,
  uuid: string,
  login: ProvenLogin & { claim: string },
): Promise<{ kind: 'erased' | 'changed' } | NoPool> {
  return pools.writeEither<{ kind: 'erased' | 'changed' } | NoPool>(id, account, {
    alone: (object) => object.eraseLogin({ id: id.text, account, knowsSpread: true }, uuid, login),
    spread: async (pool) => ({ kind: await eraseLoginIn(pool.here, uuid, login) }),
  })
}

/** Why nothing can be erased now. */
async function stillness(pools: Pools, id: PoolId, account: string): Promise<NoPool | Growing | undefined> {
  const found = await pools.describeSpread(id, account)
  if (found.kind !== 'described') return found
  return found.growth && found.growth.phase !== 'done' ? { kind: 'growing' } : undefined
}
