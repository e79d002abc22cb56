import type { Mapping, PoolMembers, TagMap } from './settings.ts'

/** A login provider of a pool, by the names that the parts of its settings have for it. */
export interface Listed {
  kind: 'social' | 'user pool' | 'OpenID Connect' | 'SAML'
  /** As people know it. */
  label: string
  /** In role mappings: a user pool together with its client. */
  mappingKey: string
  /** In attribute maps. */
  tagKey: string
  /** In `Logins`. */
  loginKey: string
}

/** Providers that have one name for everybody, with what their value is. */
export const SOCIAL: readonly (readonly [key: string, label: string, value: string])[] = [
  ['accounts.google.com', 'Google', 'Client id'],
  ['appleid.apple.com', 'Apple', 'Client id (services id or bundle id)'],
  ['graph.facebook.com', 'Facebook', 'App id'],
  ['www.amazon.com', 'Amazon', 'Client id'],
  ['api.twitter.com', 'X', 'Consumer key'],
]

/** X's key, whose value also has a secret. */
export const X = 'api.twitter.com'

const socialLabel = (key: string) => SOCIAL.find(([name]) => name === key)?.[1] ?? key

/** What stands behind the type in the ARN of a provider: the issuer without its scheme, or the name of a SAML provider. */
const nameInArn = (arn: string) => arn.slice(arn.indexOf('/') + 1)

/** All that a pool lists, but for its developer provider, which has neither mappings nor attribute maps. */
export function listedIn(pool: PoolMembers): Listed[] {
  const social = Object.keys(pool.SupportedLoginProviders ?? {}).map(
    (key): Listed => ({ kind: 'social', label: socialLabel(key), mappingKey: key, tagKey: key, loginKey: key }),
  )
  const userPools = (pool.CognitoIdentityProviders ?? []).map(
    ({ ClientId, ProviderName: name }): Listed => ({
      ...{ kind: 'user pool', label: `${nameInArn(name)}, client ${ClientId ?? 'none'}` },
      ...{ mappingKey: `${name}:${ClientId}`, tagKey: name, loginKey: name },
    }),
  )
  const oidc = (pool.OpenIdConnectProviderARNs ?? []).map(
    (arn): Listed => ({ kind: 'OpenID Connect', label: nameInArn(arn), ...sameName(arn), loginKey: nameInArn(arn) }),
  )
  const saml = (pool.SamlProviderARNs ?? []).map(
    (arn): Listed => ({ kind: 'SAML', label: nameInArn(arn), ...sameName(arn), loginKey: arn }),
  )
  return [...userPools, ...oidc, ...saml, ...social]
}

const sameName = (name: string) => ({ mappingKey: name, tagKey: name })

/** The key under which settings have something of a provider: its own name or, for an OpenID Connect provider, its issuer. */
export function keyOf<T extends Mapping | TagMap>(
  name: string,
  { kind, loginKey }: Listed,
  among: Readonly<Record<string, T>> = {},
): string | undefined {
  const names = kind === 'OpenID Connect' ? [name, loginKey, loginKey.replace(/\/$/, ''), `${loginKey}/`] : [name]
  return names.find((one) => Object.hasOwn(among, one))
}

/** How people know the provider of a role mapping or of an attribute map. */
export function labelOf(key: string, pool: PoolMembers): string {
  const found = listedIn(pool).find(
    (one) => one.mappingKey === key || one.tagKey === key || (one.kind === 'OpenID Connect' && one.loginKey === key),
  )
  return found?.label ?? key
}
