/**
 * Where the providers are asked. Each is a URL without a final slash, to be replaced by a proxy's, or by a stand-in's in
 * tests. User pools and OIDC providers are found by their own names.
 */
export interface ProviderHosts {
  /** The Graph API with its version. A version expires about two years after the next one. */
  facebookGraph: string
  /** The host of the keys that sign Facebook's Limited Login tokens. */
  facebookLimited: string
  amazonApi: string
  /** Requests to X are signed together with this URL. */
  twitterApi: string
  /** The key set itself. */
  appleKeys: string
  /** The key set itself. */
  googleKeys: string
}

export const PROVIDER_HOSTS: ProviderHosts = {
  facebookGraph: 'https://graph.facebook.com/v25.0',
  facebookLimited: 'https://limited.facebook.com',
  amazonApi: 'https://api.amazon.com',
  twitterApi: 'https://api.x.com',
  appleKeys: 'https://appleid.apple.com/auth/keys',
  googleKeys: 'https://www.googleapis.com/oauth2/v3/certs',
}
