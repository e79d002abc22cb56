export {
  CATALOGUE,
  canonicalName,
  clientIdsOf,
  isSameProvider,
  isSocialListing,
  isUserPoolListing,
  nameOf,
  PROVIDER_HOSTS,
  providerHosts,
  socialProvider,
} from './catalogue.ts'
export { isSubject } from './claims.ts'
export type {
  KeysFailure,
  LoginRejected,
  TrustedProvider,
  VerifiedLogin,
} from './login.ts'
export { createLoginVerifier, type LoginVerifier, type LoginVerifierOptions } from './login-verifier.ts'
export { isCatalogued, isProviderName } from './provider-name.ts'
export { MAX_METADATA_CHARS, MIN_METADATA_CHARS } from './saml/limits.ts'
export { parseSamlMetadata } from './saml/load.ts'
export type { SamlMetadata, SamlRejected } from './saml/types.ts'
export { keptNames, unverifiedIssuer, unverifiedLogin } from './unverified.ts'
export { createUserPoolCheck, type UserPoolCheckOptions } from './user-pool-check.ts'
