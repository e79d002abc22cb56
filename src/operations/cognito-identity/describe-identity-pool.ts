import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { ownPool } from './own-pool.ts'
import { onPool } from './pool-address.ts'
import { describePool } from './pool-settings.ts'
import { poolId } from './shapes.ts'

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
