/** Logins one identity may have, as AWS limits merged identities. */
export const MAX_LOGINS_PER_IDENTITY = 20

/**
 * Merges that an old id is followed through. Users come nowhere near it; somebody who makes a long chain on purpose must
 * not keep the whole pool busy walking it.
 */
export const MAX_FORWARDS = 100

/** Largest settings record, in bytes. The platform refuses rows over 2 MB, though only in production. */
export const MAX_SETTINGS_BYTES = 1_000_000

/** Proofs that one alarm run forgets, so that a run is short and other calls come between. */
export const PURGE_ROWS = 500

/** Losers of merges that are told of one identity. */
export const MAX_LOSERS_TOLD = 100

/** Identities that one call of an object looks at for a filtered list, so that it takes some milliseconds. */
export const WALK_ROWS = 2_000

/** Identities that one run of the alarm counts, so that it takes some milliseconds. */
export const COUNT_ROWS = 2_000

/** How long counts are good for, in milliseconds: whoever asks then has them counted anew, which reads every row once. */
export const COUNTS_LAST_MS = 3_600_000

/** For how many days an identity was not used that statistics call unused. */
export const UNUSED_DAYS = 30

/** Pause between two such runs, in milliseconds. */
export const PURGE_INTERVAL_MS = 100

/** Providers that are counted by name; those with the fewest logins beyond them are counted as one. A pool lists some dozens. */
export const MAX_PROVIDERS_COUNTED = 1_000

/** Tags of one pool, AWS's quota. */
export const MAX_TAGS = 50

/** Objects that a pool may be spread over. More would take its head too long to tell of new settings. */
export const MAX_SHARDS = 256

/** Times that a call begins again because settings or the map have changed meanwhile. */
export const MAX_STALE_TURNS = 8

/**
 * Addresses and networks whose guests of this hour an object counts, some 3 MB. Beyond these, whoever was counted longest ago is
 * forgotten.
 */
export const MAX_COUNTED = 20_000

/** Guests of a day after which their number is written down at the latest: so many an object may forget when it is killed. */
export const SAVE_AFTER_GUESTS = 100

/** The same in milliseconds. */
export const SAVE_AFTER_MS = 10_000

/** Identities that one run of a sweep of guests walks over, so that it takes some milliseconds. */
export const SWEEP_ROWS = 2_000

/** Guests that one run deletes. */
export const SWEEP_DELETES = 500

/** Identities that one call of an object looks at for those that were changed, so that it takes some milliseconds. */
export const SCAN_ROWS = 20_000

/** Identities that one call of an object counts at the end of an import, with those that forward. */
export const VERIFY_ROWS = 10_000

/** Identities that one call of an object deletes when an import is given up. */
export const CLEAR_ROWS = 5_000

/** Calls of objects that one call of the service makes for the end of an import, or to give it up. */
export const STEPS_OF_A_CALL = 100

/** Tries to read a page in which identities are in the middle of a merge. */
export const MAX_TURNS = 4

/** Text of logins on one page of an export, in characters. A Worker has 128 MiB, and may ask 16 objects for a page at once. */
export const EXPORT_CHARS = 1_000_000
