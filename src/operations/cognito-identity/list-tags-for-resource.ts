import { required, structure } from '../../protocol/index.ts'
import { noSuchPool } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { addressed } from './pool-address.ts'
import { arn } from './shapes.ts'
import { poolOfArn } from './tags.ts'

export const listTagsForResource = signedOperation({
  service: 'cognito-identity',
  name: 'ListTagsForResource',
  input: structure({ ResourceArn: required(arn) }),
  resource: (input) => input.ResourceArn,
  async run(input, { caller, pools }) {
    const poolId = poolOfArn(input.ResourceArn, caller)
    const found = await pools.read(addressed(poolId, caller), caller.account)
    if (found.kind !== 'pool') throw noSuchPool(poolId)
    return { Tags: found.pool.settings.tags ?? new Map() }
  },
})
