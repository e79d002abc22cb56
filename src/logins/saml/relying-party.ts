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

/**
 * AWS of this partition, or this deployment under the names its operator gives it. AWS's URLs are
 * `https://<host>/saml` and `https://<region>.<host>/saml` (IAM guide, "Configure SAML assertions for the authentication
 * response").
 */
export function relyingParty(
  partition: string,
  recipients: readonly string[],
  audiences: readonly string[],
): RelyingParty {
  const aws = AWS.get(partition)
  return {
    isRecipient: (url) => recipients.includes(url) || (aws !== undefined && isSignInUrl(url, aws.host)),
    isAudience: (uri) => audiences.includes(uri) || uri === aws?.entityId,
  }
}

function isSignInUrl(url: string, host: string): boolean {
  const [, found] = /^https:\/\/(?:[a-z]{2}(?:-[a-z]+)+-\d\.)?([a-z.-]+)\/saml$/.exec(url) ?? []
  return found === host
}
