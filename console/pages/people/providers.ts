import { useLoad } from '../../parts/index.ts'
import { cognito, regionOf } from '../../session/index.ts'

interface Described {
  SupportedLoginProviders?: Record<string, string>
  CognitoIdentityProviders?: { ProviderName?: string }[]
  OpenIdConnectProviderARNs?: string[]
  SamlProviderARNs?: string[]
  DeveloperProviderName?: string
}

export interface Providers {
  /** As a Logins map names them. */
  names: readonly string[]
  /** That of the owner's backend. */
  developer?: string | undefined
}

/** The providers of a pool, to choose from. Whoever may not read the pool has none, and types. */
export function useProviders(pool: string): Providers {
  const load = useLoad(
    () => cognito<Described>('DescribeIdentityPool', { IdentityPoolId: pool }, regionOf(pool)),
    [pool],
  )
  const current = load.now.value
  return current.state === 'loaded' ? providersOf(current.value) : { names: [] }
}

function providersOf(described: Described): Providers {
  const { CognitoIdentityProviders = [], DeveloperProviderName: developer, SamlProviderARNs = [] } = described
  const { OpenIdConnectProviderARNs = [], SupportedLoginProviders = {} } = described
  const names = [
    ...Object.keys(SupportedLoginProviders),
    ...CognitoIdentityProviders.flatMap(({ ProviderName }) => ProviderName ?? []),
    ...OpenIdConnectProviderARNs.map((arn) => arn.slice(arn.indexOf('/') + 1)),
    ...SamlProviderARNs,
    ...(developer === undefined ? [] : [developer]),
  ]
  return { names: [...new Set(names)], developer }
}
