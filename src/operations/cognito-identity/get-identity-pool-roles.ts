import type { RoleMapping } from '../../pools/index.ts'
import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { onPool, ownPool, poolId } from '../pool/index.ts'

export const getIdentityPoolRoles = signedOperation({
  service: 'cognito-identity',
  name: 'GetIdentityPoolRoles',
  input: structure({ IdentityPoolId: required(poolId) }),
  ...onPool,
  async run(input, context) {
    const pool = await ownPool(input.IdentityPoolId, context)
    const { roleMappings, roles } = pool.settings
    return {
      IdentityPoolId: pool.id,
      Roles: roles.size > 0 ? roles : undefined,
      RoleMappings: roleMappings.size > 0 ? new Map([...roleMappings].map(describeMapping)) : undefined,
    }
  },
})

function describeMapping([provider, mapping]: [string, RoleMapping]) {
  const rules = mapping.rules?.map(({ claim, match, value, roleArn }) => ({
    Claim: claim,
    MatchType: match,
    Value: value,
    RoleARN: roleArn,
  }))
  const described = {
    Type: mapping.type,
    AmbiguousRoleResolution: mapping.ambiguous,
    RulesConfiguration: rules && { Rules: rules },
  }
  return [provider, described] as const
}
