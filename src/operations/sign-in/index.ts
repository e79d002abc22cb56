/** The story that all public operations tell: from the logins of a request to an identity, its role, its token and its credentials. */

export { askAheadOfVending } from './ahead.ts'
export {
  checkAudiences,
  signAudienceToken,
  TOKEN_CLAIMS,
  TOKEN_SUBJECTS,
  type TokenClaim,
  type TokenSubject,
} from './audience-token.ts'
export { tokenClaims, webIdentityOf } from './claims.ts'
export { checkDeveloperProvider } from './developer-provider.ts'
export { acceptDeveloperToken, judgeDeveloperToken, splitHandedBack } from './developer-token.ts'
export { developerTokenFault } from './faults.ts'
export { type Grant, grantFor, type NoGrant } from './grant.ts'
export { GUEST_PASS_KEY, guestPlea, judgeGuest, passNetwork, withoutGuestPass } from './guest.ts'
export { type Identified, identify, resolveLogins } from './identify.ts'
export { type AcceptedLogin, developerLogin, presented } from './login.ts'
export { tokenTags } from './principal-tags.ts'
export { sessionFor } from './session.ts'
export { currentRing, keysIn, signToken, tokenId } from './signing.ts'
export { trustedProviders } from './trusted-providers.ts'
export { roleRecord, vend, vendEmbedded } from './vend.ts'
export { acceptedLogins, type JudgedLogin, judgeLogins, printable, verifyLogins } from './verify-logins.ts'
export { poolOfAccount, poolOfId, poolOfIdentity, withPool, withPoolOnRecord } from './with-pool.ts'
