import { type IdentityDocument, type LoginProvider, loginProvidersOf } from '../file/index.ts'
import { type IssuerConfig, issuerAddress, providerName } from './issuer-config.mjs'

/** A real OpenID Connect issuer inside the service, for tests. */
export interface TestIssuer {
  /** Where it is. Its discovery document is below, and the login page for browsers. */
  url: string
  /** `iss` of its tokens: that of the provider it stands for. */
  issuer: string
  /** The key of its tokens in `Logins`. */
  provider: string
  /** Client ids. The first is the audience of tokens that name none. */
  clients: readonly string[]
  /** A signed ID token. Claims may be as wrong as a test wants, but for `iss`: an issuer signs for itself alone. */
  idToken(claims: TokenClaims): Promise<string>
}

export interface TokenClaims {
  /** The user. */
  sub: string
  [claim: string]: unknown
}

/** Claims that an issuer does not sign; the message says why. */
class TokenRefused extends Error {
  override readonly name = 'TokenRefused'
}

/**
 * The issuers that stand for the providers of a file, by the file's names: each OpenID Connect issuer, `google`, `apple`, and
 * each user pool by its id. Issuers with `http` are on this machine already, and stay themselves.
 */
export function issuersOf(document: IdentityDocument, redirectUris: readonly string[] = []): IssuerConfig[] {
  const taken = new Set<string>()
  return loginProvidersOf(document).flatMap((provider) => {
    const { clients, issuer, kind, login } = provider
    if (issuer === undefined || !isStoodFor(kind) || !issuer.startsWith('https:')) return []
    // A file may call an issuer of its own "google".
    const name = taken.has(provider.name) ? login.replaceAll('/', '_') : provider.name
    taken.add(name)
    return { name, issuer, kind, clients, redirectUris, algorithm: 'RS256' as const }
  })
}

function isStoodFor(kind: LoginProvider['kind']): kind is IssuerConfig['kind'] {
  return kind === 'oidc' || kind === 'user_pool' || kind === 'google' || kind === 'apple'
}

/** The issuers of a service that runs, by name. */
export function testIssuers(endpoint: string, configs: readonly IssuerConfig[]): Record<string, TestIssuer> {
  return Object.fromEntries(configs.map((config) => [config.name, testIssuer(endpoint, config)]))
}

function testIssuer(endpoint: string, { clients, issuer, name }: IssuerConfig): TestIssuer {
  const url = issuerAddress(endpoint, name)
  return {
    url,
    issuer,
    provider: providerName(issuer),
    clients,
    idToken: async (claims) => {
      const answer = await fetch(`${url}/id-token`, { method: 'POST', body: JSON.stringify(claims) })
      const { error_description, id_token } = (await answer.json()) as Record<string, unknown>
      if (typeof id_token !== 'string') throw new TokenRefused(String(error_description))
      return id_token
    },
  }
}
