/** Regions with an STS endpoint, by partition and by whether an account has to opt in (AWS General Reference, STS). */
const DEFAULT_REGIONS = [
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'ca-central-1',
  'sa-east-1',
  'eu-central-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'eu-north-1',
  'ap-south-1',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-southeast-1',
  'ap-southeast-2',
]

const OPT_IN_REGIONS = new Set([
  'af-south-1',
  'ca-west-1',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'mx-central-1',
  'eu-central-2',
  'eu-south-1',
  'eu-south-2',
  'ap-east-1',
  'ap-east-2',
  'ap-south-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
])

const OTHER_PARTITIONS = [
  'cn-north-1',
  'cn-northwest-1',
  'us-gov-west-1',
  'us-gov-east-1',
  'eusc-de-east-1',
  'us-iso-east-1',
  'us-iso-west-1',
  'us-isob-east-1',
  'us-isob-west-1',
  'eu-isoe-west-1',
  'us-isof-east-1',
  'us-isof-south-1',
]

const REGIONS = new Set([...DEFAULT_REGIONS, ...OPT_IN_REGIONS, ...OTHER_PARTITIONS])

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
