const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** Lifetime of a token a caller asks for with its logins; Amazon Cognito's tokens live exactly as long. */
export const OPENID_TOKEN_SECONDS = 10 * 60
/** Lifetime of a developer token when the backend names none (GetOpenIdTokenForDeveloperIdentity, TokenDuration). */
export const DEVELOPER_TOKEN_SECONDS = 15 * 60
/** The longest lifetime a backend may ask for (same page), and so the longest that any signature must stay checkable. */
export const MAX_TOKEN_SECONDS = 24 * 60 * 60
/** Longest text that is looked at as a token of ours; the API model allows a login token no more. */
export const MAX_OWN_TOKEN_CHARS = 50_000

/** RSA modulus of a new signing key: the least that RFC 7518 allows, and the one size every relying party takes. */
export const RSA_BITS = 2048
/** How long one key signs. Short enough that rotation is exercised, long enough that nobody sees it as churn. */
export const SIGNING_PERIOD_MS = 30 * DAY_MS

/** A snapshot of the ring is used this long without asking again. It bounds how long a revoked key may still sign. */
export const SNAPSHOT_FRESH_MS = 5 * MINUTE_MS
/**
 * From which part of its time on a snapshot is replaced beside a request that uses it, so that the next ones need not wait: by
 * what is in the cache, or by the ring's object, which then renews the cache. Each isolate has a moment of its own between
 * these, since all hold the same snapshot and should not ask at once.
 */
export const SNAPSHOT_RENEWAL = { from: 0.4, to: 0.6 }
/** How soon after such a look another one may begin. */
export const SNAPSHOT_RENEWAL_PAUSE_MS = 10_000
/** Oldest cached snapshot that stands in while the ring's object does not answer. */
export const SNAPSHOT_FALLBACK_MS = DAY_MS
/**
 * How long the ring's object is waited for while a snapshot can stand in. Together with a slow read of the cache this is a
 * second at most. Without a stand-in the wait is that of any call of an object: the ring may have to make its first key.
 */
export const RING_WAIT_MS = 600
/** How long a stand-in is used before the object is asked again, so that an object in trouble is not hammered. */
export const FALLBACK_PAUSE_MS = 10_000
/** The cached snapshot is rewritten this often while the ring is in use; the store takes one write a second for a key. */
export const SNAPSHOT_PUT_INTERVAL_MS = MINUTE_MS
/** Shortest time that the store serves a value from its own edge cache. */
export const SNAPSHOT_EDGE_CACHE_SECONDS = 30

/** How long a relying party may serve itself from its copy of the published keys (`Cache-Control: max-age`). */
export const PUBLISHED_KEYS_MAX_AGE_SECONDS = 3600
/**
 * How long before its first signature a key is published. Even a stand-in snapshot of the greatest age names every key
 * that signs by now, with time for the relying parties' copies to run out, twice over.
 */
export const PUBLISH_BEFORE_MS = SNAPSHOT_FALLBACK_MS + 2 * PUBLISHED_KEYS_MAX_AGE_SECONDS * 1000
/** How long the key before may sign beside its successor: snapshots in use run out, and clocks differ a little. */
export const HANDOVER_MS = 2 * SNAPSHOT_FRESH_MS
/** How far two clocks may be apart and still confirm each other. Nothing in the life of a key is decided by an hour. */
export const CLOCKS_AGREE_MS = 60 * MINUTE_MS
/** How long after its last signature a key stays published: the longest token, and as long again for late readers. */
export const PUBLISH_AFTER_MS = 2 * MAX_TOKEN_SECONDS * 1000

/** How long the published keys of identities wait for those of other rings. Nobody's sign-in should fail for want of the latter. */
export const OTHER_RINGS_MS = 2_000

/** How long one key signs receipts of erasures. Its public half stays published for ever. */
export const RECEIPT_KEY_LIFE_MS = 365 * DAY_MS
/** How often the object of these keys looks whether its secrets must be wrapped anew. A changed key-encryption key stays for longer. */
export const RECEIPT_TURN_MS = 12 * 60 * MINUTE_MS
/** How long an isolate answers with the published keys of receipts that it has. */
export const RECEIPT_KEYS_FRESH_MS = 5 * MINUTE_MS

/** Lifetimes of tokens for other relying parties, and that of one whose client names none (API reference of STS, GetWebIdentityToken). */
export const MIN_AUDIENCE_TOKEN_SECONDS = 60
export const MAX_AUDIENCE_TOKEN_SECONDS = 3600
export const AUDIENCE_TOKEN_SECONDS = 300
/** Largest payload of such a token: it is sent in a header as often as not, and common servers take 8 KiB of those. */
export const MAX_AUDIENCE_PAYLOAD_BYTES = 8 * 1024
