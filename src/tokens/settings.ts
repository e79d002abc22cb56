import type { KeyEncryptionSecrets } from './key-encryption.ts'

/** What the Worker and the ring's object must agree on, checked. */
export interface KeyRingSettings {
  keyEncryption: KeyEncryptionSecrets
  /** Signing keys that must not be trusted any more, by `kid`. */
  revokedKids: readonly string[]
}

/** A setting that the ring's object was started with and that cannot stand. */
export interface BadSetting {
  reason: 'bad_setting'
  setting: string
  problem: string
}
