import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { decodeProtectedHeader } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { KeyRing } from '../../src/tokens/key-ring.ts'
import { PUBLISH_BEFORE_MS, SIGNING_PERIOD_MS } from '../../src/tokens/limits.ts'
import { importKey, TOKEN_ALGORITHMS, toPublicJwk } from '../../src/tokens/signing-key.ts'
import { eventually } from '../support/eventually.ts'
import {
  brokenCache,
  captureLog,
  DAY,
  envWith,
  eraseRing,
  evictRing,
  HOUR,
  KEY_A,
  KEY_B,
  opened,
  ringStub,
  ringWith,
  type Settings,
  START,
  snapshotWith,
} from './support.ts'

const A: Settings = { KEY_ENCRYPTION_KEY: KEY_A }
const kids = (ring: { publicKeys: { kid: string }[] }) => ring.publicKeys.map(({ kid }) => kid)

const tables = (name = 'ES256') =>
  runInDurableObject(ringStub(name), (_, { storage }) =>
    storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'").toArray(),
  )

const storedText = () =>
  runInDurableObject(ringStub('ES256'), (_, { storage }) =>
    JSON.stringify([
      storage.sql.exec('SELECT * FROM ring').toArray(),
      storage.sql.exec('SELECT * FROM signing_key').toArray(),
    ]),
  )

const alarmOf = () => runInDurableObject(ringStub('ES256'), (_, { storage }) => storage.getAlarm())

let logged: () => string[]

beforeEach(() => {
  logged = captureLog()
  vi.useFakeTimers({ toFake: ['Date'], now: START })
})

afterEach(async () => {
  vi.restoreAllMocks()
  await eraseRing('ES256')
  vi.useRealTimers()
})

describe('a ring that was never asked', () => {
  it('stores nothing, not even an alarm', async () => {
    await evictRing('ES256')
    expect(await tables()).toEqual([])
    expect(await alarmOf()).toBe(null)
  })

  it.each([
    [
      'no key-encryption key',
      'ES256',
      {},
      { reason: 'bad_setting', setting: 'KEY_ENCRYPTION_KEY', problem: 'missing' },
    ],
    ['the name of no algorithm', 'HS256', A, { reason: 'unknown_algorithm' }],
  ])('stores nothing with %s', async (_, name, settings, error) => {
    expect(await snapshotWith(name, settings)).toEqual({ ok: false, error })
    expect(await tables(name)).toEqual([])
  })
})

describe('the first snapshot', () => {
  it.each(TOKEN_ALGORITHMS)('holds one key for %s that signs at once', async (algorithm) => {
    const ring = await ringWith(algorithm, A)
    const publicJwk = await toPublicJwk(ring.signing.privateJwk, algorithm)
    expect(ring).toEqual({
      algorithm,
      takenAt: START,
      signing: { kid: publicJwk.kid, privateJwk: ring.signing.privateJwk, signUntil: START + SIGNING_PERIOD_MS },
      publicKeys: [publicJwk],
      revokedKids: [],
      seed: expect.stringMatching(/^[\w-]{43}$/),
    })
    const data = new Uint8Array(8)
    const privateKey = await importKey(ring.signing.privateJwk, algorithm)
    const scheme = { ...privateKey.algorithm, hash: 'SHA-256' }
    const signature = await crypto.subtle.sign(scheme, privateKey, data)
    expect(await crypto.subtle.verify(scheme, await importKey(publicJwk, algorithm), signature, data)).toBe(true)
    if (algorithm !== 'ES256') await eraseRing(algorithm)
  })

  it('comes over RPC, sealed under the key of local mode when there is no other', async () => {
    const sealed = await ringStub('ES256').snapshot()
    if (!sealed.ok) throw new Error(sealed.error.reason)
    expect(decodeProtectedHeader(sealed.value)).toEqual({ alg: 'dir', enc: 'A256GCM', kid: 'local' })
    expect((await opened(sealed.value, { LOCAL_MODE: 'on' })).publicKeys).toHaveLength(1)
  })

  it('is one ring for all who ask at the same time', async () => {
    const sealed = await Promise.all(Array.from({ length: 20 }, () => ringStub('ES256').snapshot()))
    const rings = await Promise.all(
      sealed.map((one) => (one.ok ? opened(one.value, { LOCAL_MODE: 'on' }) : Promise.reject(one.error.reason))),
    )
    expect(new Set(rings.map((ring) => JSON.stringify(ring))).size).toBe(1)
  })

  it('is made once for all who wait for it', async () => {
    const [one, other] = await runInDurableObject(ringStub('ES256'), (_, state) => {
      const ring = new KeyRing(state, envWith(A))
      return Promise.all([ring.snapshot(), ring.snapshot()])
    })
    expect(one.ok).toBe(true)
    expect(one).toEqual(other)
  })

  it('decides again after the key was made, so that a second instance adds nothing', async () => {
    const rings = await runInDurableObject(ringStub('ES256'), async (_, state) => {
      const taken = [1, 2, 3].map(() => new KeyRing(state, envWith(A)).snapshot())
      return Promise.all((await Promise.all(taken)).map((one) => (one.ok ? opened(one.value, A) : undefined)))
    })
    expect(new Set(rings.map((ring) => JSON.stringify(ring))).size).toBe(1)
    expect(rings[0]?.publicKeys).toHaveLength(1)
  })

  it('leaves no private key and no seed readable in storage', async () => {
    const ring = await ringWith('ES256', A)
    const text = await storedText()
    expect(text).toContain(ring.signing.kid)
    expect(text).not.toContain(ring.signing.privateJwk.d)
    expect(text).not.toContain(ring.seed)
  })
})

