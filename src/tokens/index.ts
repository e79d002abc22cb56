/** The Durable Object class is not among these: `key-ring.ts` needs the Workers runtime, and only the entry exports it. */
export { amrOf, type LoginUsed } from './amr.ts'
export { mintAudienceToken } from './audience-token.ts'
export { checkKey, guestKeys, keySetKey, loginHintKey, operatorSessionKey, sessionKey } from './derived-keys.ts'
export { discoveryDocument, publicKeySet } from './documents.ts'
export { createKeys, type Keys, type KeysUnavailable } from './keys.ts'
export {
  AUDIENCE_TOKEN_SECONDS,
  DEVELOPER_TOKEN_SECONDS,
  MAX_AUDIENCE_TOKEN_SECONDS,
  MAX_TOKEN_SECONDS,
  MIN_AUDIENCE_TOKEN_SECONDS,
  OPENID_TOKEN_SECONDS,
  OTHER_RINGS_MS,
  PUBLISHED_KEYS_MAX_AGE_SECONDS,
} from './limits.ts'
export { type IdentityClaims, type MintOptions, mintToken } from './mint.ts'
export { type OwnClaims, type OwnTokenRejected, verifyOwnToken } from './own-token.ts'
export { type Mark, RECEIPTS } from './receipt-ring.ts'
export { Receipts, receiptKeySet } from './receipts.ts'
export type { RingView } from './ring-view.ts'
export { type DescribedRing, Rings } from './rings.ts'
export { AUDIENCE_ALGORITHMS, type AudienceAlgorithm, isTokenAlgorithm, type TokenAlgorithm } from './signing-key.ts'
