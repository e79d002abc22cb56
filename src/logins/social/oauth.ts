import OAuth from 'oauth-1.0a'
import { hmac } from './hmac.ts'

/** A key or token, and the secret that proves it. */
export interface Pair {
  key: string
  secret: string
}

export interface OAuthRequest {
  method: string
  /** With every parameter of the request in its query. */
  url: string
  consumer: Pair
  token: Pair
  nonce: string
  /** Unix seconds. */
  timestamp: number
}

/** The `Authorization` header of a request that is signed with HMAC-SHA1 (OAuth 1.0a, RFC 5849, section 3). */
export async function oauthHeader({ consumer, method, nonce, timestamp, token, url }: OAuthRequest): Promise<string> {
  // The library signs synchronously and WebCrypto does not: it prepares what is signed, and the signature is made here.
  const oauth = new OAuth({ consumer, signature_method: METHOD, hash_function: unused })
  const parameters = () => ({
    oauth_consumer_key: consumer.key,
    oauth_nonce: nonce,
    oauth_signature_method: METHOD,
    oauth_timestamp: timestamp,
    oauth_token: token.key,
    oauth_version: '1.0',
  })
  const signed = await hmac(
    'SHA-1',
    oauth.getSigningKey(token.secret),
    oauth.getBaseString({ method, url }, parameters()),
  )
  const oauth_signature = btoa(String.fromCharCode(...signed))
  return oauth.toHeader({ ...parameters(), oauth_signature }).Authorization
}

const METHOD = 'HMAC-SHA1'

function unused(): never {
  throw new Error('signed elsewhere')
}
