/** Our own API: what operators of identity pools need and AWS's API does not have. */
import { blockIdentity, unblockIdentity } from './block-identity.ts'
import { checkPool } from './check-pool.ts'
import { describeService } from './describe-service.ts'
import { describeSpread } from './describe-spread.ts'
import { eraseUser } from './erase-user.ts'
import { explainRequest } from './explain-request.ts'
import { exportIdentities } from './export-identities.ts'
import { findIdentity } from './find-identity.ts'
import { getGuestChallenge } from './get-guest-challenge.ts'
import { getGuestPass } from './get-guest-pass.ts'
import { getIdentityDetail } from './get-identity-detail.ts'
import { getOperatorSession } from './get-operator-session.ts'
import { getPoolSettings } from './get-pool-settings.ts'
import { getPoolStatistics } from './get-pool-statistics.ts'
import { getTokenForAudience } from './get-token-for-audience.ts'
import { importIdentities } from './import-identities.ts'
import { injectFault, listInjectedFaults } from './inject-fault.ts'
import { linkLogin } from './link-login.ts'
import { listIdentityDetails } from './list-identity-details.ts'
import { mergeIdentities } from './merge-identities.ts'
import { pauseSpread, resumeSpread } from './pause-spread.ts'
import { keepAccount, resetAccount } from './reset-account.ts'
import { revokeSessions } from './revoke-sessions.ts'
import { seedIdentity } from './seed-identity.ts'
import { setPoolSettings } from './set-pool-settings.ts'
import { simulateAssumeRoleWithWebIdentity } from './simulate-assume-role-with-web-identity.ts'
import { simulateLogin } from './simulate-login.ts'
import { unlinkLogin } from './unlink-login.ts'
import { watchDecisions } from './watch-decisions.ts'

/** Those of the last line are of local mode alone. */
export const edgeIdentityOperations = [
  ...[checkPool, explainRequest, getPoolSettings, setPoolSettings],
  ...[simulateAssumeRoleWithWebIdentity, simulateLogin],
  ...[eraseUser, findIdentity, getIdentityDetail, getPoolStatistics, listIdentityDetails],
  ...[exportIdentities, importIdentities],
  ...[getGuestChallenge, getGuestPass, getTokenForAudience],
  ...[linkLogin, unlinkLogin, mergeIdentities],
  ...[describeService, getOperatorSession, watchDecisions],
  ...[blockIdentity, unblockIdentity, revokeSessions],
  ...[describeSpread, pauseSpread, resumeSpread],
  ...[injectFault, keepAccount, listInjectedFaults, resetAccount, seedIdentity],
]
