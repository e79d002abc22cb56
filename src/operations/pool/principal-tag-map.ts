import type { Pool, PoolSettings } from '../../pools/index.ts'
import { boolean, Fault, map, optional, structure, type Value } from '../../protocol/index.ts'
import { invalidParameter } from '../faults.ts'
import { byProvider, taggedProvider } from './listed-providers.ts'
import { principalTags, providerName } from './shapes.ts'

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

/** The maps of all providers, by name. */
export const tagMaps = map(
  providerName,
  structure({ UseDefaults: optional(boolean()), PrincipalTags: optional(principalTags) }),
)

/** All maps of a pool, as a request gives them. */
export function tagMapsFrom(given: Value<typeof tagMaps>, settings: PoolSettings): PoolSettings['principalTags'] {
  const maps = new Map<string, { useDefaults: boolean; tags: ReadonlyMap<string, string> }>()
  for (const [name, { PrincipalTags: tags = new Map(), UseDefaults: useDefaults = false }] of given) {
    const provider = tagProvider(name, settings)
    if (maps.has(provider)) throw invalidParameter(`The provider of the tags of ${name} has others.`)
    maps.set(provider, { useDefaults, tags })
  }
  return maps
}

/** The maps of those providers of a pool that have one. */
export function describeTagMaps({ settings }: Pool): ReadonlyMap<string, object> {
  const maps = byProvider(settings.principalTags, settings, taggedProvider)
  const listed = [...maps].filter(
    ([provider, { tags, useDefaults }]) =>
      taggedProvider(provider, settings) !== undefined && (useDefaults || tags.size > 0),
  )
  return new Map(
    listed.map(([provider, { tags, useDefaults }]) => [
      provider,
      { UseDefaults: useDefaults, PrincipalTags: tags.size > 0 ? tags : undefined },
    ]),
  )
}
