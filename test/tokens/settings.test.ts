import { expect, it } from 'vitest'
import { readKeyRingSettings } from '../../src/config/key-ring.ts'
import { KEY_A, KEY_B } from './support.ts'

const bytes = (char: string) => new Uint8Array(32).fill(char.charCodeAt(0))
const bad = (setting: string, problem: string) => ({ ok: false, error: { reason: 'bad_setting', setting, problem } })
const good = (keyEncryption: object, revokedKids: string[] = []) => ({
  ok: true,
  value: { keyEncryption, revokedKids },
})

it.each([
  ['no key outside local mode', {}, bad('KEY_ENCRYPTION_KEY', 'missing')],
  [
    'an empty key outside local mode',
    { KEY_ENCRYPTION_KEY: ' ', LOCAL_MODE: 'off' },
    bad('KEY_ENCRYPTION_KEY', 'missing'),
  ],
  ['a key too short', { KEY_ENCRYPTION_KEY: btoa('short') }, bad('KEY_ENCRYPTION_KEY', 'not 32 bytes in base64')],
  ['a key too long', { KEY_ENCRYPTION_KEY: btoa('a'.repeat(33)) }, bad('KEY_ENCRYPTION_KEY', 'not 32 bytes in base64')],
  [
    'a bad key in local mode',
    { KEY_ENCRYPTION_KEY: '%', LOCAL_MODE: 'on' },
    bad('KEY_ENCRYPTION_KEY', 'not 32 bytes in base64'),
  ],
  [
    'a bad previous key',
    { KEY_ENCRYPTION_KEY: KEY_A, KEY_ENCRYPTION_KEY_PREVIOUS: 'x' },
    bad('KEY_ENCRYPTION_KEY_PREVIOUS', 'not 32 bytes in base64'),
  ],
])('refuses %s', (_, env, expected) => {
  expect(readKeyRingSettings(env)).toEqual(expected)
})

it.each([
  ['one key', { KEY_ENCRYPTION_KEY: KEY_A }, good({ current: bytes('a'), previous: undefined })],
  ['a key with a line end', { KEY_ENCRYPTION_KEY: `${KEY_A}\n` }, good({ current: bytes('a'), previous: undefined })],
  [
    'two keys',
    { KEY_ENCRYPTION_KEY: KEY_B, KEY_ENCRYPTION_KEY_PREVIOUS: KEY_A },
    good({ current: bytes('b'), previous: bytes('a') }),
  ],
  ['local mode without a key', { LOCAL_MODE: 'on' }, good({ current: 'local', previous: undefined })],
  [
    'local mode with a key',
    { LOCAL_MODE: 'on', KEY_ENCRYPTION_KEY: KEY_A },
    good({ current: bytes('a'), previous: undefined }),
  ],
  [
    'revoked keys',
    { LOCAL_MODE: 'on', REVOKED_KEYS: ' k1,, k2 ,' },
    good({ current: 'local', previous: undefined }, ['k1', 'k2']),
  ],
])('reads %s', (_, env, expected) => {
  expect(readKeyRingSettings(env)).toEqual(expected)
})
