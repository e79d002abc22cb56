import type { PoolId } from '../../base/ids.ts'
import { unsupportedDeveloperProvider } from '../faults.ts'
import type { SignedContext } from '../operation.ts'
import { poolOfAccount, withPool } from './with-pool.ts'

/** Refuses a developer provider name that is not the pool's own. */
export async function checkDeveloperProvider(id: PoolId, provider: string, context: SignedContext): Promise<void> {
  await withPool(poolOfAccount(id, context.caller.account), context, async ({ settings }) => {
    if (settings.developerProvider !== provider) throw unsupportedDeveloperProvider()
    return { kind: 'own' }
  })
}
