export { type EmbeddedCredentials, type EmbeddedSts, issueEmbedded } from './embedded-sts.ts'
export { MAX_SESSION_SECONDS, MIN_SESSION_SECONDS } from './limits.ts'
export { STS_PROFILES, type StsProfile, type StsProfileName, type TagsForm } from './profiles.ts'
export {
  parseR2Grant,
  prefixOf,
  type R2AccessKey,
  type R2Grant,
  type R2GrantInvalid,
  r2Credentials,
} from './r2/index.ts'
export { askRemoteSts, type RemoteSts, type TokenForm } from './remote-sts.ts'
export { checkSessionPolicy, type SessionPolicyRejected } from './session-policy.ts'
export { openSession, type Session } from './session-token.ts'
export { explainTrust, type TrustExplanation, type TrustQuestion, trustPolicyOf } from './trust.ts'
export type {
  AssumeRejected,
  AssumeRequest,
  Narrowing,
  RoleRecord,
  TemporaryCredentials,
  Upstream,
  WebIdentity,
} from './types.ts'