describe('a ring', () => {
  it('survives eviction', async () => {
    const before = await ringStub('ES256').snapshot()
    await evictRing('ES256')
    const after = await ringStub('ES256').snapshot()
    if (!before.ok || !after.ok) throw new Error('no snapshot')
    expect(await opened(after.value, { LOCAL_MODE: 'on' })).toEqual(await opened(before.value, { LOCAL_MODE: 'on' }))
  })

  it('writes nothing more when nothing is due', async () => {
    const changes = () =>
      runInDurableObject(ringStub('ES256'), (_, { storage }) =>
        storage.sql.exec<{ n: number }>('SELECT total_changes() AS n').one(),
      )
    await ringStub('ES256').snapshot()
    const before = await changes()
    vi.setSystemTime(START + DAY)
    await ringStub('ES256').snapshot()
    expect(await changes()).toEqual(before)
  })

  it('makes the next key by alarm, publishes it, and signs with it a day later', async () => {
    const first = await ringWith('ES256', { LOCAL_MODE: 'on' })
    const due = (await alarmOf()) ?? 0
    expect(due).toBeGreaterThan(START + 28 * DAY)
    vi.setSystemTime(due)
    expect(await runDurableObjectAlarm(ringStub('ES256'))).toBe(true)
    const published = await ringWith('ES256', { LOCAL_MODE: 'on' })
    expect(published.signing).toEqual(first.signing)
    expect(kids(published)).toEqual([first.signing.kid, expect.any(String)])
    expect(await alarmOf()).toBeGreaterThan(due)

    vi.setSystemTime(due + PUBLISH_BEFORE_MS)
    const switched = await ringWith('ES256', { LOCAL_MODE: 'on' })
    expect(switched.signing.kid).toBe(kids(published)[1])
    expect(kids(switched)).toEqual(kids(published))
    expect(switched.seed).toBe(first.seed)
  })

  it('signs with a new key at once when it slept through everything', async () => {
    const first = await ringWith('ES256', A)
    vi.setSystemTime(START + 300 * DAY)
    const later = await ringWith('ES256', A)
    expect(kids(later)).toEqual([first.signing.kid, later.signing.kid])
    expect(later.signing.kid).not.toBe(first.signing.kid)
    expect(later.seed).toBe(first.seed)
  })

  it('lets a retired key go once who asks confirms the time', async () => {
    const first = await ringWith('ES256', A)
    vi.setSystemTime(START + 300 * DAY)
    const later = await ringWith('ES256', A)
    vi.setSystemTime(START + 302 * DAY)
    expect(kids(await ringWith('ES256', A))).toEqual([first.signing.kid, later.signing.kid])
    expect(kids(await ringWith('ES256', A, undefined, START + 302 * DAY))).toEqual([later.signing.kid])
  })

  it('arms the alarm again that was lost', async () => {
    await ringStub('ES256').snapshot()
    const due = await alarmOf()
    await runInDurableObject(ringStub('ES256'), (_, { storage }) => storage.deleteAlarm())
    await ringStub('ES256').snapshot()
    expect(await alarmOf()).toBe(due)
  })
})

