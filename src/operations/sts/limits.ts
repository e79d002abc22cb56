/** How long past its `exp` a token is still taken, as AWS STS allows for clocks that differ. */
export const CLOCK_TOLERANCE_SECONDS = 300

/** Longest issuer of a token that a refusal names: as long as IAM lets one be. */
export const MAX_SHOWN_ISSUER_CHARS = 255

/** Region of sessions that belong to no pool. Only another STS would look at it. */
export const STS_REGION = 'us-east-1'
