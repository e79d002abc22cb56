/** The story that all public operations tell: from the logins of a request to an identity, its role, its token and its credentials. */

export { acceptLoginsOrToken } from './accept-logins.ts'
export { whyStopped } from './acting.ts'
export { askAheadOfVending } from './ahead.ts'
export { checkAudiences, signAudienceToken, type TokenForm, type TokenRefused } from './audience-token.ts'
export { tokenClaims } from './claims.ts'
export { checkDeveloperProvider } from './developer-provider.ts'
export { judgeDeveloperToken, splitHandedBack } from './developer-token.ts'
export { developerTokenFault, federationOff, payloadTooLarge } from './faults.ts'
export { type Grant, grantFor, type NoGrant } from './grant.ts'
export { GUEST_PASS_KEY, guestPlea, judgeGuest, passNetwork, withoutGuestPass } from './guest.ts'
export { type Identified, identify, resolveLogins } from './identify.ts'
export { type AcceptedLogin, developerLogin, presented } from './login.ts'
export { tokenTags } from './principal-tags.ts'
export { type RoleTokenDenied, roleForToken } from './role-tokens.ts'
export { sessionFor } from './session.ts'
export { currentRing, keysIn, signToken, tokenId } from './signing.ts'
export type { NoHolder, TokenHolder } from './token-holder.ts'
export { trustedProviders } from './trusted-providers.ts'
export { mayAssume, roleRecord, vend, vendEmbedded } from './vend.ts'
export {
  acceptedLogins,
  type JudgedLogin,
  judgeLogins,
  printable,
  verifyLogins,
} from './verify-logins.ts'
export { judgeWebIdentity, notServed, whyHolderStopped } from './web-identity.ts'
export { assumeFaultAtSts, notAuthorized } from './web-identity-faults.ts'
export {
  DEFAULT_SESSION_SECONDS,
  roleSessionName,
  roleSessionSeconds,
  webIdentityToken,
} from './web-identity-members.ts'
export { poolOfAccount, poolOfId, poolOfIdentity, withPoolOnRecord } from './with-pool.ts'
