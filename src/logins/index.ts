export type { KeysFailure, Login, LoginRejected, SupportedProvider, TrustedProvider, VerifiedLogin } from './login.ts'
export { createLoginVerifier, type LoginVerifier, type LoginVerifierOptions } from './verify.ts'
