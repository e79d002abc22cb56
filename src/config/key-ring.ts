import { err, ok, type Result } from '../base/result.ts'
import { environmentOf } from './environment.ts'
import { MissingSetting, SettingError } from './setting.ts'

/** What the Worker and the key ring's object must agree on, and therefore read each from their own environment. */
export interface KeyRingConfig {
  /** Local mode can do without a key-encryption key. */
  keyEncryption: { current: Uint8Array<ArrayBuffer> | 'local'; previous: Uint8Array<ArrayBuffer> | undefined }
  /** Signing keys that must not be trusted any more, by `kid`. */
  revokedKids: readonly string[]
}

/** Throws a `SettingError` for the first setting of the key ring that cannot stand. */
export function readKeyRingConfig(env: object): KeyRingConfig {
  const given = environmentOf(env)
  const keyEncryption = {
    current: given.one('KEY_ENCRYPTION_KEY') ?? ('local' as const),
    previous: given.one('KEY_ENCRYPTION_KEY_PREVIOUS'),
  }
  return { keyEncryption, revokedKids: given.one('REVOKED_KEYS') }
}

/**
 * The same for the key ring's object, which answers the refusal to the Worker instead of throwing it. `problem`: `missing`,
 * or what is wrong with the value.
 */
export function readKeyRingSettings(
  env: object,
): Result<KeyRingConfig, { reason: 'bad_setting'; setting: string; problem: string }> {
  try {
    return ok(readKeyRingConfig(env))
  } catch (error) {
    if (!(error instanceof SettingError)) throw error
    const problem = error instanceof MissingSetting ? 'missing' : error.problem.replace(/^is /, '')
    return err({ reason: 'bad_setting', setting: error.setting, problem })
  }
}
