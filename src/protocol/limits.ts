/**
 * Largest request body, in bytes. Ten login tokens of the longest length the API model allows (50,000 characters each)
 * fit, as do ten role mappings at the quota of 25 rules.
 */
export const MAX_BODY_BYTES = 1024 * 1024

/** Most findings that one validation message lists, as sibling AWS services do. */
export const MAX_FINDINGS = 10

/** Longest header value we send, in characters; SDKs read the message from the body, which keeps the whole text. */
export const MAX_HEADER_CHARS = 1024

/** Most `name=value` pairs in a query-protocol request: a full CreateOpenIDConnectProvider needs about 210. */
export const MAX_FORM_FIELDS = 1000

/**
 * Most members of one list or map that are looked at: no quota of AWS is higher than 400, and a body could hold 100,000.
 */
export const MAX_MEMBERS = 1000

/** Longest NextToken that the API model allows. */
export const MAX_NEXT_TOKEN_CHARS = 65_535

/** Longest text of a request in a record: role ARNs and ids fit, policy documents are cut. */
export const MAX_RECORDED_CHARS = 512

/** Most items of a list or map of a request in a record: DeleteIdentities names up to 60. */
export const MAX_RECORDED_ITEMS = 60
