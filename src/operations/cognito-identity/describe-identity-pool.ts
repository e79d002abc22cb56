import { required, structure } from '../../protocol/index.ts'
import { noSuchPool } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { addressed, onPool } from './pool-address.ts'
import { describePool } from './pool-settings.ts'
import { poolId } from './shapes.ts'

export const describeIdentityPool = signedOperation({
  service: 'cognito-identity',
  name: 'DescribeIdentityPool',
  input: structure({ IdentityPoolId: required(poolId) }),
  resource: onPool,
  async run(input, { caller, pools }) {
    const found = await pools.read(addressed(input.IdentityPoolId, caller), caller.account)
    if (found.kind !== 'pool') throw noSuchPool(input.IdentityPoolId)
    return describePool(found.pool)
  },
})
