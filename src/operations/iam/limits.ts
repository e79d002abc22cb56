/** Client ids of one OpenID Connect provider, IAM's quota. */
export const MAX_CLIENT_IDS = 100

/** Managed policies attached to one role, IAM's quota. */
export const MAX_ATTACHED_POLICIES = 10

/** Thumbprints of one OpenID Connect provider, IAM's quota. */
export const MAX_THUMBPRINTS = 5
