import { poolTagOf } from '../../base/ids.ts'
import { canonicalName } from '../../logins/index.ts'
import { list, required, structure } from '../../protocol/index.ts'
import { refusalReason, unlinkFault } from '../faults.ts'
import { publicOperation } from '../operation.ts'
import { identityId, logins, providerName } from '../pool/index.ts'
import { poolOfIdentity, presented, verifyLogins, withPoolOnRecord } from '../sign-in/index.ts'

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
  limitedBy: (given) => poolTagOf(given('IdentityId')),
  async run(input, context) {
    const { note, operationId, pools } = context
    const target = poolOfIdentity(input.IdentityId)
    const unlinked = await withPoolOnRecord(target, context, async (pool) => {
      const accepted = await verifyLogins(input.Logins, pool, context)
      const { logins: proven, once } = presented(accepted, NAME, operationId)
      const providers = input.LoginsToRemove.flatMap(namesOf)
      const request = { identity: target.identity, proven, once, providers }
      return pools.unlink(pool, { ...request, operation: operationId })
    })
    if (unlinked.kind !== 'unlinked') {
      note({ decision: { reason: refusalReason(unlinked) } })
      throw unlinkFault(unlinked, input.IdentityId)
    }
    return undefined
  },
})

/** The names under which logins of a provider may be kept: the given one, and what they are kept under if it is another. */
function namesOf(provider: string): string[] {
  const canonical = canonicalName(provider)
  return [provider, canonical, `${canonical}/`]
}
