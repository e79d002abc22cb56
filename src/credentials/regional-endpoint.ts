import { partitionOf } from '../base/arn.ts'
import { DOMAINS, isAwsRegion } from './regions.ts'

/** The region whose STS answers when the pool's own region is not one of AWS's: the only one no account can turn off. */
const FALLBACK_REGION = 'us-east-1'

/**
 * URL of AWS STS for a pool: its regional endpoint, because the global one serves callers outside AWS from us-east-1
 * (IAM User Guide, "Manage AWS STS in an AWS Region").
 */
export function regionalEndpoint(poolRegion: string): string {
  const region = isAwsRegion(poolRegion) ? poolRegion : FALLBACK_REGION
  return `https://sts.${region}.${DOMAINS.get(partitionOf(region))}/`
}
