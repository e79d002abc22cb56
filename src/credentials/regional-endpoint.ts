import { partitionOf } from '../base/arn.ts'
import { DOMAINS, isAwsRegion, nearestOtherRegion } from '../base/regions.ts'

/** The region whose STS answers when the pool's own region is not one of AWS's: the only one no account can turn off. */
const FALLBACK_REGION = 'us-east-1'

/**
 * URLs of AWS STS for a pool: its regional endpoint, because the global one serves callers outside AWS from us-east-1
 * (IAM User Guide, "Manage AWS STS in an AWS Region"), and the one to ask when that fails. Credentials of any regional
 * endpoint are valid in all regions.
 */
export function regionalEndpoints(poolRegion: string): { first: string; next: string } {
  const region = isAwsRegion(poolRegion) ? poolRegion : FALLBACK_REGION
  return { first: endpointIn(region), next: endpointIn(nearestOtherRegion(region)) }
}

function endpointIn(region: string): string {
  return `https://sts.${region}.${DOMAINS.get(partitionOf(region))}/`
}
