import type { Pool } from '../../pools/index.ts'
import { optional, structure, type Value } from '../../protocol/index.ts'
import { roleForbidden } from '../faults.ts'
import type { SignedContext } from '../operation.ts'
import { mayPassRole } from '../permission/index.ts'
import { roleMappings, roleSettingsFrom, roles, rolesIn, tagMaps, tagMapsFrom } from '../pool/index.ts'

/** Settings that nobody has saved yet. What is left out is as the pool has it. */
export const draftShape = structure({
  Roles: optional(roles),
  RoleMappings: optional(roleMappings),
  PrincipalTagMaps: optional(tagMaps),
})

/**
 * A pool as it would be with a draft, or the fault with which SetPoolSettings would refuse it. A role that the pool does not
 * give out by now must be one that the caller may pass: a simulation tells what its trust policy says.
 */
export async function draftedPool(
  pool: Pool,
  { PrincipalTagMaps, RoleMappings, Roles = pool.settings.roles }: Value<typeof draftShape>,
  context: SignedContext,
): Promise<Pool> {
  const { settings } = pool
  const given = roleSettingsFrom({ Roles, RoleMappings }, settings)
  const chosen = { ...given, ...(!RoleMappings && { roleMappings: settings.roleMappings }) }
  const known = new Set(rolesIn(settings))
  for (const arn of rolesIn(chosen)) if (!known.has(arn) && !(await mayPassRole(arn, context))) throw roleForbidden(arn)
  const principalTags = PrincipalTagMaps ? tagMapsFrom(PrincipalTagMaps, settings) : settings.principalTags
  return { ...pool, settings: { ...settings, ...chosen, principalTags } }
}
