export { PROVIDER_HOSTS, type ProviderHosts } from './hosts.ts'
export type {
  KeysFailure,
  Login,
  LoginRejected,
  SupportedProvider,
  TrustedProvider,
  VerifiedLogin,
} from './login.ts'
export { createUserPoolCheck, type UserPoolCheck, type UserPoolCheckOptions } from './user-pool-check.ts'
export { createLoginVerifier, type LoginVerifier, type LoginVerifierOptions } from './verify.ts'
