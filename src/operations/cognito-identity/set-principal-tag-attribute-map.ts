import { boolean, optional, required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import {
  changePool,
  describeTagMap,
  ownPool,
  poolId,
  poolNamed,
  principalTags,
  providerName,
  tagProvider,
} from '../pool/index.ts'

export const setPrincipalTagAttributeMap = signedOperation({
  service: 'cognito-identity',
  name: 'SetPrincipalTagAttributeMap',
  input: structure({
    IdentityPoolId: required(poolId),
    IdentityProviderName: required(providerName),
    UseDefaults: optional(boolean()),
    PrincipalTags: optional(principalTags),
  }),
  resource: () => '*',
  pools: poolNamed,
  async run(input, context) {
    const pool = await ownPool(input.IdentityPoolId, context)
    const provider = tagProvider(input.IdentityProviderName, pool.settings)
    const tagMap = { useDefaults: input.UseDefaults ?? false, tags: input.PrincipalTags ?? new Map() }
    const change = { kind: 'map_principal_tags', provider, map: tagMap } as const
    return describeTagMap(await changePool(input.IdentityPoolId, change, context), input.IdentityProviderName)
  },
})
