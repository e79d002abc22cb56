/**
 * Longest document, in characters. Trust policies: the IAM model's bound for `AssumeRolePolicyDocument`. Identity
 * policies: what IAM allows all inline policies of one group and role together, rounded up to 20 KiB.
 */
export const MAX_DOCUMENT_CHARS = { identity: 20 * 1024, trust: 128 * 1024 } as const

/** Statements of one document. Every one is looked at on every request, and no document written by hand comes near. */
export const MAX_STATEMENTS = 200

/** How much of a wrong value a refusal repeats, so that a hostile document does not come back whole. */
export const MAX_QUOTED_CHARS = 64
