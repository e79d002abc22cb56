import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { describeTagMap, onPool, ownPool, poolId, providerName } from '../pool/index.ts'

export const getPrincipalTagAttributeMap = signedOperation({
  service: 'cognito-identity',
  name: 'GetPrincipalTagAttributeMap',
  input: structure({ IdentityPoolId: required(poolId), IdentityProviderName: required(providerName) }),
  ...onPool,
  async run(input, context) {
    return describeTagMap(await ownPool(input.IdentityPoolId, context), input.IdentityProviderName)
  },
})
