/** An Amazon Resource Name, split at its first five colons. */
export interface Arn {
  partition: string
  service: string
  region: string
  account: string
  /** Everything behind the fifth colon, colons included. */
  resource: string
}

const ARN = /^arn:([^:]+):([^:]+):([^:]*):([^:]*):(.*)$/s

export function parseArn(text: string): Arn | undefined {
  const [, partition = '', service = '', region = '', account = '', resource] = ARN.exec(text) ?? []
  return resource === undefined ? undefined : { partition, service, region, account, resource }
}

/** The partition a region belongs to, told by its name as AWS's own endpoint rules do. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  if (region.startsWith('us-gov-')) return 'aws-us-gov'
  if (region.startsWith('us-isob-')) return 'aws-iso-b'
  if (region.startsWith('us-isof-')) return 'aws-iso-f'
  if (region.startsWith('us-iso-')) return 'aws-iso'
  if (region.startsWith('eu-isoe-')) return 'aws-iso-e'
  if (region.startsWith('eusc-')) return 'aws-eusc'
  return 'aws'
}
