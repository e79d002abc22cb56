import { integer, optional, required, structure } from '../../protocol/index.ts'
import { roleForbidden } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { mayPassRole } from '../permission/index.ts'
import {
  addressed,
  changePool,
  noteSettingTags,
  onPool,
  ownPool,
  poolId,
  poolMembers,
  roleMappings,
  roleSettingsFrom,
  roles,
  rolesIn,
  settingsFrom,
  tagMaps,
  tagMapsFrom,
  tagsReplaced,
  tokenAudiences,
  tokenAudiencesFrom,
} from '../pool/index.ts'
import { describeSettings } from './get-pool-settings.ts'

/**
 * Replaces all settings of a pool at once, if it still has the version that GetPoolSettings answered; else nothing, with
 * ConcurrentModificationException. What is left out returns to its default; only the developer provider is kept. So no
 * user meets a pool that is half changed. Not of AWS's API.
 */
export const setPoolSettings = signedOperation({
  service: 'edge-identity',
  name: 'SetPoolSettings',
  input: structure({
    IdentityPoolId: required(poolId),
    IfVersion: required(integer({ min: 0 })),
    ...poolMembers,
    Roles: optional(roles),
    RoleMappings: optional(roleMappings),
    PrincipalTagMaps: optional(tagMaps),
    TokenAudiences: optional(tokenAudiences),
  }),
  ...onPool,
  tags: (input) => tagsReplaced({ IdentityPoolTags: input.IdentityPoolTags ?? new Map() }),
  also: [
    ['UpdateIdentityPool', 'resource'],
    ['SetIdentityPoolRoles', '*'],
    ['SetPrincipalTagAttributeMap', '*'],
  ],
  async run(input, context) {
    const { accounts, caller } = context
    const { IdentityPoolId: id, PrincipalTagMaps: maps = new Map(), RoleMappings, Roles = new Map() } = input
    const { developerProvider, ...replaced } = settingsFrom(input, caller)
    const { settings: before } = await ownPool(id, context)
    const pool = { ...before, ...replaced }
    const chosen = roleSettingsFrom({ Roles, RoleMappings }, pool)
    for (const arn of rolesIn(chosen)) if (!(await mayPassRole(arn, context))) throw roleForbidden(arn)
    const settings = {
      ...replaced,
      ...(developerProvider !== undefined && { developerProvider }),
      ...chosen,
      principalTags: tagMapsFrom(maps, pool),
      tokenAudiences: tokenAudiencesFrom(input.TokenAudiences ?? [], context.issuer),
    }
    await accounts.poolIsChanging(caller.account, addressed(id, caller).text)
    const changed = await changePool(id, { kind: 'replace', settings }, context, input.IfVersion)
    noteSettingTags(input.IdentityPoolTags, context)
    await accounts.tell(caller.account, (directory) => directory.poolIsOpen(changed.id, changed.settings.name))
    return describeSettings(changed)
  },
})
