/** Longest login token the API model allows (`IdentityProviderToken`); a longer one is refused before anything parses it. */
export const MAX_TOKEN_CHARS = 50_000

/**
 * Clock-skew grace on `exp`, `nbf` and `iat`, as the Amazon Cognito guide ("OIDC providers") and the IAM guide ("OIDC
 * federation") document it for expiry. No upper grace is documented, so the same one holds in both directions.
 */
export const CLOCK_GRACE_SECONDS = 300

/** OpenID Connect Core, section 2: a subject is at most 255 characters. Identities are keyed by it. */
export const MAX_SUBJECT_CHARS = 255

/** Longest issuer: IAM's limit for the URL of an OIDC provider. A longer `iss` is refused before any pattern sees it. */
export const MAX_ISSUER_CHARS = 255

/** How much of a token's own text (issuer, audience, kid, alg) a refusal repeats: as long as an issuer may be. */
export const MAX_REPORTED_CHARS = 255

/** How many audiences a refusal repeats: enough to find the mistake, too few to fill a log. */
export const MAX_REPORTED_AUDIENCES = 10

/** Time for one whole outbound answer, connection and body: a user is waiting. */
export const FETCH_TIMEOUT_MS = 3_000

/** Largest discovery document or key set read: a hundred RSA keys with their certificates fit. */
export const MAX_ANSWER_BYTES = 512 * 1024

/** Most keys of one type, RSA or EC, in a set: IAM's own limit for an OIDC provider. */
export const MAX_KEYS_OF_TYPE = 100

/** RFC 7518, section 3.3: RSA keys of 2048 bits or larger. */
export const MIN_RSA_BITS = 2048

/** Larger RSA keys are in no issuer's use, and each verification with one would cost tens of milliseconds. */
export const MAX_RSA_BITS = 8192

/** Longest single field of a key: the modulus of an RSA key of 8192 bits, in base64url, has 1366 characters. */
export const MAX_KEY_FIELD_CHARS = 1_400

/** A set is taken from memory or KV without asking the issuer for at least this long, whatever the issuer says. */
export const MIN_FRESH_SECONDS = 5 * 60

/** Freshness of a set whose issuer says nothing: about how long Cognito itself keeps provider keys. */
export const DEFAULT_FRESH_SECONDS = 10 * 60

/** Longest use of a set, fresh or stale. A key its issuer withdrew stays good here for no longer than this. */
export const MAX_SET_AGE_SECONDS = 24 * 60 * 60

/** Pause after each look at an issuer: no retry while it is down, and no fetch per invented `kid` while it is up. */
export const COOL_DOWN_SECONDS = 30

/** How often those who wait for another request's look at an issuer see whether it is done. */
export const TURN_POLL_MS = 25

/** How often a request that looks at an issuer gives a sign of life. */
export const TURN_BEAT_MS = 100

/** Without a sign for this long, that request has ended in the middle, and another one looks. */
export const TURN_SILENCE_MS = 1_000

/** Longest wait for other requests: the time for KV and for an issuer's answer, and for one that ended in the middle. */
export const TURN_WAIT_MS = 5_000

/**
 * From which part of its time on a set is read again beside a request that uses it: from KV if that has a newer one, else from
 * the issuer. So where requests come often none waits. Each isolate has a moment of its own between these, since all of
 * them hold the same set and should not ask an issuer at once.
 */
export const KEY_SET_RENEWAL = { from: 0.4, to: 0.6 }

/** Longest wait for a key set in KV and for the key that its seal is checked with. Later than this, it is a miss. */
export const STORE_TIMEOUT_MS = 1_000

/** Longest record taken from KV: as large as an issuer's answer may be. */
export const MAX_RECORD_CHARS = 512 * 1024

/** Longest token that a social provider is asked about: twice what Login with Amazon documents, and it fits into a URL. */
export const MAX_OPAQUE_TOKEN_CHARS = 4_096

/** Largest answer about one user: X sends a profile of a few kilobytes, Facebook's longest is a list of permissions. */
export const MAX_SOCIAL_ANSWER_BYTES = 64 * 1024

/** How long a provider's word about a token is kept, if that also told when the token expires. */
export const MAX_PROVEN_SECONDS = 5 * 60

/** The same where it did not: a token that has expired or was withdrawn is good here for no longer than this. */
export const UNDATED_PROVEN_SECONDS = 60

/** How long a user pool's word that a user is active is kept. */
export const USER_ACTIVE_SECONDS = 60

/** Largest answer of a user pool about one user: up to 50 custom attributes of 2048 characters. */
export const MAX_USER_POOL_ANSWER_BYTES = 256 * 1024
