import { listFrom, MissingSetting, type Reader, SettingError } from './setting.ts'

/** A key for A256GCM. */
const KEY_BYTES = 32

/** 32 bytes that signing keys are wrapped under; only local mode can do without. */
export const keyEncryptionKeyFrom: Reader<Uint8Array<ArrayBuffer> | undefined> = (value, { name, localMode }) => {
  if (value === undefined && !localMode) throw new MissingSetting(name, '32 random bytes in base64')
  return previousKeyFrom(value, { name, localMode })
}

/** The key-encryption key before, while it is being changed. */
export const previousKeyFrom: Reader<Uint8Array<ArrayBuffer> | undefined> = (value, { name }) => {
  if (value === undefined) return undefined
  const bytes = bytesFrom(value)
  if (bytes?.length !== KEY_BYTES) throw new SettingError(name, 'is not 32 bytes in base64')
  return bytes
}

/** Signing keys that must not be trusted any more, by `kid`: texts of the base64url alphabet (RFC 7638, RFC 4648). */
export const revokedKeysFrom: Reader<string[]> = (value, { name }) => {
  const kids = listFrom(value)
  if (kids.some((kid) => !/^[\w-]+$/.test(kid)))
    throw new SettingError(name, 'must be key ids as the key set publishes them, separated by commas')
  return kids
}

function bytesFrom(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  } catch {
    return undefined
  }
}
