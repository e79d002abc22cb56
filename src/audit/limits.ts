/** Longest user agent in a record. The longest of AWS's own SDKs come near. */
export const MAX_USER_AGENT_CHARS = 512

/** Longest message of a refusal in a record. CloudTrail's own limit. */
export const MAX_ERROR_MESSAGE_CHARS = 1024

/**
 * Longest record, in bytes of JSON. Logpush cuts what the lines of one request have beyond 16,384 characters, in their
 * order, and the record comes last: some twenty warnings about issuers and stores that are down fit before it.
 */
export const MAX_RECORD_BYTES = 10 * 1024

/** How long a decision can be asked about. Whoever asks has a report of a user in hand, which may be days old. */
export const DECISION_SECONDS = 7 * 24 * 3600

/**
 * Decisions of one sort that one isolate keeps in a minute, of all accounts: what a flood may cost is bounded, records of
 * all are in the log. One client gets a third of them, and one account half.
 */
export const MAX_DECISIONS_A_MINUTE = 360

/**
 * Longest wait for a decision, in milliseconds. Unlike other reads of KV, one that is late is no miss: that would say that
 * the decision is not kept, and nothing else knows it.
 */
export const DECISION_READ_MS = 3_000

/** Records for operators who watch that one isolate sends in a second, of all accounts. More is only counted. */
export const MAX_WATCHED_A_SECOND = 20

/** Such records that wait to be sent, of all accounts: 400 KB. */
export const MAX_WATCHED_WAITING = 2 * MAX_WATCHED_A_SECOND

/** Accounts that one isolate knows to be watched, each of which then has one record a second. */
export const MAX_WATCHED_ACCOUNTS = 20

/** How long a record waits for others that go with it, in milliseconds. Whoever watches asks every other second. */
export const BATCH_WAIT_MS = 250

/** How often an isolate sends records of one account, in milliseconds. */
export const BATCH_EVERY_MS = 1_000

/**
 * Batches that are sent beside one request, which may outlast its answer by 30 seconds; then another one goes on.
 */
export const MAX_BATCHES_A_TURN = 8

/** After so many milliseconds a request that sends is held to have come to its end before it could: another one sends then. */
export const SEND_ALIVE_MS = 15_000
