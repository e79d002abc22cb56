import { isAudience } from './claims.ts'
import type { Claims, SupportedProvider, TrustedProvider } from './login.ts'

export const GOOGLE = 'accounts.google.com'
export const APPLE = 'appleid.apple.com'

const USER_POOL = /^cognito-idp\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/\1_[A-Za-z0-9]+$/

/** Whether this is the name of an Amazon Cognito user pool; the region in the host and in the pool id must agree. */
export function isUserPoolName(name: string): boolean {
  return USER_POOL.test(name)
}

/** Whether the pool lists this provider, but in no way that can be judged here. */
export function isUnsupported(key: string, trusted: readonly TrustedProvider[]): boolean {
  const listed = trusted.filter((provider) => nameOf(provider) === key)
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
  trusted: readonly TrustedProvider[],
): SupportedProvider | undefined {
  const listed = trusted.filter(isSupported).filter((provider) => nameOf(provider) === key)
  const forClient = listed.filter((provider) => isAudience(claims, provider.clientIds))
  return forClient.find(wantsServerSideCheck) ?? forClient[0] ?? listed[0]
}

export function wantsServerSideCheck(provider: SupportedProvider): boolean {
  return provider.kind === 'user_pool' && provider.serverSideTokenCheck
}

function isSupported(provider: TrustedProvider): provider is SupportedProvider {
  if (provider.kind === 'user_pool') return isUserPoolName(provider.name)
  return provider.kind !== 'unsupported'
}

function nameOf(provider: TrustedProvider): string {
  if (provider.kind === 'google') return GOOGLE
  if (provider.kind === 'apple') return APPLE
  return provider.name
}
