export {
  CATALOGUE,
  clientIdsOf,
  HOST_SETTINGS,
  isSocialListing,
  isUserPoolListing,
  nameOf,
  PROVIDER_HOSTS,
  providerHosts,
  socialProvider,
} from './catalogue.ts'
export type {
  KeysFailure,
  Login,
  LoginRejected,
  SupportedProvider,
  TrustedProvider,
  VerifiedLogin,
} from './login.ts'
export { createLoginVerifier, type LoginVerifier, type LoginVerifierOptions } from './login-verifier.ts'
export { MAX_METADATA_CHARS, MIN_METADATA_CHARS } from './saml/limits.ts'
export { parseSamlMetadata } from './saml/load.ts'
export type { MetadataRefused } from './saml/metadata.ts'
export type { SamlFacts, SamlMetadata, SamlRejected, SamlRole } from './saml/types.ts'
export { createUserPoolCheck, type UserPoolCheck, type UserPoolCheckOptions } from './user-pool-check.ts'
