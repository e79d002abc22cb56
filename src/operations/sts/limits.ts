/** How long past its `exp` a token is still taken, as AWS STS allows for clocks that differ. */
export const CLOCK_TOLERANCE_SECONDS = 300

/** Tags by which a role says what tokens of its sessions tell: the subject, and the names of claims, separated by blanks. */
export const TOKEN_SUBJECT_TAG = 'edge-identity:token-subject'
export const TOKEN_CLAIMS_TAG = 'edge-identity:token-claims'
