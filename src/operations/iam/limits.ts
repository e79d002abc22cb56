/** Longest session of a role that names no other length, in seconds (IAM API, CreateRole). */
export const DEFAULT_MAX_SESSION_SECONDS = 3600

/** Thumbprints of one OpenID Connect provider, IAM's quota. */
export const MAX_THUMBPRINTS = 5
