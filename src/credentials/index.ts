export { type EmbeddedCredentials, type EmbeddedSts, issueEmbedded } from './embedded-sts.ts'
export { knownKeysAlone, providersIn, trustsEveryTenant } from './federated-trust.ts'
export { roleIdOf } from './issued-ids.ts'
export { claimsByKey, isWorkload } from './issuer-claims.ts'
export { MAX_SESSION_SECONDS, MAX_SESSION_TOKEN_BYTES, MIN_SESSION_SECONDS } from './limits.ts'
export { issueOperatorSession, openOperatorSession } from './operator-session.ts'
export { STS_PROFILES, type StsProfileName } from './profiles.ts'
export {
  openR2Session,
  parseR2Grant,
  parseVends,
  prefixOf,
  type R2AccessKey,
  type R2Grant,
  r2Credentials,
  VENDS_TAG,
  vendsOf,
} from './r2/index.ts'
export { reachSts } from './reach.ts'
export { askRemoteSts, type TokenForm } from './remote-sts.ts'
export { parseRoleArn } from './role-arn.ts'
export { checkSessionPolicy, type SessionPolicyRejected } from './session-policy.ts'
export { checkSessionTags, type InvalidTags, type TagRules, tagsInToken } from './session-tags.ts'
export { openSession, type Session } from './session-token.ts'
export { type StsTarget, StsTargets } from './sts-targets.ts'
export { mayBeAudience } from './token-audience.ts'
export { checkTokenPolicy, type TokenPolicyDenied, type TokenQuestion } from './token-policy.ts'
export { conditionKeysOf, explainTrust } from './trust.ts'
export { parseTrustPolicy, trustPolicyOf, trustsEveryPool } from './trust-policy.ts'
export type {
  AssumeRejected,
  AssumeRequest,
  Narrowing,
  RoleRecord,
  TemporaryCredentials,
  WebIdentity,
} from './types.ts'
