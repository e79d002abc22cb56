import { type IdentityDocument, type LoginProvider, loginProvidersOf } from '../file/index.ts'
import { defaultIssuer, type IssuerConfig } from '../server/issuer-config.mjs'

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

/** The issuers of a service that was started for a file: those, and one named `test` that stands for nobody. */
export function allIssuers(
  endpoint: string,
  document: IdentityDocument | undefined,
  redirectUris: readonly string[] = [],
): IssuerConfig[] {
  const ofFile = document ? issuersOf(document, redirectUris) : []
  // The service asks itself by this name, which is loopback whatever the endpoint is called.
  const own = defaultIssuer(`http://localhost:${new URL(endpoint).port}`, redirectUris)
  return ofFile.some(({ name }) => name === own.name) ? ofFile : [...ofFile, own]
}
