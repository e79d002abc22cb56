import { isAudience } from './claims.ts'
import type { Claims, SignedProvider, SocialProvider, TrustedProvider } from './login.ts'
import type { SamlProvider } from './saml/types.ts'

export const GOOGLE = 'accounts.google.com'
export const APPLE = 'appleid.apple.com'
export const FACEBOOK = 'graph.facebook.com'

/** Keys that belong to social providers, whatever else a pool may list under such a name. */
const SOCIAL: ReadonlyMap<string, SocialProvider['kind']> = new Map([
  [FACEBOOK, 'facebook'],
  ['www.amazon.com', 'amazon'],
  ['api.twitter.com', 'twitter'],
  ['www.digits.com', 'digits'],
])

const USER_POOL = /^cognito-idp\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(\1_[A-Za-z0-9]+)$/

/** Whether this is the name of an Amazon Cognito user pool; the region in the host and in the pool id must agree. */
export function isUserPoolName(name: string): boolean {
  return USER_POOL.test(name)
}

/** A user pool by its parts, or `undefined` for a name that no user pool has. */
export function userPoolOf(name: string): { region: string; userPoolId: string } | undefined {
  const [, region, userPoolId] = USER_POOL.exec(name) ?? []
  return region && userPoolId ? { region, userPoolId } : undefined
}

export function isSocialKey(key: string): boolean {
  return SOCIAL.has(key)
}

/** The social provider that the pool lists for this key. */
export function socialProviderFor(key: string, trusted: readonly TrustedProvider[]): SocialProvider | undefined {
  return trusted.filter(isSocial).find((provider) => provider.kind === SOCIAL.get(key))
}

/** Whether a key is the ARN of a SAML provider, in any account. */
export function isSamlKey(key: string): boolean {
  return /^arn:[\w-]+:iam::\d{12}:saml-provider\//.test(key)
}

export function samlProviderFor(key: string, trusted: readonly TrustedProvider[]): SamlProvider | undefined {
  return trusted.find((provider): provider is SamlProvider => provider.kind === 'saml' && provider.arn === key)
}

/** Whether the pool lists this provider, but in no way that can be judged here. */
export function isUnsupported(key: string, trusted: readonly TrustedProvider[]): boolean {
  const listed = trusted.filter(
    (provider) => !isSocial(provider) && provider.kind !== 'saml' && nameOf(provider) === key,
  )
  return listed.length > 0 && listed.every((provider) => provider.kind === 'unsupported')
}

/**
 * The entry of `trusted` that a token under `key` is judged by, or `undefined` if none has that name. Where several do,
 * the token's client says which. The claims are not verified yet, so this only chooses: the chosen entry's client ids
 * are checked again behind the signature. Between entries for the same client, the one that asks for more decides.
 */
export function providerFor(
  key: string,
  claims: Claims,
  trusted: readonly SignedProvider[],
): SignedProvider | undefined {
  const listed = trusted.filter((provider) => nameOf(provider) === key)
  const forClient = listed.filter((provider) => isAudience(claims, provider.clientIds))
  return forClient.find(wantsServerSideCheck) ?? forClient[0] ?? listed[0]
}

export function wantsServerSideCheck(provider: SignedProvider): boolean {
  return provider.kind === 'user_pool' && provider.serverSideTokenCheck
}

export function isSigned(provider: TrustedProvider): provider is Exclude<SignedProvider, { kind: 'facebook' }> {
  if (provider.kind === 'user_pool') return isUserPoolName(provider.name)
  return provider.kind === 'oidc' || provider.kind === 'google' || provider.kind === 'apple'
}

function isSocial(provider: TrustedProvider): provider is SocialProvider {
  const { kind } = provider
  return kind === 'facebook' || kind === 'amazon' || kind === 'twitter' || kind === 'digits'
}

function nameOf(provider: SignedProvider | { kind: 'unsupported'; name: string }): string {
  if (provider.kind === 'google') return GOOGLE
  if (provider.kind === 'apple') return APPLE
  return provider.kind === 'facebook' ? FACEBOOK : provider.name
}
