/** How long a challenge may be worked on, in seconds. */
export const CHALLENGE_SECONDS = 5 * 60

/** How long a pass is good after its challenge is over, or after Turnstile was asked, in seconds. */
export const PASS_SECONDS = 10 * 60

/**
 * Guests that one pass may make. More than one, because SDKs repeat a call whose answer was lost, and the first run may have
 * made a guest.
 */
export const PASS_USES = 3

/** Rounds of PBKDF2 in one try at a challenge: some 0.3 ms here, where each challenge costs one try. */
export const ROUNDS_OF_A_TRY = 1_000

/** Longest solution that is read: challenge and solution are some 900 characters of base64. */
export const MAX_WORK_CHARS = 4_096

/** Longest token of Turnstile, as Cloudflare documents it. */
export const MAX_TURNSTILE_CHARS = 2_048

/** Longest pass that is decrypted; one has some 350 characters. */
export const MAX_PASS_CHARS = 1_024

/** How long Turnstile may take to answer, in milliseconds. */
export const TURNSTILE_MS = 3_000

/** Largest answer of Turnstile that is read. A usual one has some 200 bytes. */
export const MAX_TURNSTILE_ANSWER_BYTES = 16 * 1024
