import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { describeRoles, onPool, ownPool, poolId } from '../pool/index.ts'

export const getIdentityPoolRoles = signedOperation({
  service: 'cognito-identity',
  name: 'GetIdentityPoolRoles',
  input: structure({ IdentityPoolId: required(poolId) }),
  ...onPool,
  async run(input, context) {
    const pool = await ownPool(input.IdentityPoolId, context)
    return { IdentityPoolId: pool.id, ...describeRoles(pool) }
  },
})
