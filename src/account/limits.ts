/** Pools of one account in one region, AWS's quota. */
export const MAX_POOLS_PER_REGION = 1000

/** OpenID Connect providers of one account, AWS's quota. */
export const MAX_OIDC_PROVIDERS = 100

/** SAML providers of one account, AWS's quota. */
export const MAX_SAML_PROVIDERS = 100

/** Client ids of one OpenID Connect provider, AWS's quota. */
export const MAX_CLIENT_IDS = 100

/** Tags of one provider or role, AWS's quota. */
export const MAX_RECORD_TAGS = 50

/** Roles of one account, AWS's quota. */
export const MAX_ROLES = 1000

/** Characters of all inline policies of one role, white space not counted, AWS's quota. */
export const MAX_INLINE_POLICY_CHARS = 10_240

/** Managed policies attached to one role, AWS's quota as it is unless raised. */
export const MAX_ATTACHED_POLICIES = 10

/** How long an isolate may use what it knows of an account's providers and roles, in milliseconds. */
export const RECORDS_MAX_AGE_MS = 30_000

/** How soon an isolate may ask again because a record that it needs was not there, in milliseconds. */
export const RECORDS_MIN_AGE_MS = 1_000

/**
 * How long after the last call about a pool its entry in the directory is settled, in milliseconds. Longer than any call can
 * be under way: the pool then says what became of it, for good.
 */
export const SETTLE_AFTER_MS = 60_000

/** How many pools one alarm asks, so that a run is short and other calls come between. */
export const SETTLE_BATCH = 20

/** Pause between two such runs, in milliseconds. */
export const SETTLE_INTERVAL_MS = 1_000

/** How much a page of roles may hold before it ends early, in characters: trust policies can be long, and a call's answer cannot. */
export const MAX_PAGE_CHARS = 1_000_000

/**
 * From which age on what an isolate knows is read again beside a request that uses it, in milliseconds: where requests come
 * often, none waits for it.
 */
export const RECORDS_RENEWAL_MS = 20_000

/** How soon after such a read another one may begin, in milliseconds. */
export const RECORDS_RENEWAL_PAUSE_MS = 5_000

/** How often a copy of an account's records asks the account while it is in use, in milliseconds. */
export const COPY_RENEWAL_MS = 20_000

/**
 * How long a copy answers by itself what the account has told it, in milliseconds. Later than `COPY_RENEWAL_MS`, for an alarm
 * that is late and for the way. With the longest wait for a copy it is within `RECORDS_MAX_AGE_MS`.
 */
export const COPY_SERVES_MS = 28_000

/** Longest wait for a copy, in milliseconds. It may have to start and to ask the account on another continent. */
export const COPY_WAIT_MS = 1_500

/** How long a copy goes on asking for a record that nobody uses, in milliseconds. */
export const COPY_IDLE_MS = 3_600_000

/** How often a copy writes down that a record is in use, in milliseconds. */
export const COPY_NOTE_USE_MS = 600_000

/** Most that a copy keeps, in characters of JSON: it is one value of the storage. More is asked for each time. */
export const MAX_COPY_CHARS = 500_000

/**
 * How long the journal knows what was erased, in milliseconds. The platform takes an object back by 30 days at most; the rest is
 * for whoever restores on the last of them, and checks the pool some days later.
 */
export const ERASURE_KEPT_MS = 35 * 86_400_000

/** How long an erasure may be under way, in milliseconds: a call of the same one meanwhile gets the same receipt. */
export const ERASURE_REUSED_MS = 60_000

/** Erasures that one alarm forgets, so that a run is short. */
export const FORGET_ERASURES = 100

/** How long an account counts as watched after somebody asked for its decisions, in milliseconds: some questions may get lost. */
export const WATCH_MS = 30_000

/** How often pools are told that somebody watches, in milliseconds. */
export const TELL_EVERY_MS = 20_000

/** Pools that are told at once; the next ones with the next question. A request may have so many calls on every plan. */
export const POOLS_TOLD = 20

/** Records that are kept for those who watch, and their characters: for some seconds of a busy account. */
export const MAX_RING_RECORDS = 500
export const MAX_RING_CHARS = 2_000_000

/** Characters of records of one answer to somebody who watches. A single record has at most 10 KiB. */
export const MAX_WATCH_ANSWER_CHARS = 500_000

/** Batches of records that the object of an account takes in a second before it asks isolates to wait longer. */
export const BATCHES_A_SECOND = 100
