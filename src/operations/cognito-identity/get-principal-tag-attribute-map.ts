import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { checkTagProvider, describeTagMap, onPool, ownPool, poolId, providerName } from '../pool/index.ts'

export const getPrincipalTagAttributeMap = signedOperation({
  service: 'cognito-identity',
  name: 'GetPrincipalTagAttributeMap',
  input: structure({ IdentityPoolId: required(poolId), IdentityProviderName: required(providerName) }),
  ...onPool,
  async run(input, context) {
    const pool = await ownPool(input.IdentityPoolId, context)
    checkTagProvider(input.IdentityProviderName, pool.settings)
    return describeTagMap(pool, input.IdentityProviderName)
  },
})
