import { partitionOf } from '../base/arn.ts'
import { issuerName } from '../base/issuer-name.ts'
import { DOMAINS, isAwsRegion } from '../base/regions.ts'
import type { SignedProvider, SocialProvider, TrustedProvider } from './login.ts'
import type { SamlProvider } from './saml/types.ts'

/**
 * Every kind of login provider: the only place that knows their keys, issuers, algorithms, addresses and rules. To add a
 * provider, add its row; where its proof is of a kind of its own, add the file that verifies it.
 */
interface ProviderRow {
  /** The key in `Logins`, where all logins of the kind have the same one. */
  key?: string
  /** Where a pool lists the provider. Role mappings, attribute maps and our tokens name it accordingly. */
  listedIn: 'CognitoIdentityProviders' | 'SupportedLoginProviders' | 'OpenIdConnectProviderARNs' | 'SamlProviderARNs'
  /**
   * What proves a login: a token that the provider signed; a token that only the provider can read, so that it is asked;
   * a SAML assertion; nothing, because the provider has shut down.
   */
  proof: 'signed_token' | 'asked' | 'saml' | 'none'
  /**
   * Whether a token for another client or app counts as one of another provider, which the pool does not list. At the
   * other kinds the audience is then wrong.
   */
  clientIsProvider: boolean
}

/** What a signed token of the kind is verified with. */
interface SignedRow {
  /**
   * No list has a symmetric algorithm or `none`. The provider decides which list counts, so a token cannot choose its own
   * rules (RFC 8725, section 3.1).
   */
  algorithms: readonly string[]
  /** What `iss` may be, with the issuer's URL for each; without it, `https://` and a name of the provider. */
  issuers?: ReadonlyMap<string, string>
  /** Where the keys are, for the issuer's URL. */
  keys(issuer: string, hosts: ProviderHosts): Omit<KeySource, 'issuer'>
}

/** How an entry of SupportedLoginProviders becomes a provider that tokens are judged by. */
interface SocialRow {
  key: string
  /** `value`: the client id, app id, or whatever the pool has for this key. */
  entry(value: string): TrustedProvider
}

/** Where an issuer's keys come from. `url` is the first address asked; with the issuer it names the set in memory and KV. */
export interface KeySource {
  issuer: string
  url: string
  /** Whether `url` is a discovery document, which says where the keys are, or the key set itself. */
  document: 'discovery' | 'keys'
}

/**
 * Where providers are asked that have one address for everybody. Each is a URL without a final slash, and each can be
 * replaced by a setting, for a proxy or for a stand-in in tests. User pools and OIDC providers are found by their own names.
 */
const HOSTS = {
  /** The Graph API with its version. A version expires about two years after the next one. */
  facebookGraph: { setting: 'FACEBOOK_GRAPH_URL', url: 'https://graph.facebook.com/v25.0' },
  /** The host of the keys that sign Facebook's Limited Login tokens. */
  facebookLimited: { setting: 'FACEBOOK_LIMITED_URL', url: 'https://limited.facebook.com' },
  amazonApi: { setting: 'AMAZON_API_URL', url: 'https://api.amazon.com' },
  /** Requests to X are signed together with this URL. */
  twitterApi: { setting: 'X_API_URL', url: 'https://api.x.com' },
  /** The key set itself. */
  appleKeys: { setting: 'APPLE_KEYS_URL', url: 'https://appleid.apple.com/auth/keys' },
  /** The key set itself. */
  googleKeys: { setting: 'GOOGLE_KEYS_URL', url: 'https://www.googleapis.com/oauth2/v3/certs' },
} as const

export type ProviderHosts = Readonly<Record<keyof typeof HOSTS, string>>

/** Settings that replace the address of a provider. */
export const HOST_SETTINGS: readonly string[] = Object.values(HOSTS).map(({ setting }) => setting)

/** The addresses of providers, where settings have replaced them and where not. `urls`: by the name of the setting. */
export function providerHosts(urls: ReadonlyMap<string, string> = new Map()): ProviderHosts {
  const hosts = Object.entries(HOSTS).map(([name, { setting, url }]) => [name, urls.get(setting) ?? url])
  return Object.fromEntries(hosts) as Record<keyof typeof HOSTS, string>
}

/** The addresses of providers as they are without settings. */
export const PROVIDER_HOSTS: ProviderHosts = providerHosts()

const GOOGLE = 'accounts.google.com'
const APPLE = 'appleid.apple.com'
export const FACEBOOK = 'graph.facebook.com'
export const AMAZON = 'www.amazon.com'
export const TWITTER = 'api.twitter.com'
const DIGITS = 'www.digits.com'

/** `iss` of Facebook's Limited Login: the first is the documented one, the others are in use. */
const LIMITED_LOGIN = ['https://www.facebook.com', 'https://facebook.com', 'https://limited.facebook.com']

/** `iss` in what Amazon tells of an access token. */
export const AMAZON_ISSUERS: readonly unknown[] = [`https://${AMAZON}`, AMAZON]

