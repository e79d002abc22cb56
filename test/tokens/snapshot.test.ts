import { decodeProtectedHeader } from 'jose'
import { describe, expect, it } from 'vitest'
import { deriveKeyEncryptionKeys, type KeyEncryptionSecrets } from '../../src/tokens/key-encryption.ts'
import { openSnapshot, type RingSnapshot, sealSnapshot, snapshotCacheKey } from '../../src/tokens/snapshot.ts'

const secret = (byte: number) => new Uint8Array(32).fill(byte)
const keks = (current: KeyEncryptionSecrets['current'], previous?: KeyEncryptionSecrets['current']) =>
  deriveKeyEncryptionKeys({ current, previous })

const SNAPSHOT: RingSnapshot = {
  algorithm: 'ES256',
  takenAt: 1,
  signing: { kid: 'k', privateJwk: { kty: 'EC' }, signUntil: 2 },
  publicKeys: [{ kty: 'EC', alg: 'ES256', use: 'sig', kid: 'k', crv: 'P-256', x: 'x', y: 'y' }],
  revokedKids: ['r'],
  seed: 'seed',
}

describe('a sealed snapshot', () => {
  it('opens under the same key, be it the current or the previous one', async () => {
    const sealed = await sealSnapshot(SNAPSHOT, (await keks(secret(1))).current)
    expect(await openSnapshot(sealed, await keks(secret(1)))).toEqual({ ok: true, value: SNAPSHOT })
    expect(await openSnapshot(sealed, await keks(secret(2), secret(1)))).toEqual({ ok: true, value: SNAPSHOT })
  })

  it('says which key it needs, by a name that is the same everywhere and not the key', async () => {
    const sealed = await sealSnapshot(SNAPSHOT, (await keks(secret(1))).current)
    const { kid } = decodeProtectedHeader(sealed)
    expect(kid).toBe('a34e36c55f902279')
    expect(await openSnapshot(sealed, await keks(secret(2)))).toEqual({
      ok: false,
      error: { reason: 'wrong_key_encryption_key', needs: kid },
    })
  })

  it('does not open under the key of local mode, nor the reverse', async () => {
    const local = await sealSnapshot(SNAPSHOT, (await keks('local')).current)
    expect(await openSnapshot(local, await keks(secret(1)))).toEqual({
      ok: false,
      error: { reason: 'wrong_key_encryption_key', needs: 'local' },
    })
  })

  it('hides what it holds', async () => {
    const { current } = await keks(secret(1))
    expect(await sealSnapshot(SNAPSHOT, current)).not.toBe(await sealSnapshot(SNAPSHOT, current))
  })

  it.each([0, 2, 3, 4])('is damaged once its part %d is altered', async (part) => {
    const { current, ...rest } = await keks(secret(1))
    const parts = (await sealSnapshot(SNAPSHOT, current)).split('.')
    parts[part] = part === 0 ? btoa('{}') : `${parts[part]?.startsWith('A') ? 'B' : 'A'}${parts[part]?.slice(1)}`
    const opened = await openSnapshot(parts.join('.'), { current, ...rest })
    expect(opened.ok).toBe(false)
  })

  it.each(['', 'x', 'a.b.c.d.e', 'null'])('is damaged when it reads %j', async (text) => {
    expect(await openSnapshot(text, await keks(secret(1)))).toEqual({ ok: false, error: { reason: 'damaged' } })
  })
})

it('stands in the cache under the name of its algorithm', () => {
  expect(snapshotCacheKey('RS256')).toBe('keyring:RS256')
})
