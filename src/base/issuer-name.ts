/**
 * The name of an issuer: its URL without the scheme, character for character. Keys of `Logins`, provider ARNs and the
 * condition keys of trust policies have issuers by this name.
 */
export function issuerName(url: string): string {
  return url.replace(/^https?:\/\//, '')
}
