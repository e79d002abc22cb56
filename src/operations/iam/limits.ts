/** Thumbprints of one OpenID Connect provider, IAM's quota. */
export const MAX_THUMBPRINTS = 5
