import type { Pool, PoolSettings } from '../../pools/index.ts'
import { Fault } from '../../protocol/index.ts'
import { isListed } from './listed-providers.ts'

/** Attribute maps name a user pool without its client id, a social provider by its key, and others by their ARN. */
export function checkTagProvider(provider: string, settings: PoolSettings): void {
  if (!isListed(provider, settings, (userPool) => userPool.provider))
    throw new Fault('ResourceNotFoundException', `Identity provider '${provider}' not found in this identity pool.`)
}

/** The map of a provider as the API describes it. A provider that never had one gives no tags. */
export function describeTagMap({ id, settings }: Pool, provider: string) {
  const { tags, useDefaults } = settings.principalTags.get(provider) ?? { useDefaults: false, tags: new Map() }
  return {
    IdentityPoolId: id,
    IdentityProviderName: provider,
    UseDefaults: useDefaults,
    PrincipalTags: tags.size > 0 ? tags : undefined,
  }
}
