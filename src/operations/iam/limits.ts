/** Client ids of one OpenID Connect provider, IAM's quota. */
export const MAX_CLIENT_IDS = 100

/** Thumbprints of one OpenID Connect provider, IAM's quota. */
export const MAX_THUMBPRINTS = 5
