import { type MockInstance, vi } from 'vitest'
import { FakeNetwork, issuerKey, sign } from '../../logins/fake-issuer.ts'
import { query } from '../../support/client.ts'

/** Providers as a Logins map names them. The OIDC provider's issuer has a path, as those of tenants do. */
export const USER_POOL = 'cognito-idp.us-east-1.amazonaws.com/us-east-1_Example'
export const OIDC = 'idp.example.com/tenant'
export const GOOGLE = 'accounts.google.com'
export const APPLE = 'appleid.apple.com'

export const OIDC_ARN = `arn:aws:iam::000000000000:oidc-provider/${OIDC}`

/** The client that each provider's tokens are for, unless told. */
export const CLIENT: Readonly<Record<string, string>> = {
  [USER_POOL]: 'webclient1',
  [OIDC]: 'oidc-client',
  [GOOGLE]: '1234.apps.googleusercontent.com',
  [APPLE]: 'com.example.app',
}

/** Pool settings that list all four providers. */
export const ALL_PROVIDERS = {
  CognitoIdentityProviders: [{ ProviderName: USER_POOL, ClientId: CLIENT[USER_POOL] }],
  OpenIdConnectProviderARNs: [OIDC_ARN],
  SupportedLoginProviders: { [GOOGLE]: CLIENT[GOOGLE], [APPLE]: CLIENT[APPLE] },
}

export interface Providers {
  network: FakeNetwork
  /** The key set that all of them publish. */
  keys: object
  fetch: MockInstance<typeof fetch>
  /** A token of `provider` about one of its users. A claim that is changed to `undefined` is left out. */
  token(provider: string, subject: string, claims?: Record<string, unknown>): Promise<string>
  /** A token as `token` makes it, signed with a key that no provider publishes. */
  forged(provider: string, subject: string): Promise<string>
}

/**
 * Puts four identity providers in place of the network, each serving its keys where the real one does, and registers the
 * OIDC one with IAM. Any other address fails to connect.
 */
export async function startProviders(): Promise<Providers> {
  const [key, stranger] = await Promise.all([issuerKey('key-1'), issuerKey('key-1')])
  const network = new FakeNetwork()
  const keys = { keys: [key.jwk] }
  network.serve(`https://${USER_POOL}/.well-known/jwks.json`, keys)
  network.serve('https://www.googleapis.com/oauth2/v3/certs', keys)
  network.serve('https://appleid.apple.com/auth/keys', keys)
  network.serve(`https://${OIDC}/.well-known/openid-configuration`, {
    issuer: `https://${OIDC}`,
    jwks_uri: 'https://keys.example.net/jwks',
  })
  network.serve('https://keys.example.net/jwks', keys)
  const fetch = vi.spyOn(globalThis, 'fetch').mockImplementation((url, init) => network.fetch(String(url), init))
  await registerOidcProvider(OIDC, [CLIENT[OIDC] ?? ''])

  const signed = ({ jwk, privateKey }: typeof key, provider: string, subject: string, claims = {}) =>
    sign({ alg: jwk.alg, kid: jwk.kid }, { ...claimsOf(provider, subject), ...claims }, privateKey)
  return {
    network,
    keys,
    fetch,
    token: (provider, subject, claims) => signed(key, provider, subject, claims),
    forged: (provider, subject) => signed(stranger, provider, subject),
  }
}

export async function registerOidcProvider(provider: string, clientIds: readonly string[]): Promise<void> {
  const clients = clientIds.map((id, index) => [`ClientIDList.member.${index + 1}`, id])
  const answer = await query('iam', {
    Action: 'CreateOpenIDConnectProvider',
    Url: `https://${provider}`,
    ...Object.fromEntries(clients),
  })
  if (answer.status !== 200) throw new Error(answer.xml)
}

function claimsOf(provider: string, subject: string): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000)
  return {
    iss: `https://${provider}`,
    aud: CLIENT[provider],
    sub: subject,
    iat: now - 10,
    exp: now + 3600,
    ...(provider === USER_POOL && { token_use: 'id' }),
  }
}
