/** How long past its `exp` a handed-back token is still taken: the grace that identity pools give every login. */
export const DEVELOPER_TOKEN_TOLERANCE_SECONDS = 300

/** Client ids that a record names beside the one that a token is for: an OIDC provider may have a hundred. */
export const MAX_RECORDED_CLIENTS = 10
