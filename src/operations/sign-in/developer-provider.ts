import type { PoolId } from '../../base/ids.ts'
import { noSuchPool, unsupportedDeveloperProvider } from '../faults.ts'
import type { SignedContext } from '../operation.ts'

/** Refuses a developer provider name that is not the pool's own. */
export async function checkDeveloperProvider(pool: PoolId, provider: string, context: SignedContext): Promise<void> {
  const { caller, pools } = context
  const found = await pools.withSettings(pool, async (known) => {
    if (known.id !== pool.text || known.account !== caller.account) return { kind: 'no_pool' }
    if (known.settings.developerProvider !== provider) throw unsupportedDeveloperProvider()
    return { kind: 'own' } as const
  })
  if (found.kind === 'no_pool') throw noSuchPool(pool.text)
}
