/** Longest user agent in a record. The longest of AWS's own SDKs come near. */
export const MAX_USER_AGENT_CHARS = 512

/** How long a decision can be asked about. Whoever asks has a report of a user in hand, which may be days old. */
export const DECISION_SECONDS = 7 * 24 * 3600

/** Decisions that one isolate keeps in a minute: what a flood of refusals may cost is bounded, records of all are in the log. */
export const MAX_DECISIONS_A_MINUTE = 120

/** Longest decision that is kept. A record of the largest request has about half. */
export const MAX_DECISION_CHARS = 128 * 1024
