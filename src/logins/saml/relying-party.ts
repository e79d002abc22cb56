/** To whom an assertion may be addressed. */
export interface RelyingParty {
  /** Whether an assertion may be delivered to this URL. */
  isRecipient(url: string): boolean
  isAudience(uri: string): boolean
}

/** AWS's sign-in hosts and entity ids, by partition. Identity providers are set up for these, and need not know of us. */
const AWS: ReadonlyMap<string, { host: string; entityId: string }> = new Map([
  ['aws', { host: 'signin.aws.amazon.com', entityId: 'urn:amazon:webservices' }],
  ['aws-cn', { host: 'signin.amazonaws.cn', entityId: 'urn:amazon:webservices:cn-north-1' }],
  ['aws-us-gov', { host: 'signin.amazonaws-us-gov.com', entityId: 'urn:amazon:webservices:govcloud' }],
])

/** For whom an assertion is looked at: a partition, and the provider's own id (`SAMLProviderUUID` of GetSAMLProvider). */
interface Place {
  partition: string
  providerId: string
}

/**
 * AWS of this partition, or this deployment under the names its operator gives it. AWS's sign-in URLs are
 * `https://<host>/saml` and `https://<region>.<host>/saml`, and both with `/acs/<id of the provider>` behind. The audience
 * is AWS's entity id or a sign-in URL (IAM guide, "Configure SAML assertions for the authentication response").
 */
export function relyingParty(place: Place, recipients: readonly string[], audiences: readonly string[]): RelyingParty {
  const aws = AWS.get(place.partition)
  const isSignIn = (url: string) => aws !== undefined && isSignInUrl(url, aws.host, place.providerId)
  return {
    isRecipient: (url) => recipients.includes(url) || isSignIn(url),
    isAudience: (uri) => audiences.includes(uri) || uri === aws?.entityId || isSignIn(uri),
  }
}

const SCHEME = 'https://'

function isSignInUrl(url: string, host: string, providerId: string): boolean {
  const path = ['/saml', `/saml/acs/${providerId}`].find((end) => url.endsWith(end))
  if (path === undefined || !url.startsWith(SCHEME)) return false
  const found = url.slice(SCHEME.length, -path.length)
  return found === host || isRegionOf(found, host)
}

function isRegionOf(found: string, host: string): boolean {
  return found.endsWith(`.${host}`) && /^[a-z]{2}(?:-[a-z]+){1,3}-\d$/.test(found.slice(0, -host.length - 1))
}
