import { parseR2Grant } from '../../credentials/index.ts'
import type { Pool } from '../../pools/index.ts'
import type { RequestContext } from '../operation.ts'
import { ownGuestPolicy } from './session.ts'
import { currentRing } from './signing.ts'
import { roleRecord } from './vend.ts'

/**
 * Asks, while the pool looks for the identity, for what credentials of this role will need besides. Isolates remember it
 * then. It fails as those who need it would.
 */
export async function askAheadOfVending(
  { guest, pool }: { guest: boolean; pool: Pool },
  role: string,
  context: RequestContext,
): Promise<void> {
  const isR2 = parseR2Grant(role) !== undefined
  await Promise.all([
    guest ? ownGuestPolicy(pool, role, context) : undefined,
    isR2 || context.sts.forRole(role).kind === 'remote' ? undefined : roleRecord(role, context),
    isR2 ? undefined : currentRing(context),
  ])
}
