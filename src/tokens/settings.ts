import { err, ok, type Result } from '../base/result.ts'
import { KEY_ENCRYPTION_KEY_BYTES, type KeyEncryptionSecret, type KeyEncryptionSecrets } from './key-encryption.ts'

/** What the Worker and the ring's object must agree on. */
export interface KeyRingSettings {
  keyEncryption: KeyEncryptionSecrets
  /** Signing keys that must not be trusted any more, by `kid`. */
  revokedKids: readonly string[]
}

export interface BadSetting {
  reason: 'bad_setting'
  setting: 'KEY_ENCRYPTION_KEY' | 'KEY_ENCRYPTION_KEY_PREVIOUS'
  problem: 'missing' | 'not 32 bytes in base64'
}

/**
 * Reads KEY_ENCRYPTION_KEY, KEY_ENCRYPTION_KEY_PREVIOUS and REVOKED_KEYS (`kid`s, separated by commas). Only local
 * mode (`LOCAL_MODE` is "on") can do without a key-encryption key.
 */
export function readKeyRingSettings(env: object): Result<KeyRingSettings, BadSetting> {
  const text = (name: string): string => {
    const value: unknown = Reflect.get(env, name)
    return typeof value === 'string' ? value.trim() : ''
  }
  const currentText = text('KEY_ENCRYPTION_KEY')
  if (currentText === '' && text('LOCAL_MODE') !== 'on') return bad('KEY_ENCRYPTION_KEY', 'missing')
  const current: KeyEncryptionSecret | undefined = currentText === '' ? 'local' : secretFrom(currentText)
  if (!current) return bad('KEY_ENCRYPTION_KEY', 'not 32 bytes in base64')

  const previousText = text('KEY_ENCRYPTION_KEY_PREVIOUS')
  const previous = previousText === '' ? undefined : secretFrom(previousText)
  if (previousText !== '' && !previous) return bad('KEY_ENCRYPTION_KEY_PREVIOUS', 'not 32 bytes in base64')

  const revokedKids = text('REVOKED_KEYS')
    .split(',')
    .map((kid) => kid.trim())
    .filter((kid) => kid !== '')
  return ok({ keyEncryption: { current, previous }, revokedKids })
}

function bad(setting: BadSetting['setting'], problem: BadSetting['problem']): Result<never, BadSetting> {
  return err({ reason: 'bad_setting', setting, problem })
}

function secretFrom(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
    return bytes.length === KEY_ENCRYPTION_KEY_BYTES ? bytes : undefined
  } catch {
    return undefined
  }
}
