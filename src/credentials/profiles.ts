import type { TagRules } from './session-tags.ts'

/** What is particular about a kind of STS. */
export interface StsProfile {
  name: StsProfileName
  /** Roles have ARNs of AWS's form; any other is refused before anything is sent. */
  awsRoleArns: boolean
  /**
   * How guests are narrowed: by the two session policies of AWS, or by an inline one that allows S3 alone, because stores
   * refuse a policy with actions that they do not know.
   */
  guests: 'aws' | 's3'
  /** Managed policies (`PolicyArns`) narrow a session; the others ignore or refuse them. */
  managedPolicies: boolean
  tags: TagsForm
  tagRules: TagRules
  /** Credentials end no later than the token does, so the token must live as long as the session. Of SeaweedFS, 4.44 does that. */
  endsWithToken: boolean
}

export type StsProfileName = 'aws' | 'minio' | 'seaweedfs' | 'ceph' | 'localstack' | 'compatible'

/** How a token carries session tags: nested as AWS documents it, or as the object that SeaweedFS reads. */
export type TagsForm = 'nested' | 'object'

const AWS: Omit<StsProfile, 'name'> = {
  awsRoleArns: true,
  guests: 'aws',
  managedPolicies: true,
  tags: 'nested',
  tagRules: 'sts',
  endsWithToken: false,
}

const STORE: Omit<StsProfile, 'name'> = {
  awsRoleArns: false,
  guests: 's3',
  managedPolicies: false,
  tags: 'nested',
  tagRules: 'store',
  endsWithToken: false,
}

/** `compatible` is any service without an entry of its own. */
export const STS_PROFILES: Readonly<Record<StsProfileName, StsProfile>> = {
  aws: { ...AWS, name: 'aws' },
  localstack: { ...AWS, name: 'localstack' },
  compatible: { ...STORE, name: 'compatible' },
  ceph: { ...STORE, name: 'ceph' },
  minio: { ...STORE, name: 'minio', endsWithToken: true },
  seaweedfs: { ...STORE, name: 'seaweedfs', endsWithToken: true, tags: 'object' },
}
