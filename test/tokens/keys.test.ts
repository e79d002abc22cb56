import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { KV_READ_MS } from '../../src/base/deadline.ts'
import { OBJECT_WRITE_MS } from '../../src/base/objects.ts'
import type { Result } from '../../src/base/result.ts'
import { createKeys, type Keys, type KeysOptions } from '../../src/tokens/keys.ts'
import {
  RING_WAIT_MS,
  SNAPSHOT_FRESH_MS,
  SNAPSHOT_RENEWAL,
  SNAPSHOT_RENEWAL_PAUSE_MS,
} from '../../src/tokens/limits.ts'
import { mintToken } from '../../src/tokens/mint.ts'
import { verifyOwnToken } from '../../src/tokens/own-token.ts'
import type { RingView } from '../../src/tokens/ring-view.ts'
import { shortenTimeLimits } from '../support/time-limits.ts'
import {
  brokenCache,
  captureLog,
  DAY,
  eraseRing,
  HOUR,
  KEY_A,
  KEY_B,
  MINUTE,
  opened,
  ringWith,
  type Settings,
  START,
  sealed,
  settingsFrom,
  snapshotWith,
  worldAt,
} from './support.ts'

const A: Settings = { KEY_ENCRYPTION_KEY: KEY_A }
const CLAIMS = { sub: 'us-east-1:i', aud: 'us-east-1:p', amr: ['unauthenticated'], poolArn: 'arn:aws:x' }

/** The way to the ring's object, which a test may cut, and which counts who comes along. */
class Road {
  asked = 0
  failures: object[] = []
  settings = A

  readonly ring: KeysOptions['ring'] = async () => {
    this.asked++
    const failure = this.failures.shift()
    if (failure) throw Object.assign(new Error('the object failed'), failure)
    return snapshotWith('ES256', this.settings)
  }

  cut(error: object = {}): void {
    this.failures = Array.from({ length: 100 }, () => error)
  }

  mend(): void {
    this.failures = []
  }
}

let road: Road

function isolate(change: Partial<KeysOptions> & { with?: Settings } = {}): Keys {
  const { with: settings = A, ...options } = change
  return createKeys({
    ring: road.ring,
    cache: env.CACHE,
    settings: settingsFrom(settings),
    algorithm: 'ES256',
    world: worldAt(() => Date.now()),
    ...options,
  })
}

async function view(keys: Keys): Promise<RingView> {
  const current = await keys.current()
  if (!current.ok) throw new Error(current.error.reason)
  return current.value
}

const failed = (error: object): Result<never, object> => ({ ok: false, error })
const wait = (ms: number) => vi.setSystemTime(Date.now() + ms)

/** Puts a snapshot into the cache, taken now. */
async function cacheSnapshot(settings = A): Promise<string> {
  const taken = await snapshotWith('ES256', settings)
  if (!taken.ok) throw new Error(taken.error.reason)
  await env.CACHE.put('keyring:ES256', taken.value)
  return taken.value
}

beforeEach(() => {
  captureLog()
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  road = new Road()
})

afterEach(async () => {
  vi.restoreAllMocks()
  await eraseRing('ES256')
  vi.useRealTimers()
})

