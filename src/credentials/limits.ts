/** Most session tags of one session (IAM User Guide, "Passing session tags in AWS STS"). */
export const MAX_SESSION_TAGS = 50

/** Longest session tag key (API reference of STS, Tag). */
export const MAX_TAG_KEY_CHARS = 128

/** Longest session tag value (API reference of STS, Tag). */
export const MAX_TAG_VALUE_CHARS = 256

/** Longest role ARN that STS takes (API reference of AssumeRoleWithWebIdentity). */
export const MAX_ROLE_ARN_CHARS = 2048

/** Shortest session that the API knows (API reference of AssumeRoleWithWebIdentity, DurationSeconds). */
export const MIN_SESSION_SECONDS = 900

/** Longest session that the API knows, and of a role that nobody registered. */
export const MAX_SESSION_SECONDS = 43_200

/**
 * Longest session token that is looked at; others cost no decryption. Ours have half with the longest names (a test), without
 * what is told of an identity; this goes where it would not fit. A client may ask for at most four less.
 */
export const MAX_SEALED_SESSION_CHARS = 4100

/** How long an operator stays signed in. Nobody is asked to renew a session, so it covers some work and not a day of it. */
export const OPERATOR_SESSION_SECONDS = 3_600

/** Time for all exchanges with STS of one request, retry and bodies included. AWS's own SDKs give up as early. */
export const STS_TIMEOUT_MILLISECONDS = 5_000

/**
 * Time for the first exchange with AWS STS: many times what one takes, and short enough that a region that is down costs
 * less than two seconds before the next one is asked.
 */
export const FIRST_AWS_ATTEMPT_MILLISECONDS = 1_200

/** Longest wait before the retry. By chance, so that requests that failed together do not come back together. */
export const MAX_RETRY_WAIT_MILLISECONDS = 200

/** Longest STS answer. AWS's have about 2 KB; MinIO's session token repeats all claims, which fit in 20 000 characters. */
export const MAX_STS_ANSWER_BYTES = 64 * 1024

/** Most characters of the inline session policy and the managed policies' ARNs together (API reference of STS, Policy). */
export const MAX_SESSION_POLICY_CHARS = 2048

/** Longest identity id: 18 characters of region, a colon and a UUID. */
export const MAX_IDENTITY_ID_CHARS = 55

/** Longest prefix of one user in R2, whose keys have at most 1024 bytes: a quarter is left for the user's own names. */
export const MAX_R2_PREFIX_BYTES = 768

/** Most managed session policies (API reference of AssumeRoleWithWebIdentity, PolicyArns). */
export const MAX_SESSION_POLICY_ARNS = 10

/** Longest request id that is taken over. AWS's have 36 characters, Ceph's about 60. */
export const MAX_REQUEST_ID_CHARS = 128

/** Most statements of a trust policy that a refusal names; the log line of a refusal stays short whatever the policy. */
export const MAX_FAILED_STATEMENTS = 10

/** Longest text about one of them. A key of AWS's own form has well under 100 characters. */
export const MAX_FAILED_CHARS = 300

/**
 * Bytes that a trust policy takes as parsed, for each character of its text: 20 with many values, and three times that
 * with many short condition keys.
 */
export const PARSED_BYTES_A_CHARACTER = 64

/** Largest session token that a client may ask for, in bytes (STS API, `MinimumSessionTokenSize`). */
export const MAX_SESSION_TOKEN_BYTES = 4096

/** Longest wait for an STS of which an operator asks whether it answers, in milliseconds. */
export const REACH_MS = 3_000
