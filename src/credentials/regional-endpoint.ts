import { partitionOf } from '../base/arn.ts'
import { nearest } from '../base/position.ts'
import { DOMAINS, isAwsRegion, nearestOtherRegion, positionOfRegion } from '../base/regions.ts'
import type { AssumeRequest } from './types.ts'

/** The region whose STS answers when the pool's own region is not one of AWS's: the only one no account can turn off. */
const FALLBACK_REGION = 'us-east-1'

/**
 * URLs of AWS STS for a request: a regional endpoint, because the global one serves callers outside AWS from us-east-1
 * (IAM User Guide, "Manage AWS STS in an AWS Region"), and the one to ask when that fails. Credentials of any regional
 * endpoint are valid in all regions.
 *
 * Where the owner of the pool lists regions, no other one is asked, and the nearest to the client is the first. If nobody
 * knows where the client is, that is the region of the pool, or else the first of the list.
 */
export function regionalEndpoints({
  region: poolRegion,
  stsRegions = [],
  position,
}: Pick<AssumeRequest, 'region' | 'stsRegions' | 'position'>): { first: string; next: string } {
  const home = isAwsRegion(poolRegion) ? poolRegion : FALLBACK_REGION
  const listed = stsRegions.flatMap((region) => {
    const where = partitionOf(region) === partitionOf(home) ? positionOfRegion(region) : undefined
    return where ? [[region, where] as const] : []
  })
  const [start] = listed.filter(([region]) => region === home).concat(listed)
  if (!start) return { first: endpointIn(home), next: endpointIn(nearestOtherRegion(home)) }
  const [first = home, next = first] = nearest(position ?? start[1], listed)
  return { first: endpointIn(first), next: endpointIn(next) }
}

function endpointIn(region: string): string {
  return `https://sts.${region}.${DOMAINS.get(partitionOf(region))}/`
}