describe('current', () => {
  it('gives what it takes to sign, verify, publish and derive', async () => {
    const current = await view(isolate())
    const ring = await ringWith('ES256', A)
    expect(current).toEqual({
      algorithm: 'ES256',
      signingKey: { kid: ring.signing.kid, key: expect.any(CryptoKey) },
      signUntil: ring.signing.signUntil,
      publicKeys: ring.publicKeys,
      verificationKeys: new Map([[ring.signing.kid, expect.any(CryptoKey)]]),
      revokedKids: [],
      seed: expect.any(Uint8Array),
      takenAt: START,
    })
    expect(current.seed).toHaveLength(32)
    const token = await mintToken(CLAIMS, 600, { view: current, issuer: 'https://i.example', now: START })
    const options = { view: current, issuer: 'https://i.example', now: START, clockToleranceSeconds: 0 }
    expect(await verifyOwnToken(token, options)).toMatchObject({ ok: true, value: CLAIMS })
  })

  it('answers from memory for 5 minutes after the snapshot was taken, then asks again', async () => {
    const keys = isolate({ cache: brokenCache })
    const first = await view(keys)
    wait(5 * MINUTE - 1)
    expect(await view(keys)).toBe(first)
    expect(road.asked).toBe(1)
    wait(1)
    expect((await view(keys)).takenAt).toBe(START + 5 * MINUTE)
    expect(road.asked).toBe(2)
  })

  it('asks again when its clock has gone back', async () => {
    const keys = isolate({ cache: brokenCache })
    await view(keys)
    wait(-HOUR)
    expect((await view(keys)).takenAt).toBe(START - HOUR)
    wait(5 * MINUTE - 1)
    await view(keys)
    expect(road.asked).toBe(2)
  })

  it.each([
    ['6 minutes ahead of', 6 * MINUTE],
    ['6 minutes behind', -6 * MINUTE],
    ['10 hours ahead of', 10 * HOUR],
  ])('asks every 5 minutes at most by a clock that is %s the ring’s', async (_, off) => {
    const keys = isolate({ world: worldAt(() => Date.now() + off) })
    for (let n = 0; n < 10; n++) {
      await view(keys)
      wait(MINUTE)
    }
    expect(road.asked).toBeLessThanOrEqual(2)
  })

  it('signs with the new key once the ring has turned', async () => {
    const keys = isolate({ cache: brokenCache })
    const first = await view(keys)
    wait(60 * DAY)
    const second = await view(keys)
    expect(second.signingKey.kid).not.toBe(first.signingKey.kid)
    const options = { view: second, issuer: 'https://i.example', now: Date.now() }
    const token = await mintToken(CLAIMS, 600, options)
    expect(await verifyOwnToken(token, { ...options, clockToleranceSeconds: 0 })).toMatchObject({ ok: true })
  })

  it('imports a key once', async () => {
    const keys = isolate({ cache: brokenCache })
    const first = await view(keys)
    wait(HOUR)
    const second = await view(keys)
    expect(second).not.toBe(first)
    expect(second.signingKey.key).toBe(first.signingKey.key)
    const { kid } = first.signingKey
    expect(second.verificationKeys.get(kid)).toBe(first.verificationKeys.get(kid))
  })

  it('spares the object when the cached snapshot is fresh', async () => {
    await cacheSnapshot()
    wait(5 * MINUTE)
    const keys = isolate()
    expect((await view(keys)).takenAt).toBe(START)
    expect(road.asked).toBe(0)
    wait(1)
    expect((await view(keys)).takenAt).toBe(START + 5 * MINUTE + 1)
    expect(road.asked).toBe(1)
  })

  it('does not take a snapshot of the future for fresh', async () => {
    wait(DAY)
    await cacheSnapshot()
    vi.setSystemTime(START)
    expect((await view(isolate())).takenAt).toBe(START)
    expect(road.asked).toBe(1)
  })

  it.each([
    ['forged', async () => 'a.b.c.d.e'],
    ['altered', async () => (await cacheSnapshot()).replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))],
    ['of another key-encryption key', async () => sealed(await ringWith('ES256', A), { KEY_ENCRYPTION_KEY: KEY_B })],
  ])('ignores a cached snapshot that is %s', async (_, make) => {
    await env.CACHE.put('keyring:ES256', await make())
    const current = await view(isolate())
    expect(road.asked).toBe(1)
    expect(current.publicKeys).toEqual((await ringWith('ES256', A)).publicKeys)
  })

  it('ignores a snapshot of another algorithm under this one’s name', async () => {
    await env.CACHE.put('keyring:RS256', await cacheSnapshot())
    const keys = isolate({ algorithm: 'RS256' })
    expect(await keys.current()).toEqual(failed({ reason: 'unavailable' }))
    expect(road.asked).toBe(1)
  })

  it('passes a refusal on, though a cached snapshot could stand in', async () => {
    await cacheSnapshot()
    wait(HOUR)
    road.settings = { KEY_ENCRYPTION_KEY: KEY_B }
    expect(await isolate().current()).toEqual(
      failed({ reason: 'wrong_key_encryption_key', needs: expect.stringMatching(/^[0-9a-f]{16}$/) }),
    )
  })

  it('names the key it lacks when the object has another one', async () => {
    expect(await isolate({ with: { KEY_ENCRYPTION_KEY: KEY_B } }).current()).toEqual(
      failed({ reason: 'wrong_key_encryption_key', needs: expect.stringMatching(/^[0-9a-f]{16}$/) }),
    )
  })

  it('never signs past signUntil, however fresh the snapshot', async () => {
    const { signing } = await ringWith('ES256', A)
    vi.setSystemTime(signing.signUntil - 30 * HOUR)
    await ringWith('ES256', A)
    const before = await opened(await cacheSnapshot(), A)
    vi.setSystemTime(before.signing.signUntil - MINUTE)
    const stale = { ...before, takenAt: Date.now() }
    await env.CACHE.put('keyring:ES256', await sealed(stale, A))
    const keys = isolate()
    expect((await view(keys)).signingKey.kid).toBe(before.signing.kid)
    wait(MINUTE)
    const after = await view(keys)
    expect(after.signingKey.kid).not.toBe(before.signing.kid)
    expect(after.publicKeys.map(({ kid }) => kid)).toEqual([before.signing.kid, after.signingKey.kid])
  })
})

