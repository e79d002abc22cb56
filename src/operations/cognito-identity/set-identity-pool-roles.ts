import { optional, required, structure } from '../../protocol/index.ts'
import { roleForbidden } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { mayPassRole } from '../permission/index.ts'
import {
  changePool,
  ownPool,
  poolId,
  poolNamed,
  roleMappings,
  roleSettingsFrom,
  roles,
  rolesIn,
} from '../pool/index.ts'

/** Replaces all roles and mappings of the pool. */
export const setIdentityPoolRoles = signedOperation({
  service: 'cognito-identity',
  name: 'SetIdentityPoolRoles',
  input: structure({ IdentityPoolId: required(poolId), Roles: required(roles), RoleMappings: optional(roleMappings) }),
  resource: () => '*',
  pools: poolNamed,
  async run(input, context) {
    const pool = await ownPool(input.IdentityPoolId, context)
    const settings = roleSettingsFrom(input, pool.settings)
    for (const arn of rolesIn(settings)) if (!(await mayPassRole(arn, context))) throw roleForbidden(arn)
    await changePool(input.IdentityPoolId, { kind: 'replace', settings }, context)
    return undefined
  },
})
