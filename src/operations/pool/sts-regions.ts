import { partitionOf } from '../../base/arn.ts'
import { isAwsRegion, isOptInRegion } from '../../base/regions.ts'
import { namesInTag } from '../../base/tag-text.ts'
import { invalidParameter } from '../faults.ts'
import { MAX_STS_REGIONS } from './limits.ts'

/** Refuses a list of STS regions that a pool of that region cannot use. */
export function checkStsRegions(key: string, value: string, poolRegion: string): void {
  const regions = namesInTag(value)
  if (regions.length === 0 || regions.length > MAX_STS_REGIONS)
    throw invalidParameter(`${key} must be a list of 1 to ${MAX_STS_REGIONS} regions of AWS, separated by blanks.`)
  for (const region of regions) checkRegion(key, region, poolRegion)
  const twice = regions.find((region, index) => regions.indexOf(region) !== index)
  if (twice !== undefined) throw invalidParameter(`${key} has ${twice} twice.`)
}

function checkRegion(key: string, region: string, poolRegion: string): void {
  if (!isAwsRegion(region)) throw invalidParameter(`${key} has ${region}, which is not a region of AWS.`)
  const [theirs, ours] = [region, poolRegion].map(partitionOf)
  if (theirs !== ours)
    throw invalidParameter(`${key} has ${region} of the partition ${theirs}, and the pool is in the partition ${ours}.`)
  // A region where the account is not enabled knows none of its roles, and refuses users for good.
  if (isOptInRegion(region) && region !== poolRegion)
    throw invalidParameter(
      `${key} has ${region}, which accounts must opt in to. Only the region of the pool may be such.`,
    )
}
