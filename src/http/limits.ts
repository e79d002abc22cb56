/** How long an address is refused that sent too much that leads nowhere, in milliseconds. */
export const PAUSE_MS = 10_000

/**
 * Largest body that anybody may have parsed at every call, in bytes: a login of the longest length fits, which is 50,000
 * characters. Larger ones have a limit of their own, because they cost the most.
 */
export const MAX_PLAIN_BODY_BYTES = 64 * 1024

/** Where in an `Authorization` header the access key id ends at the latest, in characters. SDKs write it first. */
export const MAX_CREDENTIAL_END = 1024
