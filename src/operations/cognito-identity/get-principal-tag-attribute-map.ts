import { required, structure } from '../../protocol/index.ts'
import { noSuchPool } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { addressed, onPool } from './pool-address.ts'
import { checkTagProvider, describeTagMap } from './principal-tag-map.ts'
import { poolId, providerName } from './shapes.ts'

export const getPrincipalTagAttributeMap = signedOperation({
  service: 'cognito-identity',
  name: 'GetPrincipalTagAttributeMap',
  input: structure({ IdentityPoolId: required(poolId), IdentityProviderName: required(providerName) }),
  resource: onPool,
  async run(input, { caller, pools }) {
    const found = await pools.read(addressed(input.IdentityPoolId, caller), caller.account)
    if (found.kind !== 'pool') throw noSuchPool(input.IdentityPoolId)
    checkTagProvider(input.IdentityProviderName, found.pool.settings)
    return describeTagMap(found.pool, input.IdentityProviderName)
  },
})
