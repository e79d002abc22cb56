/**
 * Longest `Authorization` header. The SDKs that sign most send about 400 characters; a longer list of headers than
 * fits here is not one that a signer made.
 */
export const MAX_AUTHORIZATION_CHARS = 4096

/** Longest session token that is looked up: what HTTP front ends commonly allow for one header. */
export const MAX_SESSION_TOKEN_CHARS = 16 * 1024

/** Longest region of a credential scope. Pool and identity ids start with it, and have room for no more. */
export const MAX_REGION_CHARS = 18

/** How much of a wrong value a refusal repeats. */
export const MAX_QUOTED_CHARS = 128
