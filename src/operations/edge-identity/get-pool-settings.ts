import type { Pool } from '../../pools/index.ts'
import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import {
  describePool,
  describeRoles,
  describeTagMaps,
  describeTokenAudiences,
  onPool,
  ownPool,
  poolId,
} from '../pool/index.ts'

/** All settings of a pool at one time, with their version, which SetPoolSettings asks for. Not of AWS's API. */
export const getPoolSettings = signedOperation({
  service: 'edge-identity',
  name: 'GetPoolSettings',
  input: structure({ IdentityPoolId: required(poolId) }),
  ...onPool,
  also: [
    ['DescribeIdentityPool', 'resource'],
    ['GetIdentityPoolRoles', 'resource'],
    ['GetPrincipalTagAttributeMap', 'resource'],
  ],
  async run(input, context) {
    return describeSettings(await ownPool(input.IdentityPoolId, context))
  },
})

/** A pool with all of its settings. */
export function describeSettings(pool: Pool) {
  return {
    ...describePool(pool),
    ...describeRoles(pool),
    PrincipalTagMaps: describeTagMaps(pool),
    TokenAudiences: describeTokenAudiences(pool),
    Version: pool.version,
  }
}
