import { homeOf, parseIdentityId } from '../../base/ids.ts'
import { list, required, structure } from '../../protocol/index.ts'
import { noSuchIdentity, unlinkFault } from '../faults.ts'
import { publicOperation } from '../operation.ts'
import { identityId, logins, providerName } from '../pool/index.ts'
import { presented, verifyLogins } from '../sign-in/index.ts'

const NAME = 'UnlinkIdentity'

/** Takes public logins off an identity for whoever proves one of its logins. No login that is presented is linked. */
export const unlinkIdentity = publicOperation({
  service: 'cognito-identity',
  name: NAME,
  input: structure({
    IdentityId: required(identityId),
    Logins: required(logins),
    LoginsToRemove: required(list(providerName)),
  }),
  limitedBy: (input) => ({ key: homeOf(input.IdentityId), newGuest: false }),
  async run(input, context) {
    const id = parseIdentityId(input.IdentityId)
    if (!id) throw noSuchIdentity(input.IdentityId)
    const { learn, operationId, pools } = context
    const unlinked = await pools.withSettings(id, async (pool) => {
      learn({ account: pool.account, decision: { pool: pool.id, logins: undefined } })
      const accepted = await verifyLogins(input.Logins, pool, context)
      const { logins: proven, once } = presented(accepted, NAME, operationId)
      return pools.unlink(pool, { identity: id, proven, once, providers: input.LoginsToRemove, operation: operationId })
    })
    if (unlinked.kind === 'no_pool') throw noSuchIdentity(input.IdentityId)
    if (unlinked.kind !== 'unlinked') {
      learn({ decision: { reason: unlinked.kind } })
      throw unlinkFault(unlinked, input.IdentityId)
    }
    return undefined
  },
})
