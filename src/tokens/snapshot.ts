import { decodeProtectedHeader, type JWK } from 'jose'
import { err, ok, type Result } from '../base/result.ts'
import { decrypt, encrypt, findKek, type KeyEncryptionKey, type KeyEncryptionKeys } from './key-encryption.ts'
import type { BadSetting } from './settings.ts'
import type { PublicJwk, TokenAlgorithm } from './signing-key.ts'

/** The ring at one moment, with all that an isolate needs to sign, verify and publish. */
export interface RingSnapshot {
  algorithm: TokenAlgorithm
  /** Milliseconds since the epoch, as is `signUntil`. */
  takenAt: number
  signing: { kid: string; privateJwk: JWK; signUntil: number }
  publicKeys: PublicJwk[]
  revokedKids: string[]
  /** 32 random bytes in base64url that live as long as the ring. */
  seed: string
}

/**
 * A snapshot as a JWE under a key of the key-encryption key. All of it is sealed, public keys included, so that whoever
 * can write to the cache still cannot add a key to be trusted.
 */
export type SealedSnapshot = string

export interface WrongKeyEncryptionKey {
  reason: 'wrong_key_encryption_key'
  /** `kid` of the key-encryption key that would open it. */
  needs: string
}

/** Why the ring's object gives no snapshot. Each needs an operator; none makes a new ring. */
export type KeyRingRefused = WrongKeyEncryptionKey | BadSetting | { reason: 'unknown_algorithm' }

export async function sealSnapshot(snapshot: RingSnapshot, kek: KeyEncryptionKey): Promise<SealedSnapshot> {
  return encrypt(JSON.stringify(snapshot), kek.sealing, kek.kid)
}

export async function openSnapshot(
  sealed: SealedSnapshot,
  keks: KeyEncryptionKeys,
): Promise<Result<RingSnapshot, WrongKeyEncryptionKey | { reason: 'damaged' }>> {
  try {
    const kid = String(decodeProtectedHeader(sealed).kid)
    const kek = findKek(keks, kid)
    if (!kek) return err({ reason: 'wrong_key_encryption_key', needs: kid })
    return ok(JSON.parse(await decrypt(sealed, kek.sealing)) as RingSnapshot)
  } catch {
    return err({ reason: 'damaged' })
  }
}

/** Where the sealed snapshot of a ring stands in the cache. */
export function snapshotCacheKey(algorithm: TokenAlgorithm): string {
  return `keyring:${algorithm}`
}