describe('beside a request about the middle of its time', () => {
  const [FIRST, LAST] = [SNAPSHOT_RENEWAL.from * SNAPSHOT_FRESH_MS, SNAPSHOT_RENEWAL.to * SNAPSHOT_FRESH_MS]
  const background: Promise<unknown>[] = []
  const later = (work: Promise<unknown>) => void background.push(work)
  const settled = () => Promise.all(background.splice(0))
  const withChance = (chance: number) => ({ ...worldAt(() => Date.now()), random: () => new Uint8Array([chance]) })

  it.each([
    [0, FIRST],
    [255, FIRST + ((LAST - FIRST) * 255) / 256],
  ])('a view is replaced, at a time that chance decides, and nobody waits for that: %i', async (chance, due) => {
    const keys = isolate({ cache: brokenCache, later, world: withChance(chance) })
    const first = await view(keys)
    wait(Math.floor(due) - 1)
    await view(keys)
    expect(background).toEqual([])
    wait(2)
    expect(await view(keys)).toBe(first)
    expect(await view(keys)).toBe(first)
    expect(background).toHaveLength(1)
    await settled()
    const { takenAt } = await view(keys)
    expect(takenAt).toBe(Date.now())
    wait(SNAPSHOT_FRESH_MS - 1)
    expect((await view(keys)).takenAt).toBe(takenAt)
    expect(road.asked).toBe(2)
    await settled()
  })

  it('the object is spared while there is a newer snapshot in the cache', async () => {
    const keys = isolate({ later })
    await cacheSnapshot()
    await view(keys)
    wait(FIRST - 1)
    await cacheSnapshot()
    wait(LAST - FIRST + 1)
    await view(keys)
    await settled()
    expect((await view(keys)).takenAt).toBe(START + FIRST - 1)
    expect(road.asked).toBe(0)
    wait(LAST)
    await view(keys)
    await settled()
    expect(road.asked).toBe(1)
    expect((await view(keys)).takenAt).toBe(Date.now())
  })

  it('a cached snapshot that is new to the isolate is replaced at once', async () => {
    await cacheSnapshot()
    wait(LAST)
    const keys = isolate({ later })
    expect((await view(keys)).takenAt).toBe(START)
    await settled()
    expect((await view(keys)).takenAt).toBe(START + LAST)
    expect(road.asked).toBe(1)
  })

  it('a failing object is tried every 10 seconds, and ends nothing before its time', async () => {
    const keys = isolate({ cache: brokenCache, later })
    const first = await view(keys)
    road.cut()
    wait(LAST)
    for (let n = 0; n < 12; n++) {
      expect(await view(keys)).toBe(first)
      await settled()
      wait(SNAPSHOT_RENEWAL_PAUSE_MS / 2)
    }
    expect(road.asked).toBe(1 + 6)
    vi.setSystemTime(START + SNAPSHOT_FRESH_MS)
    expect(await keys.current()).toEqual(failed({ reason: 'unavailable' }))
  })

  it('a revocation is known sooner, and at the latest when it was', async () => {
    const keys = isolate({ cache: brokenCache, later })
    const { kid } = (await view(keys)).signingKey
    road.settings = { ...A, REVOKED_KEYS: kid }
    wait(LAST)
    expect((await view(keys)).signingKey.kid).toBe(kid)
    await settled()
    expect((await view(keys)).signingKey.kid).not.toBe(kid)
  })
})

