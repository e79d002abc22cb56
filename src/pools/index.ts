export {
  beginImportOf,
  cancelImportOf,
  exportIdentities,
  finishImportOf,
  importIdentities,
  importOf,
} from './backup.ts'
export type { BackupIdentity } from './backup-identity.ts'
export type { NoPool, ProofUsed, Stale } from './calls.ts'
export type { CheckPage, Finding } from './check.ts'
export type { IdentityDetail } from './details.ts'
export { findIdentity, identityDetail, identityDetails, poolStatistics } from './directory.ts'
export { linkLogin, mergeIdentities, unlinkLogin } from './directory-writes.ts'
export { erase, eraseLogin, lookToErase, rowsToErase } from './erasing.ts'
export type { Erasable, ErasableRow, ErasureTarget } from './erasure-table.ts'
export { GUEST_TAGS, type GuestLimits, guestLimitsOf } from './guest-settings.ts'
export type { GuestAsked, GuestRefused } from './guests.ts'
export type { IdentityDescription, ProvenLogin } from './identities.ts'
export { IdentityPool } from './identity-pool.ts'
export type { Checked } from './import-end.ts'
export { LAST_USED_OFF, LAST_USED_TAG, lastUsedDaysOf, MAX_LAST_USED_DAYS } from './last-use.ts'
export { MAX_LOGINS_PER_IDENTITY, MAX_SHARDS, MAX_TAGS } from './limits.ts'
export { Pools, uuidOf } from './pools.ts'
export { type Resolution, tooManyLogins } from './resolve.ts'
export { restrictIdentity } from './restrict.ts'
export { type Restricted, type Restriction, WITHOUT_END } from './restrictions.ts'
export type {
  Pool,
  PoolSettings,
  RoleMapping,
  SettingsChange,
  UserPool,
} from './settings.ts'
export { PLACES_TAG, SHARDS_TAG } from './settings.ts'
export type { CheckPosition } from './spread/check-step.ts'
export { CachedHints } from './spread/hints.ts'
export { type Counts, identitiesIn, type Statistics } from './statistics.ts'
export {
  TOKEN_CLAIMS,
  TOKEN_SUBJECTS,
  type TokenAudience,
  type TokenClaim,
  type TokenSubject,
} from './token-audience.ts'
export type { Unlinked } from './unlink.ts'
export type { CountedProof, SingleUseProof } from './used-proofs.ts'
