/** As long as the tokens of most providers. */
export const TOKEN_SECONDS = 3600

/** A code is sent back at once; one that is found later, in a log or a history, is of no use (RFC 6749, section 4.1.2). */
export const CODE_SECONDS = 60

/** Longest text of claims that a request may have. */
export const MAX_CLAIMS_CHARS = 20_000

/** `sub` of OpenID Connect Core, section 2. */
export const MAX_SUBJECT_CHARS = 255
