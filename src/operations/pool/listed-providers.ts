import type { PoolSettings, UserPool } from '../../pools/index.ts'

/**
 * Whether the pool lists a provider under this name: a social provider by its key, OIDC and SAML providers by ARN, and user
 * pools in the form that `userPoolName` gives them, which differs from map to map.
 */
export function isListed(
  name: string,
  { oidcProviderArns, samlProviderArns, socialProviders, userPools }: PoolSettings,
  userPoolName: (userPool: UserPool) => string | undefined,
): boolean {
  const arns = [...(oidcProviderArns ?? []), ...(samlProviderArns ?? [])]
  return (
    socialProviders?.has(name) || arns.includes(name) || (userPools ?? []).some((one) => userPoolName(one) === name)
  )
}
