/** Longest note of what was kept: that of a seed with some thousands of identities has as many ids. */
export const MAX_NOTE_CHARS = 500_000

/** Identities on one page of details: an answer of some 400 KB, if each has a login or two. */
export const MAX_DETAILS = 1_000

/** Ids that a receipt of an erasure lists. It counts them all. */
export const MAX_IDS_IN_RECEIPT = 1_000

/** Times that an erasure is begun again because the user has changed meanwhile. Then the caller tries again. */
export const MAX_ERASURE_TURNS = 5

/** Longest reason of a block: a sentence, or the number of a ticket. */
export const MAX_BLOCK_REASON_CHARS = 256

/** Longest token that is read, as long as one that may be a login. */
export const MAX_TOKEN_CHARS = 50_000

/** Longest nonce of a sign-in. Ours have 32 characters. */
export const MAX_NONCE_CHARS = 256

/** How long after it was made a token can be used to sign in as an operator: what the way back from the provider may take. */
export const MAX_OPERATOR_TOKEN_AGE_SECONDS = 300

/** Identities of one page of a backup: most of what a call costs is by the identity then, and an answer has some 400 KB. */
export const BACKUP_PAGE = 1_000

/** Longest lines of one call of an import: what becomes of them is one parameter of a statement, which has at most 2 MB. */
export const MAX_LINES_CHARS = 500_000

/** Longest first or last line of a backup. */
export const MAX_END_CHARS = 1_000

/** Longest reason or source of an identity in a backup. */
export const MAX_BACKUP_TEXT_CHARS = 1_024

/** For how long a pool tells isolates that somebody watches, in milliseconds. It is told again before that, every 20 seconds. */
export const WATCH_POOLS_MS = 45_000

/** How often whoever watches should ask, in seconds. */
export const WATCH_SECONDS = 2
