import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { identityId, onPool, poolId } from '../pool/index.ts'
import { restrictedIdentity } from './restricted-identity.ts'
import { denyStatement, stillValid } from './still-valid.ts'

/**
 * Takes no token back any more that was signed for an identity until now; whoever signs in anew is served. It says what was given
 * out before and still counts elsewhere. Not of AWS's API.
 */
export const revokeSessions = signedOperation({
  service: 'edge-identity',
  name: 'RevokeSessions',
  input: structure({ IdentityPoolId: required(poolId), IdentityId: required(identityId) }),
  ...onPool,
  async run(input, context) {
    const { identityId, notBefore = 0, pool } = await restrictedIdentity(input, { restriction: 'revoke' }, context)
    const from = new Date(notBefore * 1000)
    return {
      IdentityId: identityId,
      TokensValidFrom: from,
      ...stillValid(pool, context.world.now()),
      DenyStatement: denyStatement(context.issuer, identityId, from),
    }
  },
})
