import { edge, regionOf } from '../../session/index.ts'
import type { TokenAudience } from './audiences.ts'

export interface Rule {
  Claim: string
  MatchType: 'Equals' | 'Contains' | 'StartsWith' | 'NotEqual'
  Value: string
  RoleARN: string
}

export interface Mapping {
  Type: 'Token' | 'Rules'
  AmbiguousRoleResolution?: 'AuthenticatedRole' | 'Deny'
  RulesConfiguration?: { Rules: Rule[] }
}

export interface TagMap {
  UseDefaults?: boolean
  PrincipalTags?: Record<string, string>
}

export interface UserPool {
  ProviderName: string
  ClientId?: string
  ServerSideTokenCheck?: boolean
}

/** All that SetPoolSettings replaces. */
export interface PoolMembers {
  IdentityPoolName: string
  AllowUnauthenticatedIdentities: boolean
  /** Three states: apps may also use the classic flow of a pool that never said anything about it. */
  AllowClassicFlow?: boolean
  /** By key of the provider. The value of X has its secret behind a semicolon. */
  SupportedLoginProviders?: Record<string, string>
  DeveloperProviderName?: string
  OpenIdConnectProviderARNs?: string[]
  CognitoIdentityProviders?: UserPool[]
  SamlProviderARNs?: string[]
  IdentityPoolTags?: Record<string, string>
  Roles?: { authenticated?: string; unauthenticated?: string }
  RoleMappings?: Record<string, Mapping>
  PrincipalTagMaps?: Record<string, TagMap>
  TokenAudiences?: TokenAudience[]
}

/** What GetPoolSettings answers. */
export interface Settings extends PoolMembers {
  IdentityPoolId: string
  Version: number
}

/** What an operator wants to be different. A member that is `undefined` returns to its default. */
export type Change = { [K in keyof PoolMembers]?: PoolMembers[K] | undefined }

/** Throws `Refused`. */
export const settingsOf = (IdentityPoolId: string): Promise<Settings> =>
  edge<Settings>('GetPoolSettings', { IdentityPoolId }, regionOf(IdentityPoolId)).then(withoutEmpty)

/** The settings with a change, as they would be saved. */
export const withChange = (settings: Settings, change: Change) => ({ ...settings, ...change }) as Settings

/**
 * Replaces the settings, if the pool still has the version of `settings`. Throws `Refused`; with ConcurrentModificationException if
 * it has another.
 */
export const save = ({ Version, ...members }: Settings): Promise<Settings> =>
  edge<Settings>('SetPoolSettings', { IfVersion: Version, ...members }, regionOf(members.IdentityPoolId)).then(
    withoutEmpty,
  )

/** An attribute map for no provider is none. */
function withoutEmpty({ PrincipalTagMaps = {}, ...settings }: Settings): Settings {
  return Object.keys(PrincipalTagMaps).length > 0 ? { ...settings, PrincipalTagMaps } : settings
}