export const CATALOGUE = {
  user_pool: {
    listedIn: 'CognitoIdentityProviders',
    proof: 'signed_token',
    clientIsProvider: true,
    algorithms: ['RS256'],
    keys: (issuer) => ({ url: `${issuer}/.well-known/jwks.json`, document: 'keys' }),
  },
  google: {
    key: GOOGLE,
    listedIn: 'SupportedLoginProviders',
    proof: 'signed_token',
    clientIsProvider: false,
    entry: (value) => ({ kind: 'google', clientIds: [value] }),
    algorithms: ['RS256'],
    // Google signs tokens with and without the scheme.
    issuers: new Map([
      [`https://${GOOGLE}`, `https://${GOOGLE}`],
      [GOOGLE, `https://${GOOGLE}`],
    ]),
    keys: (_issuer, { googleKeys }) => ({ url: googleKeys, document: 'keys' }),
  },
  apple: {
    key: APPLE,
    listedIn: 'SupportedLoginProviders',
    proof: 'signed_token',
    clientIsProvider: false,
    entry: (value) => ({ kind: 'apple', clientIds: [value] }),
    algorithms: ['RS256'],
    keys: (_issuer, { appleKeys }) => ({ url: appleKeys, document: 'keys' }),
  },
  /** An access token, which Facebook is asked about, or the signed token of Limited Login. The key is a host of its API. */
  facebook: {
    key: FACEBOOK,
    listedIn: 'SupportedLoginProviders',
    proof: 'asked',
    clientIsProvider: true,
    entry: (value) => ({ kind: 'facebook', appId: value }),
    algorithms: ['RS256'],
    issuers: new Map(LIMITED_LOGIN.map((issuer) => [issuer, issuer])),
    keys: (_issuer, { facebookLimited }) => ({
      url: `${facebookLimited}/.well-known/oauth/openid/jwks/`,
      document: 'keys',
    }),
  },
  amazon: {
    key: AMAZON,
    listedIn: 'SupportedLoginProviders',
    proof: 'asked',
    clientIsProvider: true,
    entry: (value) => ({ kind: 'amazon', appId: value }),
  },
  /** X. It is asked with a signature of the consumer key, so that it answers for tokens of that app alone. */
  twitter: {
    key: TWITTER,
    listedIn: 'SupportedLoginProviders',
    proof: 'asked',
    clientIsProvider: false,
    entry: twitterEntry,
  },
  digits: {
    key: DIGITS,
    listedIn: 'SupportedLoginProviders',
    proof: 'none',
    clientIsProvider: false,
    entry: () => ({ kind: 'digits' }),
  },
  oidc: {
    listedIn: 'OpenIdConnectProviderARNs',
    proof: 'signed_token',
    clientIsProvider: false,
    algorithms: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'],
    keys: (issuer) => ({
      url: `${issuer}/.well-known/openid-configuration`,
      document: 'discovery',
    }),
  },
  saml: { listedIn: 'SamlProviderARNs', proof: 'saml', clientIsProvider: false },
} as const satisfies Record<SignedProvider['kind'], ProviderRow & SignedRow> &
  Record<'google' | 'apple', ProviderRow & SocialRow> &
  Record<SocialProvider['kind'], ProviderRow & SocialRow & { proof: 'asked' | 'none' }> &
  Record<SamlProvider['kind'], ProviderRow>

type Kind = keyof typeof CATALOGUE

/** Pools have `<consumer key>;<consumer secret>` for this key. */
function twitterEntry(value: string): TrustedProvider {
  const [, consumerKey = value, consumerSecret = ''] = /^([^;]*);(.*)$/.exec(value) ?? []
  return { kind: 'twitter', consumerKey, consumerSecret }
}

/** Keys of SupportedLoginProviders with what their entries become. */
const SOCIAL: ReadonlyMap<string, SocialRow> = new Map(
  Object.values(CATALOGUE).flatMap((row) => ('entry' in row ? [[row.key, row] as const] : [])),
)

/** Whether a pool may have this key in SupportedLoginProviders. */
export function isSocialListing(key: string): boolean {
  return SOCIAL.has(key)
}

/** The provider that an entry of SupportedLoginProviders stands for. */
export function socialProvider(key: string, value: string): TrustedProvider {
  return SOCIAL.get(key)?.entry(value) ?? { kind: 'unsupported', name: key }
}

/** Whether a token of this kind that the provider signed is a proof by itself. */
export function isSignedKind(kind: Kind): boolean {
  return CATALOGUE[kind].proof === 'signed_token'
}

/** Whether logins of this kind are judged by what their provider says when it is asked, if it still can be. */
export function isAskedKind(kind: Kind): kind is SocialProvider['kind'] {
  const { proof } = CATALOGUE[kind]
  return proof === 'asked' || proof === 'none'
}

