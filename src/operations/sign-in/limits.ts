/** How long past its `exp` a handed-back token is still taken: the grace that identity pools give every login. */
export const DEVELOPER_TOKEN_TOLERANCE_SECONDS = 300

/** Client ids that a record names beside the one that a token is for: an OIDC provider may have a hundred. */
export const MAX_RECORDED_CLIENTS = 10

/** How long past its `exp` a token is still taken, as AWS STS allows for clocks that differ. */
export const WEB_IDENTITY_TOLERANCE_SECONDS = 300

/** Longest issuer of a token that a refusal names: as long as IAM lets one be. */
export const MAX_SHOWN_ISSUER_CHARS = 255

/** Region of sessions that belong to no pool. Only another STS would look at it. */
export const STS_REGION = 'us-east-1'