describe('while the cache is down', () => {
  it('asks the object', async () => {
    expect((await view(isolate({ cache: brokenCache }))).takenAt).toBe(START)
    expect(road.asked).toBe(1)
  })
})

describe('while the cache hangs', () => {
  const hangs = { get: () => new Promise(() => {}) } as unknown as KVNamespace

  it('asks the object after a few hundred milliseconds', async () => {
    const limits = shortenTimeLimits((milliseconds) => milliseconds === KV_READ_MS)
    expect((await view(isolate({ cache: hangs }))).takenAt).toBe(START)
    expect(road.asked).toBe(1)
    expect(limits.mock.calls).toEqual([[KV_READ_MS], [OBJECT_WRITE_MS]])
    expect(KV_READ_MS).toBeLessThan(500)
  })
})

describe('while the object hangs', () => {
  const ring = () => new Promise<never>(() => {})

  it('lets the cached snapshot stand in within a second', async () => {
    await cacheSnapshot()
    wait(HOUR)
    const limits = shortenTimeLimits((milliseconds) => milliseconds === RING_WAIT_MS)
    const keys = isolate({ ring })
    expect((await view(keys)).takenAt).toBe(START)
    expect(limits.mock.calls).toEqual([[KV_READ_MS], [RING_WAIT_MS]])
    expect(KV_READ_MS + RING_WAIT_MS).toBeLessThanOrEqual(1_000)
    expect((await view(keys)).takenAt).toBe(START)
    expect(limits.mock.calls).toHaveLength(2)
  })

  it('says so when nothing can stand in, after the time that any call has which may write', async () => {
    const limits = shortenTimeLimits((milliseconds) => milliseconds === OBJECT_WRITE_MS)
    expect(await isolate({ ring }).current()).toEqual(failed({ reason: 'unavailable' }))
    expect(limits.mock.calls).toEqual([[KV_READ_MS], [OBJECT_WRITE_MS]])
  })
})

