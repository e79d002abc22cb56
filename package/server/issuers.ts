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
      const text = await answer.text()
      if (!answer.headers.get('content-type')?.startsWith('application/json')) throw new TokenRefused(text)
      const { error_description, id_token } = JSON.parse(text)
      if (typeof id_token !== 'string') throw new TokenRefused(String(error_description))
      return id_token
    },
  }
}
