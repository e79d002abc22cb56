import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { describePool, onPool, ownPool, poolId } from '../pool/index.ts'

export const describeIdentityPool = signedOperation({
  service: 'cognito-identity',
  name: 'DescribeIdentityPool',
  input: structure({ IdentityPoolId: required(poolId) }),
  ...onPool,
  async run(input, context) {
    const pool = await ownPool(input.IdentityPoolId, context)
    return describePool(pool)
  },
})