describe('while the object does not answer', () => {
  it.each([
    ['asks once more when the platform says it may', { retryable: true }, 2],
    ['asks once more when the object was reset', { durableObjectReset: true }, 2],
    ['does not ask again after another error', {}, 1],
    ['does not ask an overloaded object again', { overloaded: true, retryable: true }, 1],
  ])('%s', async (_, error, asked) => {
    road.cut(error)
    expect((await isolate({ cache: brokenCache }).current()).ok).toBe(false)
    expect(road.asked).toBe(asked)
  })

  it('succeeds when the second call does', async () => {
    road.failures = [{ durableObjectReset: true }]
    expect((await view(isolate({ cache: brokenCache }))).takenAt).toBe(START)
  })

  it.each([
    [{ overloaded: true }, 'overloaded'],
    [{ retryable: true }, 'unavailable'],
  ])('says so when nothing can stand in: %o', async (error, reason) => {
    road.cut(error)
    expect(await isolate().current()).toEqual(failed({ reason }))
  })

  it('goes on in a warm isolate, but never beyond 5 minutes from memory alone', async () => {
    const keys = isolate({ cache: brokenCache })
    const warm = await view(keys)
    road.cut()
    wait(5 * MINUTE - 1)
    expect(await view(keys)).toBe(warm)
    wait(1)
    expect(await keys.current()).toEqual(failed({ reason: 'unavailable' }))
  })

  it('lets a cached snapshot stand in for a day', async () => {
    await cacheSnapshot()
    road.cut({ overloaded: true })
    wait(DAY)
    expect((await view(isolate())).takenAt).toBe(START)
    wait(1)
    expect(await isolate().current()).toEqual(failed({ reason: 'overloaded' }))
  })

  it('lets no snapshot stand in whose signing key has had its time', async () => {
    const ring = await ringWith('ES256', A)
    await env.CACHE.put(
      'keyring:ES256',
      await sealed({ ...ring, signing: { ...ring.signing, signUntil: START + HOUR } }, A),
    )
    road.cut()
    wait(HOUR - 1)
    expect((await view(isolate())).takenAt).toBe(START)
    wait(1)
    expect(await isolate().current()).toEqual(failed({ reason: 'unavailable' }))
  })

  it('asks the object again after 10 seconds', async () => {
    await cacheSnapshot()
    wait(HOUR)
    road.cut()
    const keys = isolate()
    const standIn = await view(keys)
    wait(9_999)
    expect(await view(keys)).toBe(standIn)
    expect(road.asked).toBe(1)
    road.mend()
    wait(1)
    expect((await view(keys)).takenAt).toBe(START + HOUR + 10_000)
    expect(road.asked).toBe(2)
  })
})

describe('an object that stays away', () => {
  it('is asked by one request at a time, while the others use the stand-in', async () => {
    await cacheSnapshot()
    wait(HOUR)
    road.cut()
    const keys = isolate()
    await view(keys)
    wait(10_000)
    const views = await Promise.all(Array.from({ length: 20 }, () => view(keys)))
    expect(new Set(views.map(({ takenAt }) => takenAt))).toEqual(new Set([START]))
    expect(road.asked).toBe(2)
  })
})

describe('a revocation', () => {
  it('is known to other isolates within 5 minutes', async () => {
    const keys = isolate({ cache: brokenCache })
    const before = await view(keys)
    road.settings = { ...A, REVOKED_KEYS: before.signingKey.kid }
    wait(5 * MINUTE + 1)
    const after = await view(keys)
    expect(after.signingKey.kid).not.toBe(before.signingKey.kid)
    expect(after.publicKeys.map(({ kid }) => kid)).toEqual([after.signingKey.kid])
    expect(after.revokedKids).toEqual([before.signingKey.kid])
  })

  it('counts at once in an isolate that has the setting, whatever the cache holds', async () => {
    const { signing } = await opened(await cacheSnapshot(), A)
    road.settings = { ...A, REVOKED_KEYS: signing.kid }
    const after = await view(isolate({ with: road.settings }))
    expect(road.asked).toBe(1)
    expect([...after.verificationKeys.keys()]).toEqual([after.signingKey.kid])
    expect(after.signingKey.kid).not.toBe(signing.kid)
  })

  it('is not forgotten for an older snapshot in the cache', async () => {
    const before = await cacheSnapshot()
    const { signing } = await opened(before, A)
    const cache = { get: async () => before } as unknown as KVNamespace
    road.settings = { ...A, REVOKED_KEYS: signing.kid }
    wait(HOUR)
    const keys = isolate({ cache })
    expect((await view(keys)).revokedKids).toEqual([signing.kid])
    road.cut()
    wait(HOUR)
    expect(await keys.current()).toEqual(failed({ reason: 'unavailable' }))
    expect((await view(isolate({ cache }))).signingKey.kid).toBe(signing.kid)
  })

  it('lets an isolate that has the setting sign with nothing rather than with the revoked key', async () => {
    const { signing } = await ringWith('ES256', A)
    const keys = isolate({ with: { ...A, REVOKED_KEYS: signing.kid } })
    expect(await keys.current()).toEqual(failed({ reason: 'unavailable' }))
  })
})
