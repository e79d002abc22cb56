import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { vi } from 'vitest'
import type { Log } from '../../src/base/log.ts'
import type { World } from '../../src/base/world.ts'
import { readKeyRingSettings } from '../../src/config/key-ring.ts'
import { deriveKeyEncryptionKeys } from '../../src/tokens/key-encryption.ts'
import { KeyRing } from '../../src/tokens/key-ring.ts'
import { type RingView, viewOf } from '../../src/tokens/ring-view.ts'
import { type TokenAlgorithm, toPublicJwk } from '../../src/tokens/signing-key.ts'
import { openSnapshot, type RingSnapshot, sealSnapshot, snapshotCacheKey } from '../../src/tokens/snapshot.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
/** Far in the future, so that no alarm set by the frozen clock is due by the platform's own. */
export const START = Date.UTC(2100, 0, 1)

export const KEY_A = btoa('a'.repeat(32))
export const KEY_B = btoa('b'.repeat(32))

export type Settings = Partial<
  Record<'KEY_ENCRYPTION_KEY' | 'KEY_ENCRYPTION_KEY_PREVIOUS' | 'LOCAL_MODE' | 'REVOKED_KEYS', string>
>

/** The bindings of this Worker with other settings. Local mode is off unless it is asked for. */
export function envWith(settings: Settings, cache: KVNamespace = env.CACHE): Env {
  return { ...env, LOCAL_MODE: '', ...settings, CACHE: cache } as Env
}

export function settingsFrom(settings: Settings) {
  const read = readKeyRingSettings(envWith(settings))
  if (!read.ok) throw new Error(JSON.stringify(read.error))
  return read.value
}

export function ringStub(algorithm: string): DurableObjectStub<KeyRing> {
  return env.KEY_RING.getByName(algorithm)
}

/** Takes the object's memory; storage stays. */
export async function evictRing(algorithm: TokenAlgorithm): Promise<void> {
  await runInDurableObject(ringStub(algorithm), () => {})
  await evictDurableObject(ringStub(algorithm))
}

/** Keeps the object's log records from the test report, and gives them back as text. */
export function captureLog(): () => string[] {
  const spies = (['log', 'warn', 'error'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation(() => {}),
  )
  return () => spies.flatMap((spy) => spy.mock.calls.map(([record]) => String(record)))
}

/** Makes the object as if it had never been used, and forgets what it had cached. */
export async function eraseRing(algorithm: TokenAlgorithm): Promise<void> {
  await runInDurableObject(ringStub(algorithm), async (_, { storage }) => {
    await storage.deleteAll()
  })
  await evictRing(algorithm)
  await env.CACHE.delete(snapshotCacheKey(algorithm))
}

/** A snapshot by the object as it would be after a restart with these settings. */
export async function snapshotWith(algorithm: string, settings: Settings, cache?: KVNamespace, asked?: number) {
  return runInDurableObject(ringStub(algorithm), (_, state) =>
    new KeyRing(state, envWith(settings, cache)).snapshot(asked),
  )
}

export async function opened(sealed: string, settings: Settings): Promise<RingSnapshot> {
  const { keyEncryption } = settingsFrom(settings)
  const snapshot = await openSnapshot(sealed, await deriveKeyEncryptionKeys(keyEncryption))
  if (!snapshot.ok) throw new Error(JSON.stringify(snapshot.error))
  return snapshot.value
}

export async function sealed(snapshot: RingSnapshot, settings: Settings): Promise<string> {
  return sealSnapshot(snapshot, (await deriveKeyEncryptionKeys(settingsFrom(settings).keyEncryption)).current)
}

/** The opened snapshot by the object as it would be after a restart with these settings. */
export async function ringWith(
  algorithm: string,
  settings: Settings,
  cache?: KVNamespace,
  asked?: number,
): Promise<RingSnapshot> {
  const taken = await snapshotWith(algorithm, settings, cache, asked)
  if (!taken.ok) throw new Error(JSON.stringify(taken.error))
  return opened(taken.value, settings)
}

/** A cache that is down. */
export const brokenCache = {
  get: async () => {
    throw new Error('KV is down')
  },
  put: async () => {
    throw new Error('KV is down')
  },
} as unknown as KVNamespace

const silent: Log = { info: () => {}, text: () => {}, warn: () => {}, error: () => {} }

/** A world whose clock is the test's own; nothing in this folder needs a network or chance. */
export function worldAt(now: () => number): World {
  const absent = () => {
    throw new Error('not part of this world')
  }
  return { now, random: (length) => new Uint8Array(length), uuid: absent, fetch: absent, log: silent }
}

export async function newPrivateJwk(algorithm: TokenAlgorithm): Promise<JWK> {
  return exportJWK((await generateKeyPair(algorithm, { extractable: true })).privateKey)
}

/** A ring of this one key, that signs for an hour from `START`. */
export async function viewWith(
  privateJwk: JWK,
  algorithm: TokenAlgorithm,
  change: Partial<RingSnapshot> = {},
): Promise<RingView> {
  const publicJwk = await toPublicJwk(privateJwk, algorithm)
  const signing = { kid: publicJwk.kid, privateJwk, signUntil: START + HOUR }
  const snapshot = { algorithm, takenAt: START, signing, publicKeys: [publicJwk], revokedKids: [], seed: 'c2VlZA' }
  return viewOf({ ...snapshot, ...change }, undefined)
}
