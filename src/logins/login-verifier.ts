import { err, type Result } from '../base/result.ts'
import type { World } from '../base/world.ts'
import { askedKindOf, canonicalName, isSamlKey, PROVIDER_HOSTS, type ProviderHosts } from './catalogue.ts'
import { createKeySets, type KnownKeySet } from './key-sets.ts'
import type { Login, LoginRejected, TrustedProvider, VerifiedLogin } from './login.ts'
import { isSigned, isUnsupported, samlProviderFor } from './providers.ts'
import { loadSamlLogins } from './saml/load.ts'
import { verifySignedToken } from './signed-token.ts'
import { createSocialLogins } from './social/social-logins.ts'
import { shown } from './token.ts'
import type { UserPoolCheck } from './user-pool-check.ts'

export interface LoginVerifier {
  /**
   * Judges one login against the providers a pool trusts. Never throws for anything a caller, an issuer or KV can do.
   * Nothing is read or fetched for a provider that is not in `trusted`.
   */
  verify(login: Login, trusted: readonly TrustedProvider[]): Promise<Result<VerifiedLogin, LoginRejected>>
  /** The key sets of issuers that this isolate has in memory, of whichever account's providers they are. */
  keySets(): KnownKeySet[]
}

export interface LoginVerifierOptions {
  world: World
  /** Holds issuers' key sets under the prefix `jwks:`. May fail or lose them at any time. */
  cache: KVNamespace
  /** The 32-byte key that seals what `cache` holds. While it is unavailable (a rejection), `cache` is not used. */
  cacheKey: () => Promise<Uint8Array<ArrayBuffer>>
  /** Runs work that may outlast the answer. */
  later: (work: Promise<unknown>) => void
  /** The `iss` of tokens this service signs; such a token is never a login. */
  ownIssuer: string
  /** Allows `http` issuers on loopback hosts, and private addresses. */
  localMode: boolean
  /** Where providers are asked; `PROVIDER_HOSTS` unless told. */
  hosts?: ProviderHosts
  /** Secrets of Facebook apps by app id. With its secret, an app's access tokens are inspected rather than tried out. */
  facebookAppSecrets?: ReadonlyMap<string, string>
  /** Asks a user pool about a user. Without it, a user pool that wants the server-side token check lets nobody in. */
  userPoolCheck?: UserPoolCheck
  /** URLs that SAML assertions may be delivered to, besides AWS's own. */
  samlRecipients?: readonly string[]
  /** Entity ids that SAML assertions may be meant for, besides AWS's own. */
  samlAudiences?: readonly string[]
  /** In local mode: issuers that sign in place of providers, by the providers' names. All else is checked as ever. */
  localIssuers?: ReadonlyMap<string, string>
}

/**
 * Makes the verifier of an isolate. Make one and keep it: it holds key sets, and what providers answered, in memory.
 *
 * Each kind of proof has its own file or folder: the signed token, which serves user pools, OIDC providers, Google and
 * Apple; `social/`, the token that only its provider can read; and `saml/`, the signed assertion.
 */
export function createLoginVerifier(options: LoginVerifierOptions): LoginVerifier {
  const deps = { hosts: PROVIDER_HOSTS, ...options, keySets: createKeySets(options) }
  const social = createSocialLogins(deps)
  return {
    keySets: () => deps.keySets.known(),
    async verify(login, trusted) {
      if (isUnsupported(login.provider, trusted))
        return err({ reason: 'unsupported_provider', provider: login.provider })
      const key = canonicalName(login.provider)
      if (askedKindOf(key)) return social.verify({ ...login, provider: key }, trusted)
      if (isSamlKey(login.provider)) return verifySaml(login, trusted, options)
      return verifySignedToken(login, trusted.filter(isSigned), deps)
    },
  }
}

async function verifySaml(
  { provider, token }: Login,
  trusted: readonly TrustedProvider[],
  options: LoginVerifierOptions,
): Promise<Result<VerifiedLogin, LoginRejected>> {
  const listed = samlProviderFor(provider, trusted)
  if (!listed) return err({ reason: 'provider_not_listed', provider: shown(provider) })
  const { verifySamlLogin } = await loadSamlLogins()
  return verifySamlLogin(token, listed, options)
}
