/** Longest note of what was kept: that of a seed with some thousands of identities has as many ids. */
export const MAX_NOTE_CHARS = 500_000
