import { MAX_SESSION_SECONDS, MIN_SESSION_SECONDS } from '../../credentials/index.ts'
import { integer, string } from '../../protocol/index.ts'

/** Members of AssumeRoleWithWebIdentity, which its simulation takes as well. */
export const webIdentityToken = string({ min: 4, max: 20000, sensitive: true })
export const roleSessionName = string({ min: 2, max: 64, pattern: '[\\w+=,.@-]*' })
export const roleSessionSeconds = integer({ min: MIN_SESSION_SECONDS, max: MAX_SESSION_SECONDS })

/** How long a session lasts whose length nobody says. */
export const DEFAULT_SESSION_SECONDS = 3600
