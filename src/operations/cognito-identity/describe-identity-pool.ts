import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { ownPool } from '../pool/own-pool.ts'
import { onPool } from '../pool/pool-address.ts'
import { describePool } from '../pool/pool-settings.ts'
import { poolId } from '../pool/shapes.ts'

export const describeIdentityPool = signedOperation({
  service: 'cognito-identity',
  name: 'DescribeIdentityPool',
  input: structure({ IdentityPoolId: required(poolId) }),
  resource: onPool,
  async run(input, context) {
    const pool = await ownPool(input.IdentityPoolId, context)
    return describePool(pool)
  },
})
