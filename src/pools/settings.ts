import { namesInTag } from '../base/tag-text.ts'
import type { Spread } from './spread/map.ts'
import type { TokenAudience } from './token-audience.ts'

/** Settings of a pool, as an operator gave them. Absent members were never given, which for `allowClassicFlow` matters. */
export interface PoolSettings {
  name: string
  allowGuests: boolean
  /** Three states: true, false, and never set, which permits the basic flow as AWS does. */
  allowClassicFlow?: boolean | undefined
  /** Client or app id by social provider, such as `accounts.google.com`. */
  socialProviders?: ReadonlyMap<string, string> | undefined
  /** Set once, never changed. */
  developerProvider?: string | undefined
  oidcProviderArns?: readonly string[] | undefined
  userPools?: readonly UserPool[] | undefined
  samlProviderArns?: readonly string[] | undefined
  tags?: ReadonlyMap<string, string> | undefined
  /** Default role ARNs: `authenticated`, `unauthenticated`. */
  roles: ReadonlyMap<string, string>
  /** By provider, in the form in which role mappings name it. */
  roleMappings: ReadonlyMap<string, RoleMapping>
  /** Attributes for access control, by provider in the form in which such maps name it. */
  principalTags: ReadonlyMap<string, PrincipalTagMap>
  /** For which relying parties users of the pool may have tokens. */
  tokenAudiences?: readonly TokenAudience[] | undefined
}

/** Which claims of a provider become session tags. */
export interface PrincipalTagMap {
  /** `client` from the audience and `username` from the subject, instead of `tags`. */
  useDefaults: boolean
  /** Tag key → claim. */
  tags: ReadonlyMap<string, string>
}

export interface UserPool {
  /** `cognito-idp.<region>.amazonaws.com/<user pool id>` */
  provider: string
  clientId?: string | undefined
  serverSideTokenCheck?: boolean | undefined
}

export interface RoleMapping {
  type: 'Token' | 'Rules'
  ambiguous?: 'AuthenticatedRole' | 'Deny' | undefined
  rules?: readonly MappingRule[] | undefined
}

export interface MappingRule {
  claim: string
  match: 'Equals' | 'Contains' | 'StartsWith' | 'NotEqual'
  value: string
  roleArn: string
}

/** An open pool. `version` grows with every change of settings, and names these settings alone. */
export interface Pool {
  id: string
  account: string
  version: number
  settings: PoolSettings
  /** Only of a pool that is spread over several objects. */
  spread?: Spread | undefined
}

/** The tag by which the owner of a pool says over how many objects it is spread. */
export const SHARDS_TAG = 'edge-identity:shards'

/** Objects of a pool with these settings; `undefined` if they say nothing about it. */
export function shardsOf({ tags }: Pick<PoolSettings, 'tags'>): number | undefined {
  const shards = tags?.get(SHARDS_TAG)
  return shards === undefined ? undefined : Number(shards)
}

/** The tag by which the owner of a pool says where its objects are. */
export const PLACES_TAG = 'edge-identity:places'

/** The places of a pool with these settings; `undefined` if they say nothing about it. */
export function placesOf({ tags }: Pick<PoolSettings, 'tags'>): readonly string[] | undefined {
  const places = tags?.get(PLACES_TAG)
  return places === undefined ? undefined : namesInTag(places)
}

/** A change of settings that does not overwrite what another call changes at the same time. */
export type SettingsChange =
  | { kind: 'replace'; settings: Partial<PoolSettings> }
  | { kind: 'tag'; tags: ReadonlyMap<string, string> }
  | { kind: 'untag'; keys: readonly string[] }
  | { kind: 'map_principal_tags'; provider: string; map: PrincipalTagMap }

/** Whether a change says how many objects the pool should have. */
export function setsShards(change: SettingsChange): boolean {
  const tags = change.kind === 'replace' ? change.settings.tags : change.kind === 'tag' ? change.tags : undefined
  return tags?.has(SHARDS_TAG) ?? false
}

export function changed(settings: PoolSettings, change: SettingsChange): PoolSettings {
  switch (change.kind) {
    case 'replace':
      return { ...settings, ...change.settings }
    case 'tag':
      return { ...settings, tags: new Map([...(settings.tags ?? []), ...change.tags]) }
    case 'untag':
      return { ...settings, tags: new Map([...(settings.tags ?? [])].filter(([key]) => !change.keys.includes(key))) }
    case 'map_principal_tags':
      return { ...settings, principalTags: new Map([...settings.principalTags, [change.provider, change.map]]) }
  }
}

/** Settings as one JSON text; `Map`s are kept as `{"$map": [[key, value], …]}`. */
export function encodeSettings(settings: PoolSettings): string {
  return JSON.stringify(settings, (_key, value: unknown) => (value instanceof Map ? { $map: [...value] } : value))
}

export function decodeSettings(text: string): PoolSettings {
  return JSON.parse(text, (_key, value: unknown) => (isMap(value) ? new Map(value.$map) : value)) as PoolSettings
}

function isMap(value: unknown): value is { $map: [string, unknown][] } {
  return typeof value === 'object' && value !== null && '$map' in value
}
