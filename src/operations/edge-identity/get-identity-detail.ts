import { identityDetail } from '../../pools/index.ts'
import { required, structure } from '../../protocol/index.ts'
import { noSuchIdentity, noSuchPool } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { addressed, identityId, identityIn, onPool, poolId } from '../pool/index.ts'
import { describeDetails } from './identity-details.ts'

/** All that is kept of an identity, with those that lost a merge to it. Not of AWS's API. */
export const getIdentityDetail = signedOperation({
  service: 'edge-identity',
  name: 'GetIdentityDetail',
  // It gives out who somebody is, so that its successes are recorded too.
  readOnly: false,
  input: structure({ IdentityPoolId: required(poolId), IdentityId: required(identityId) }),
  ...onPool,
  async run({ IdentityId, IdentityPoolId }, context) {
    const { caller, pools } = context
    const id = addressed(IdentityPoolId, caller)
    const found = await identityDetail(pools, id, caller.account, identityIn(id, IdentityId))
    if (found.kind === 'no_pool') throw noSuchPool(IdentityPoolId)
    if (!found.identity) throw noSuchIdentity(IdentityId)
    const { forwardedFrom } = found.identity
    const [described] = await describeDetails([found.identity], id, context)
    return { ...described, ForwardedFrom: forwardedFrom.map((uuid) => `${id.region}:${uuid}`) }
  },
})
