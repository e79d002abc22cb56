/** How often CreateIdentityPool takes another id because the first eight digits of one were taken: 2⁻³² each. */
export const MAX_ID_ATTEMPTS = 5

/** Longest user id that a backend may use. */
export const MAX_DEVELOPER_USER_CHARS = 1024

/** Developer users on a page when the caller does not say; also the most that a caller may ask for. */
export const MAX_LOOKUP_RESULTS = 60
