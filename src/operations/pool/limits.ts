/** User pools that one identity pool may list, AWS's quota before any increase. */
export const MAX_USER_POOLS = 50

/** Rules of one role mapping, AWS's quota; the API model itself would allow 400. */
export const MAX_RULES = 25

/** How often CreateIdentityPool takes another id because the first eight digits of one were taken: 2⁻³² each. */
export const MAX_ID_ATTEMPTS = 5

/** How long past its `exp` a handed-back token is still taken: the grace that identity pools give every login. */
export const DEVELOPER_TOKEN_TOLERANCE_SECONDS = 300

/** Longest user id that a backend may use. */
export const MAX_DEVELOPER_USER_CHARS = 1024

/** Developer users on a page when the caller does not say; also the most that a caller may ask for. */
export const MAX_LOOKUP_RESULTS = 60

/** Client ids that a record names beside the one that a token is for: an OIDC provider may have a hundred. */
export const MAX_RECORDED_CLIENTS = 10
