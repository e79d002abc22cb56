import { partitionOf } from './arn.ts'
import { at, nearest, type Position } from './position.ts'

/**
 * Regions with an STS endpoint, by partition and by whether an account has to opt in (AWS General Reference, STS), and
 * about where they are: the city or state that AWS names, which is near enough to order them by distance.
 */
const DEFAULT_REGIONS: ReadonlyMap<string, Position> = new Map([
  ['us-east-1', at(38.9, -77.4)],
  ['us-east-2', at(40.0, -83.0)],
  ['us-west-1', at(37.4, -121.9)],
  ['us-west-2', at(45.8, -119.7)],
  ['ca-central-1', at(45.5, -73.6)],
  ['sa-east-1', at(-23.5, -46.6)],
  ['eu-central-1', at(50.1, 8.7)],
  ['eu-west-1', at(53.3, -6.3)],
  ['eu-west-2', at(51.5, -0.1)],
  ['eu-west-3', at(48.9, 2.4)],
  ['eu-north-1', at(59.3, 18.1)],
  ['ap-south-1', at(19.1, 72.9)],
  ['ap-northeast-1', at(35.7, 139.7)],
  ['ap-northeast-2', at(37.6, 127.0)],
  ['ap-northeast-3', at(34.7, 135.5)],
  ['ap-southeast-1', at(1.3, 103.8)],
  ['ap-southeast-2', at(-33.9, 151.2)],
])

const OPT_IN_REGIONS: ReadonlyMap<string, Position> = new Map([
  ['af-south-1', at(-33.9, 18.4)],
  ['ca-west-1', at(51.0, -114.1)],
  ['il-central-1', at(32.1, 34.8)],
  ['me-central-1', at(24.5, 54.4)],
  ['me-south-1', at(26.2, 50.6)],
  ['mx-central-1', at(20.6, -100.4)],
  ['eu-central-2', at(47.4, 8.5)],
  ['eu-south-1', at(45.5, 9.2)],
  ['eu-south-2', at(41.6, -0.9)],
  ['ap-east-1', at(22.3, 114.2)],
  ['ap-east-2', at(25.0, 121.5)],
  ['ap-south-2', at(17.4, 78.5)],
  ['ap-southeast-3', at(-6.2, 106.8)],
  ['ap-southeast-4', at(-37.8, 145.0)],
  ['ap-southeast-5', at(3.1, 101.7)],
  ['ap-southeast-6', at(-36.8, 174.8)],
  ['ap-southeast-7', at(13.8, 100.5)],
])

/** Regions of the other partitions. Where the isolated ones are is not public: a place where their name says. */
const OTHER_PARTITIONS: ReadonlyMap<string, Position> = new Map([
  ['cn-north-1', at(39.9, 116.4)],
  ['cn-northwest-1', at(37.5, 105.2)],
  ['us-gov-west-1', at(45.8, -119.7)],
  ['us-gov-east-1', at(40.0, -83.0)],
  ['eusc-de-east-1', at(52.4, 13.1)],
  ['us-iso-east-1', at(38.9, -77.4)],
  ['us-iso-west-1', at(39.7, -105.0)],
  ['us-isob-east-1', at(40.0, -83.0)],
  ['us-isob-west-1', at(39.7, -105.0)],
  ['eu-isoe-west-1', at(51.5, -0.1)],
  ['us-isof-east-1', at(38.9, -77.4)],
  ['us-isof-south-1', at(32.8, -96.8)],
])

/** Those that every account has without opting in. */
const WITHOUT_OPTING_IN = new Map([...DEFAULT_REGIONS, ...OTHER_PARTITIONS])

const REGIONS = new Map([...WITHOUT_OPTING_IN, ...OPT_IN_REGIONS])

/** Domain of a partition's endpoints (AWS SDK endpoint rules). */
export const DOMAINS: ReadonlyMap<string, string> = new Map([
  ['aws', 'amazonaws.com'],
  ['aws-cn', 'amazonaws.com.cn'],
  ['aws-us-gov', 'amazonaws.com'],
  ['aws-eusc', 'amazonaws.eu'],
  ['aws-iso', 'c2s.ic.gov'],
  ['aws-iso-b', 'sc2s.sgov.gov'],
  ['aws-iso-e', 'cloud.adc-e.uk'],
  ['aws-iso-f', 'csp.hci.ic.gov'],
])

export function isAwsRegion(region: string): boolean {
  return REGIONS.has(region)
}

export function isOptInRegion(region: string): boolean {
  return OPT_IN_REGIONS.has(region)
}

/** Where about a region of AWS is; `undefined` for any other name. */
export function positionOfRegion(region: string): Position | undefined {
  return REGIONS.get(region)
}

/**
 * The nearest other region of the same partition among those that every account has without opting in; a region that is
 * alone in its partition is its own.
 */
export function nearestOtherRegion(region: string): string {
  const here = REGIONS.get(region)
  const others = [...WITHOUT_OPTING_IN].filter(
    ([other]) => other !== region && partitionOf(other) === partitionOf(region),
  )
  return (here && nearest(here, others)[0]) ?? region
}
