/** Longest note of what was kept: that of a seed with some thousands of identities has as many ids. */
export const MAX_NOTE_CHARS = 500_000

/** Identities on one page of details: an answer of some 400 KB, if each has a login or two. */
export const MAX_DETAILS = 1_000

/** Longest token that is read, as long as one that may be a login. */
export const MAX_TOKEN_CHARS = 50_000