describe('a ring whose clock jumps', () => {
  const day5 = START + 5 * DAY
  const alarm = () => runInDurableObject(ringStub('ES256'), (_, state) => new KeyRing(state, envWith(A)).alarm())

  it.each([33, -33, 400, -400])('by %d days stays as it is for Workers whose clocks do not', async (days) => {
    vi.setSystemTime(day5)
    const before = await ringWith('ES256', A, undefined, day5)
    vi.setSystemTime(day5 + days * DAY)
    expect(await ringWith('ES256', A, undefined, day5)).toEqual(before)
    await alarm()
    expect(await ringWith('ES256', A, undefined, day5)).toEqual(before)
    vi.setSystemTime(day5)
    expect(await ringWith('ES256', A, undefined, day5)).toEqual(before)
  })

  it.each([33, -33, 400, -400])(
    'by %d days and back keeps the key, whether Workers tell no time or jump with it',
    async (days) => {
      vi.setSystemTime(day5)
      const { signing } = await ringWith('ES256', A, undefined, day5)
      const there = day5 + days * DAY
      vi.setSystemTime(there)
      await ringWith('ES256', A)
      await ringWith('ES256', A, undefined, there)
      await alarm()
      vi.setSystemTime(day5)
      await alarm()
      expect(kids(await ringWith('ES256', A, undefined, day5))).toContain(signing.kid)
    },
  )

  it('ahead and back, and again further, keeps the key when Workers stay where they are', async () => {
    vi.setSystemTime(day5)
    const { signing } = await ringWith('ES256', A, undefined, day5)
    for (const days of [40, 0, 45, 0, 90, 0]) {
      vi.setSystemTime(day5 + days * DAY)
      await alarm()
      expect((await ringWith('ES256', A, undefined, day5)).signing.kid).toBe(signing.kid)
    }
  })
})

describe('a revoked key', () => {
  it('stops at once, is erased, and stays out, however often and for how long it is asked for', async () => {
    const first = await ringWith('ES256', A)
    const revoked = { ...A, REVOKED_KEYS: `${first.signing.kid}, nobody` }
    vi.setSystemTime(START + HOUR)
    const after = await ringWith('ES256', revoked)
    expect(kids(after)).toEqual([after.signing.kid])
    expect(after.signing.kid).not.toBe(first.signing.kid)
    expect(after.revokedKids).toEqual([first.signing.kid, 'nobody'])
    expect(after.seed).toBe(first.seed)
    expect(await ringWith('ES256', revoked)).toEqual(after)
    expect(await ringWith('ES256', A)).toEqual({ ...after, revokedKids: [first.signing.kid] })
    const rows = await runInDurableObject(ringStub('ES256'), (_, { storage }) =>
      storage.sql.exec('SELECT private_key, private_kek FROM signing_key WHERE revoked_at IS NOT NULL').toArray(),
    )
    expect(rows).toEqual([{ private_key: null, private_kek: null }])
  })
})

describe('the log', () => {
  it('tells of every key that is made or revoked, and nothing secret', async () => {
    const first = await ringWith('ES256', A)
    const second = await ringWith('ES256', { ...A, REVOKED_KEYS: first.signing.kid })
    expect(logged().map((record) => JSON.parse(record))).toEqual([
      { level: 'info', event: 'signing_key_created', algorithm: 'ES256', kid: first.signing.kid, signFrom: START },
      { level: 'info', event: 'signing_key_created', algorithm: 'ES256', kid: second.signing.kid, signFrom: START },
      { level: 'warn', event: 'signing_key_revoked', algorithm: 'ES256', kid: first.signing.kid },
    ])
  })

  it('tells why an alarm could not turn the ring', async () => {
    await ringWith('ES256', A)
    await runInDurableObject(ringStub('ES256'), (_, state) => new KeyRing(state, envWith({})).alarm())
    expect(logged()).toContain(
      '{"level":"error","event":"key_ring_refuses_to_turn","reason":"bad_setting","setting":"KEY_ENCRYPTION_KEY","problem":"missing"}',
    )
  })
})

