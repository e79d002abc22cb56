/** Most session tags of one session (IAM User Guide, "Passing session tags in AWS STS"). */
export const MAX_SESSION_TAGS = 50

/** Longest session tag key (API reference of STS, Tag). */
export const MAX_TAG_KEY_CHARS = 128

/** Longest session tag value (API reference of STS, Tag). */
export const MAX_TAG_VALUE_CHARS = 256

/** Longest role ARN that STS takes (API reference of AssumeRoleWithWebIdentity). */
export const MAX_ROLE_ARN_CHARS = 2048

/** Longest session of a role that nobody registered: the longest that the API knows. */
export const MAX_SESSION_SECONDS = 43_200

/** Longest session token that is looked at. Ours stay under it with the longest names (a test); others cost no decryption. */
export const MAX_SESSION_TOKEN_CHARS = 2048

/** Time for one exchange with STS, retry and body included. AWS's own SDKs give up on credential services as early. */
export const STS_TIMEOUT_MILLISECONDS = 5_000

/** One retry, and only when no answer came at all: a dropped idle connection must not become a failed sign-in. */
export const MAX_STS_ATTEMPTS = 2

/** Longest STS answer. AWS's have about 2 KB; MinIO's session token repeats all claims, which fit in 20 000 characters. */
export const MAX_STS_ANSWER_BYTES = 64 * 1024

/** Most characters of the inline session policy and the managed policy's ARN together (API reference of STS, Policy). */
export const MAX_SESSION_POLICY_CHARS = 2048

/** Longest identity id: 18 characters of region, a colon and a UUID. */
export const MAX_IDENTITY_ID_CHARS = 55

/** Longest prefix of one user in R2, whose keys have at most 1024 bytes: a quarter is left for the user's own names. */
export const MAX_R2_PREFIX_BYTES = 768
