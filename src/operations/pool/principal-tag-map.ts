import type { Pool, PoolSettings } from '../../pools/index.ts'
import { Fault } from '../../protocol/index.ts'
import { byProvider, taggedProvider } from './listed-providers.ts'

/** The name under which the map of a provider is kept, or the fault for a provider that the pool does not list. */
export function tagProvider(name: string, settings: PoolSettings): string {
  const provider = taggedProvider(name, settings)
  if (provider !== undefined) return provider
  throw new Fault('ResourceNotFoundException', `Identity provider '${name}' not found in this identity pool.`)
}

/** The map of a provider, under one of its names, as the API describes it. A provider that never had one gives no tags. */
export function describeTagMap({ id, settings }: Pool, provider: string) {
  const maps = byProvider(settings.principalTags, settings, taggedProvider)
  const { tags, useDefaults } = maps.get(tagProvider(provider, settings)) ?? { useDefaults: false, tags: new Map() }
  return {
    IdentityPoolId: id,
    IdentityProviderName: provider,
    UseDefaults: useDefaults,
    PrincipalTags: tags.size > 0 ? tags : undefined,
  }
}
