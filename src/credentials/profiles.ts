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
  /** Error codes of refusals that pass, so that the call is made once more. */
  passing: readonly string[]
}

export type StsProfileName = 'aws' | 'minio' | 'seaweedfs' | 'ceph' | 'localstack' | 'compatible'

/** How a token carries session tags: nested as AWS documents it, or as the object that SeaweedFS reads. */
export type TagsForm = 'nested' | 'object'

const UNREACHED_ISSUER = 'IDPCommunicationError'

const AWS: Omit<StsProfile, 'name'> = {
  awsRoleArns: true,
  guests: 'aws',
  managedPolicies: true,
  tags: 'nested',
  tagRules: 'sts',
  endsWithToken: false,
  passing: [UNREACHED_ISSUER],
}

/**
 * Codes for which another region of AWS is asked besides: its own outage; and the key of ours that it could not fetch, which
 * comes as an invalid token and often is there the next moment. AWS's SDKs retry that one as well.
 */
const PASSING_AT_AWS = [UNREACHED_ISSUER, 'InvalidIdentityToken', 'RegionDisabledException']

/**
 * Ceph makes a user of an identity in its first session. Of sessions that begin together all but one are refused so, because
 * that user is there by then: seen with 20.2.
 */
const USER_IS_THERE_AT_CEPH = 'BucketAlreadyExists'

const STORE: Omit<StsProfile, 'name'> = {
  awsRoleArns: false,
  guests: 's3',
  managedPolicies: false,
  tags: 'nested',
  tagRules: 'store',
  endsWithToken: false,
  passing: [UNREACHED_ISSUER],
}

/** `compatible` is any service without an entry of its own. */
export const STS_PROFILES: Readonly<Record<StsProfileName, StsProfile>> = {
  aws: { ...AWS, name: 'aws', passing: PASSING_AT_AWS },
  localstack: { ...AWS, name: 'localstack' },
  compatible: { ...STORE, name: 'compatible' },
  ceph: { ...STORE, name: 'ceph', passing: [UNREACHED_ISSUER, USER_IS_THERE_AT_CEPH] },
  minio: { ...STORE, name: 'minio', endsWithToken: true },
  seaweedfs: { ...STORE, name: 'seaweedfs', endsWithToken: true, tags: 'object' },
}