/** Kinds whose provider is asked, by key. */
const ASKED: ReadonlyMap<string, SocialProvider['kind']> = new Map(
  (Object.keys(CATALOGUE) as Kind[]).filter(isAskedKind).map((kind) => [CATALOGUE[kind].key, kind]),
)

/** The kind of provider that this key belongs to, whatever else a pool may list under such a name. */
export function askedKindOf(key: string): SocialProvider['kind'] | undefined {
  return ASKED.get(key)
}

/** Whether a key is the ARN of a SAML provider, in any account. */
export function isSamlKey(key: string): boolean {
  return /^arn:[\w-]+:iam::\d{12}:saml-provider\//.test(key)
}

/** The name under which logins of a provider are kept: of a user pool the first one, of an issuer the listed one. */
export function nameOf(provider: TrustedProvider | SignedProvider): string {
  if (provider.kind === 'saml') return provider.arn
  if (provider.kind === 'user_pool') return canonicalName(provider.name)
  return 'name' in provider ? provider.name : CATALOGUE[provider.kind].key
}

/** The client ids that a pool accepts of a provider, as far as its tokens name one. A consumer key comes with a secret. */
export function clientIdsOf(provider: TrustedProvider): readonly string[] {
  if ('clientIds' in provider) return provider.clientIds
  return 'appId' in provider ? [provider.appId] : []
}

/**
 * The issuer's URL behind `iss` in a signed token under this key, or `undefined` where they do not agree. They do if `iss` is
 * `https://` and a name of the provider that the key names; some providers write what their row has. The URL has the host
 * of `iss`, where its keys are, and no closing slash.
 */
export function issuerUrl(iss: string, key: string): string | undefined {
  const row = Object.values(CATALOGUE).find((one) => 'key' in one && one.key === canonicalName(key))
  if (row && 'issuers' in row) return row.issuers.get(iss)
  return iss.startsWith('https://') && isSameProvider(issuerName(iss), key) ? withoutClosingSlash(iss) : undefined
}

/** Issuers of Amazon Cognito's identity pools, in every region and partition: their tokens are no logins. */
const IDENTITY_POOLS = /^(?:https:\/\/)?cognito-identity[a-z0-9.-]*$/

export function isIdentityPoolIssuer(iss: string): boolean {
  return IDENTITY_POOLS.test(iss) && /^\.amazonaws\.[a-z.]+$/.test(iss.slice(iss.lastIndexOf('.amazonaws.')))
}

/** Hosts of user pools: that of the region, and the one that Amazon recommends (IssuerConfigurationType `UPDATED`). */
const USER_POOL = /^(?:issuer-)?cognito-idp\.([a-z0-9-]+)\.([a-z.]+)\/([a-z0-9-]+)_[A-Za-z0-9]+$/

const USER_POOL_LISTING = /^(?:issuer-)?cognito-idp\.[a-z0-9-]+\.amazonaws\.[a-z.]+\/[\w-]+_[A-Za-z0-9]+$/

/** Whether a pool may list a user pool under this name. It need not be one that `userPoolOf` knows: of others no token is accepted. */
export function isUserPoolListing(name: string): boolean {
  return USER_POOL_LISTING.test(name) || userPoolOf(name) !== undefined
}

export interface UserPoolName {
  /** Where the user pool is asked under this name: the region in the host, which may be that of a replica. */
  region: string
  userPoolId: string
  /** The name in the user pool's own region, which is its first name. */
  canonical: string
}

/**
 * A user pool by one of its names, or `undefined` for a name that no user pool has. The host is that of the region in the
 * user pool's id or, where Amazon replicates the user pool, of another known region of the same partition.
 */
export function userPoolOf(name: string): UserPoolName | undefined {
  const [, region, domain, home] = USER_POOL.exec(name) ?? []
  if (region === undefined || home === undefined || domain !== domainOf(region)) return undefined
  const isReplica = isAwsRegion(region) && isAwsRegion(home) && partitionOf(region) === partitionOf(home)
  if (region !== home && !isReplica) return undefined
  const userPoolId = name.slice(name.indexOf('/') + 1)
  return { region, userPoolId, canonical: `cognito-idp.${home}.${domain}/${userPoolId}` }
}

/**
 * The one name of a provider that has several: a user pool's in its own region, and an issuer's without a closing slash, which
 * issuers write in one place and leave out in another. Names of one provider have the same.
 */
export function canonicalName(name: string): string {
  const bare = withoutClosingSlash(name)
  return userPoolOf(bare)?.canonical ?? bare
}

/** Whether two names are of one provider. */
export function isSameProvider(name: string, other: string): boolean {
  return name === other || canonicalName(name) === canonicalName(other)
}

export function withoutClosingSlash(text: string): string {
  return text.endsWith('/') ? text.slice(0, -1) : text
}

function domainOf(region: string): string | undefined {
  return DOMAINS.get(partitionOf(region))
}

/** Where Amazon Cognito user pools of a region are asked about their users. */
export function userPoolEndpoint(region: string): string {
  return `https://cognito-idp.${region}.${domainOf(region)}/`
}
