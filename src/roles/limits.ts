/** Bytes of all tags that claims give one user, AWS's limit. */
export const MAX_TAGS_BYTES = 460
