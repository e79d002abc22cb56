/** The story that all public operations tell: from the logins of a request to an identity, its role, its token and its credentials. */

export { tokenClaims } from './claims.ts'
export { checkDeveloperProvider } from './developer-provider.ts'
export { acceptDeveloperToken, developerTokenFault, judgeDeveloperToken, splitHandedBack } from './developer-token.ts'
export { type Grant, grantFor, type NoGrant } from './grant.ts'
export { type Identified, identify, resolveLogins } from './identify.ts'
export { type AcceptedLogin, developerLogin, presented } from './login.ts'
export { tokenTags } from './principal-tags.ts'
export { sessionFor } from './session.ts'
export { currentRing, signToken, tokenId } from './signing.ts'
export { vend, vendEmbedded } from './vend.ts'
export { acceptedLogins, type JudgedLogin, judgeLogins, printable, verifyLogins } from './verify-logins.ts'
export { poolOfAccount, poolOfId, poolOfIdentity, withPoolOnRecord } from './with-pool.ts'
