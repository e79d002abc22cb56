import { canonicalName } from '../../logins/index.ts'
import type { PoolSettings } from '../../pools/index.ts'

/** Where a pool has a map of something by provider, the name by which it knows the provider. */
type Naming = (name: string, settings: PoolSettings) => string | undefined

/**
 * The provider of an attribute map, or `undefined` if the pool lists none of this name: a user pool by any of its names and
 * without its client id, a social provider by its key, and others by their ARN. An OIDC provider also has the name of its
 * issuer, which is what templates of AWS call it by.
 */
export const taggedProvider: Naming = (name, settings) => {
  const canonical = canonicalName(name)
  const isUserPool = settings.userPools?.some(({ provider }) => canonicalName(provider) === canonical)
  return isUserPool && !settings.socialProviders?.has(name) ? canonical : otherProvider(name, settings)
}

/** The same for role mappings, which name a user pool together with its client id: `<user pool>:<client id>`. */
export const mappedProvider: Naming = (name, settings) => {
  const at = name.lastIndexOf(':')
  const [userPool, client] = [canonicalName(name.slice(0, at)), name.slice(at + 1)]
  const isUserPool = settings.userPools?.some(
    ({ clientId, provider }) => clientId === client && canonicalName(provider) === userPool,
  )
  return at > 0 && isUserPool ? `${userPool}:${client}` : otherProvider(name, settings)
}

function otherProvider(name: string, settings: PoolSettings): string | undefined {
  const { oidcProviderArns = [], samlProviderArns = [], socialProviders } = settings
  if (socialProviders?.has(name) || oidcProviderArns.includes(name) || samlProviderArns.includes(name)) return name
  const canonical = canonicalName(name)
  const ofIssuer = oidcProviderArns.filter((arn) => canonicalName(issuerIn(arn)) === canonical)
  // Of an issuer that is registered both with a closing slash and without, each has its own clients.
  return ofIssuer.find((arn) => issuerIn(arn) === name) ?? ofIssuer[0]
}

function issuerIn(arn: string): string {
  return arn.slice(arn.indexOf('/') + 1)
}

/** A pool's maps by provider. What is kept under the provider's own name counts before what is kept under another. */
export function byProvider<T>(
  maps: ReadonlyMap<string, T>,
  settings: PoolSettings,
  naming: Naming,
): ReadonlyMap<string, T> {
  const found = new Map<string, T>()
  for (const [name, map] of maps) {
    const provider = naming(name, settings) ?? name
    if (provider === name || !found.has(provider)) found.set(provider, map)
  }
  return found
}
