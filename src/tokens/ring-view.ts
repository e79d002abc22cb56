import { base64url } from '../base/bytes.ts'
import { importKey, type PublicJwk, type TokenAlgorithm } from './signing-key.ts'
import type { RingSnapshot } from './snapshot.ts'

/** The ring as an isolate uses it. Plain data and keys, so requests may share it. */
export interface RingView {
  algorithm: TokenAlgorithm
  signingKey: { kid: string; key: CryptoKey }
  /** Milliseconds since the epoch; nothing is signed from then on. */
  signUntil: number
  publicKeys: readonly PublicJwk[]
  /** By `kid`, for the same keys as `publicKeys`. */
  verificationKeys: ReadonlyMap<string, CryptoKey>
  revokedKids: readonly string[]
  /** 32 bytes that live as long as the ring: what other keys are derived from, each under its own label. */
  seed: Uint8Array<ArrayBuffer>
  takenAt: number
}

/** Imports the snapshot's keys, except those that the view before already has: a `kid` never changes its key. */
export async function viewOf(snapshot: RingSnapshot, before: RingView | undefined): Promise<RingView> {
  const { algorithm, signing, takenAt } = snapshot
  const revoked = new Set(snapshot.revokedKids)
  const publicKeys = snapshot.publicKeys.filter(({ kid }) => !revoked.has(kid))
  const verificationKeys = new Map<string, CryptoKey>()
  for (const jwk of publicKeys)
    verificationKeys.set(jwk.kid, before?.verificationKeys.get(jwk.kid) ?? (await importKey(jwk, algorithm)))
  const key =
    before?.signingKey.kid === signing.kid ? before.signingKey.key : await importKey(signing.privateJwk, algorithm)
  return {
    algorithm,
    signingKey: { kid: signing.kid, key },
    signUntil: signing.signUntil,
    publicKeys,
    verificationKeys,
    revokedKids: snapshot.revokedKids,
    seed: Uint8Array.from(base64url.decode(snapshot.seed)),
    takenAt,
  }
}
