export { assumeRole, type EmbeddedCredentials, type EmbeddedSts } from './embedded-sts.ts'
export { assumeRoleRemotely, type RemoteSts } from './remote-sts.ts'
export { openSession, type Session } from './session-token.ts'
export type { AssumeRejected, AssumeRequest, RoleRecord, TemporaryCredentials, WebIdentity } from './types.ts'