describe('the key-encryption key', () => {
  const needs = (kid: string) => ({ ok: false, error: { reason: 'wrong_key_encryption_key', needs: kid } })

  it('is named in a refusal when it is another, and the ring stays as it is', async () => {
    const sealed = await snapshotWith('ES256', A)
    const before = await storedText()
    const kid = String(decodeProtectedHeader(sealed.ok ? sealed.value : '').kid)
    expect(kid).toMatch(/^[0-9a-f]{16}$/)
    vi.setSystemTime(START + 300 * DAY)
    expect(await snapshotWith('ES256', { KEY_ENCRYPTION_KEY: KEY_B })).toEqual(needs(kid))
    expect(await storedText()).toBe(before)
  })

  it('is refused in a deployment that finds what local mode wrote', async () => {
    await ringWith('ES256', { LOCAL_MODE: 'on' })
    expect(await snapshotWith('ES256', A)).toEqual(needs('local'))
    expect(await snapshotWith('ES256', { ...A, LOCAL_MODE: 'on' })).toEqual(needs('local'))
  })

  it('changes in two steps without touching the ring', async () => {
    const both: Settings = { KEY_ENCRYPTION_KEY: KEY_B, KEY_ENCRYPTION_KEY_PREVIOUS: KEY_A }
    const onlyB: Settings = { KEY_ENCRYPTION_KEY: KEY_B }
    const old = await snapshotWith('ES256', A)
    vi.setSystemTime(START + SIGNING_PERIOD_MS - HOUR)
    const before = await ringWith('ES256', A)
    expect(before.publicKeys).toHaveLength(2)

    expect(await ringWith('ES256', both)).toEqual(before)
    expect(await ringWith('ES256', onlyB)).toEqual(before)
    const kid = String(decodeProtectedHeader(await sealedBy(onlyB)).kid)
    expect(kid).not.toBe(decodeProtectedHeader(old.ok ? old.value : '').kid)
    expect(await snapshotWith('ES256', A)).toEqual(needs(kid))
  })

  it('can be changed back while both are there', async () => {
    const before = await ringWith('ES256', A)
    await ringWith('ES256', { KEY_ENCRYPTION_KEY: KEY_B, KEY_ENCRYPTION_KEY_PREVIOUS: KEY_A })
    await ringWith('ES256', { KEY_ENCRYPTION_KEY: KEY_A, KEY_ENCRYPTION_KEY_PREVIOUS: KEY_B })
    expect(await ringWith('ES256', A)).toEqual(before)
  })

  async function sealedBy(settings: Settings): Promise<string> {
    const sealed = await snapshotWith('ES256', settings)
    return sealed.ok ? sealed.value : ''
  }
})

describe('the cached snapshot', () => {
  /** One running object whose puts can be seen. */
  async function recording() {
    const puts: unknown[][] = []
    const cache = { put: async (...put: unknown[]) => void puts.push(put) } as unknown as KVNamespace
    const ring = await runInDurableObject(ringStub('ES256'), (_, state) => new KeyRing(state, envWith(A, cache)))
    const snapshot = async () => {
      const sealed = await runInDurableObject(ringStub('ES256'), () => ring.snapshot())
      return sealed.ok ? sealed.value : undefined
    }
    return { puts, snapshot }
  }

  it('stands in the store under the name of the algorithm', async () => {
    const sealed = await ringStub('ES256').snapshot()
    await eventually(async () => expect(await env.CACHE.get('keyring:ES256')).toBe(sealed.ok && sealed.value))
  })

  it('is the first one, then one a minute, each for a day', async () => {
    const { puts, snapshot } = await recording()
    const first = await snapshot()
    vi.setSystemTime(START + 59_999)
    await snapshot()
    expect(puts).toEqual([['keyring:ES256', first, { expirationTtl: 86_400 }]])
    vi.setSystemTime(START + 60_000)
    const second = await snapshot()
    expect(puts.slice(1)).toEqual([['keyring:ES256', second, { expirationTtl: 86_400 }]])
  })

  it('follows a change of the ring at once', async () => {
    const { puts, snapshot } = await recording()
    await snapshot()
    const due = (await alarmOf()) ?? 0
    vi.setSystemTime(due - 1)
    await snapshot()
    vi.setSystemTime(due)
    const changed = await snapshot()
    expect(puts.at(-1)?.[1]).toBe(changed)
    expect(puts).toHaveLength(3)
  })

  it('is not needed for an answer', async () => {
    expect((await ringWith('ES256', A, brokenCache)).publicKeys).toHaveLength(1)
  })
})
