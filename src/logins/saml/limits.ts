/**
 * Most elements and attributes of a login response, counted together. Group memberships make the longest responses, and
 * a login token has room for values with about 1,200 of both. Each costs about a twentieth of a millisecond to verify.
 */
export const MAX_RESPONSE_NODES = 1_500

/** The same of what a signature was found to cover: canonicalisation repeats namespaces on each element that uses them. */
export const MAX_SIGNED_NODES = 10_000

/** Deepest nesting of elements. Real responses and metadata have about ten levels. */
export const MAX_DEPTH = 40

/** Most attributes of one element, namespace declarations among them. */
export const MAX_ATTRIBUTES = 32

/**
 * Longest namespace name. Canonicalisation repeats a namespace on every element that uses it, so a long one would make a
 * small document very large.
 */
export const MAX_NAMESPACE_CHARS = 256

/** Longest list of prefixes that a signature may ask canonicalisation to keep. */
export const MAX_PREFIX_LIST_CHARS = 256

/** Longest `ID` of a response or an assertion. Uses of an assertion are recorded by it. */
export const MAX_ID_CHARS = 256

/** Clock skew granted to an identity provider, on either side. SAML's times are to the point, unlike OpenID Connect's. */
export const CLOCK_SKEW_MS = 60_000

/** Shortest metadata document, as IAM has it. */
export const MIN_METADATA_CHARS = 1_000

/**
 * Longest metadata document. IAM takes ten million characters; here it has to fit into a request of 1 MiB, in which a
 * form makes XML about half as long again, and into one row of storage.
 */
export const MAX_METADATA_CHARS = 500_000

/** Most elements and attributes of a metadata document, counted together. */
export const MAX_METADATA_NODES = 10_000

/** Most signing certificates of one provider, IAM's quota. */
export const MAX_CERTIFICATES = 10

/** Longest certificate in base64: one of an RSA key of 8192 bits has about 3,500 characters. */
export const MAX_CERTIFICATE_CHARS = 4_096

/** Longest entity id: SAML core, section 8.3.6. */
export const MAX_ENTITY_ID_CHARS = 1_024
