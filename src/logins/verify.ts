import { err, type Result } from '../base/result.ts'
import type { World } from '../base/world.ts'
import { createKeySets } from './key-sets.ts'
import type { Login, LoginRejected, TrustedProvider, VerifiedLogin } from './login.ts'
import { isUnsupported } from './providers.ts'
import { verifySignedToken } from './signed-token.ts'

export interface LoginVerifier {
  /**
   * Judges one login against the providers a pool trusts. Never throws for anything a caller, an issuer or KV can do.
   * Nothing is read or fetched for a provider that is not in `trusted`.
   */
  verify(login: Login, trusted: readonly TrustedProvider[]): Promise<Result<VerifiedLogin, LoginRejected>>
}

export interface LoginVerifierOptions {
  world: World
  /** Holds issuers' key sets under the prefix `jwks:`. May fail or lose them at any time. */
  cache: KVNamespace
  /** The 32-byte key that seals what `cache` holds. While it is unavailable (a rejection), `cache` is not used. */
  cacheKey: () => Promise<Uint8Array<ArrayBuffer>>
  /** The `iss` of tokens this service signs; such a token is never a login. */
  ownIssuer: string
  /** Allows `http` issuers on loopback hosts, and private addresses. */
  localMode: boolean
}

/**
 * Makes the verifier of an isolate. Make one and keep it: it holds the key sets in memory.
 *
 * Each kind of proof has its own file. So far there is one, the signed token, which serves user pools, OIDC providers,
 * Google and Apple.
 */
export function createLoginVerifier(options: LoginVerifierOptions): LoginVerifier {
  const keySets = createKeySets(options)
  return {
    async verify(login, trusted) {
      if (isUnsupported(login.provider, trusted))
        return err({ reason: 'unsupported_provider', provider: login.provider })
      return verifySignedToken(login, trusted, { ...options, keySets })
    },
  }
}
