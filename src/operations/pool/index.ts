/** What an identity pool is at the API: its address, its settings and tags with their checks, and the shapes of requests about it. */
export { allowsUnproven, type GuestProof, guestProofsOf, guestWorkOf } from './guest-tags.ts'
export { byProvider, mappedProvider, taggedProvider } from './listed-providers.ts'
export { changePool, ownPool } from './own-pool.ts'
export { addressed, identityIn, onPool, poolArn, poolNamed, poolsOf } from './pool-address.ts'
export { isRoleOf } from './pool-roles.ts'
export { describePool, settingsFrom } from './pool-settings.ts'
export { describeTagMap, describeTagMaps, tagMaps, tagMapsFrom, tagProvider } from './principal-tag-map.ts'
export { describeRoles, roleSettingsFrom, rolesIn } from './role-settings.ts'
export { guestPolicyOf, isSettingTag, noteSettingTags, sessionSecondsOf, stsRegionsOf } from './setting-tags.ts'
export {
  anyArn,
  developerLogins,
  developerProviderOfUser,
  developerUser,
  identityId,
  logins,
  maxResults,
  nextToken,
  poolId,
  poolMembers,
  poolTags,
  principalTags,
  providerName,
  roleMappings,
  roles,
  unrecordedIdentityId,
} from './shapes.ts'
export { checkTags, onTaggedPool, poolOfArn, tagsReplaced } from './tags.ts'
export {
  audience,
  describeTokenAudiences,
  isNoToken,
  tokenAudienceOf,
  tokenAudiences,
  tokenAudiencesFrom,
  tokenSeconds,
  type WholeTokenAudience,
} from './token-audiences.ts'
