import { partitionOf } from '../base/arn.ts'
import { issuerName } from '../base/issuer-name.ts'
import { DOMAINS, isAwsRegion } from '../base/regions.ts'
import type { Statement } from '../policy/index.ts'

/** AWS's first name for identity pools. */
export const ISSUER_ALIAS = 'cognito-identity.amazonaws.com'

/**
 * Whether this is one of AWS's own names for identity pools: the global one, that of AWS GovCloud (US-West), and those of
 * regions and other partitions (AWS GovCloud User Guide, Amazon Cognito; Amazon Cognito endpoints). A trust policy may write
 * any of them, as principal and as prefix of condition keys, wherever our issuer is meant, so that policies written for
 * AWS work unchanged.
 */
export function isPoolService(name: string): boolean {
  if (name === ISSUER_ALIAS || name === 'cognito-identity-us-gov.amazonaws.com') return true
  const [service, region = '', ...domain] = name.split('.')
  return service === 'cognito-identity' && isAwsRegion(region) && domain.join('.') === DOMAINS.get(partitionOf(region))
}

/** The claim that a condition key of our issuer, or of AWS's for identity pools, is about; the key is in lower case. */
export function claimIn(key: string, issuer: string): string | undefined {
  const colon = key.lastIndexOf(':')
  const prefix = key.slice(0, colon)
  return prefix === issuerName(issuer).toLowerCase() || isPoolService(prefix) ? key.slice(colon + 1) : undefined
}

/** Whether a statement of a trust policy is about our identities, among others; in which account is not looked at. */
export function isAboutPools({ principals }: Statement, issuer: string): boolean {
  if (principals === undefined || principals === 'everyone') return true
  const own = `:oidc-provider/${issuerName(issuer)}`
  const federated = principals.get('Federated') ?? []
  return federated.some((name) => name === '*' || isPoolService(name) || name.endsWith(own))
}
