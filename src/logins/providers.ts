import { askedKindOf, isAskedKind, isSameProvider, isSignedKind, nameOf, userPoolOf } from './catalogue.ts'
import { isAudience } from './claims.ts'
import type { Claims, SignedProvider, SocialProvider, TrustedProvider } from './login.ts'
import type { SamlProvider } from './saml/types.ts'

/** The social provider that the pool lists for this key. */
export function socialProviderFor(key: string, trusted: readonly TrustedProvider[]): SocialProvider | undefined {
  return trusted.filter(isSocial).find((provider) => provider.kind === askedKindOf(key))
}

export function samlProviderFor(key: string, trusted: readonly TrustedProvider[]): SamlProvider | undefined {
  return trusted.find((provider): provider is SamlProvider => provider.kind === 'saml' && provider.arn === key)
}

/** Whether the pool lists this provider, but in no way that can be judged here. */
export function isUnsupported(key: string, trusted: readonly TrustedProvider[]): boolean {
  const listed = trusted.filter(
    (provider) => !isSocial(provider) && provider.kind !== 'saml' && isSameProvider(nameOf(provider), key),
  )
  return listed.length > 0 && listed.every((provider) => provider.kind === 'unsupported')
}

/**
 * The entry of `trusted` that a token under `key` is judged by, or `undefined` if none has that name. Where several do,
 * the token's client says which, and then the one that is listed under this very name. The claims are not verified yet, so this only chooses: the chosen entry's client ids
 * are checked again behind the signature. Between entries for the same client, the one that asks for more decides.
 */
export function providerFor(
  key: string,
  claims: Claims,
  trusted: readonly SignedProvider[],
): SignedProvider | undefined {
  const named = trusted.filter((provider) => isSameProvider(nameOf(provider), key))
  const listed = [...named].sort((a, b) => Number(nameOf(b) === key) - Number(nameOf(a) === key))
  const forClient = listed.filter((provider) => isAudience(claims, provider.clientIds))
  return forClient.find(wantsServerSideCheck) ?? forClient[0] ?? listed[0]
}

export function wantsServerSideCheck(provider: SignedProvider): boolean {
  return provider.kind === 'user_pool' && provider.serverSideTokenCheck
}

export function isSigned(provider: TrustedProvider): provider is Exclude<SignedProvider, { kind: 'facebook' }> {
  if (provider.kind === 'user_pool') return userPoolOf(provider.name) !== undefined
  return provider.kind !== 'unsupported' && isSignedKind(provider.kind)
}

function isSocial(provider: TrustedProvider): provider is SocialProvider {
  return provider.kind !== 'unsupported' && isAskedKind(provider.kind)
}
