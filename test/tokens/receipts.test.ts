import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createLocalJWKSet, errors, jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RECEIPTS, Receipts, receiptKeySet } from '../../src/tokens/index.ts'
import { KeyRing } from '../../src/tokens/key-ring.ts'
import { RECEIPT_KEY_LIFE_MS } from '../../src/tokens/limits.ts'
import { RELEASES, runBy } from '../support/older-builds.ts'
import { captureLog, DAY, envWith, HOUR, KEY_A, KEY_B, ringStub, type Settings, START, worldAt } from './support.ts'

const A: Settings = { KEY_ENCRYPTION_KEY: KEY_A }
const CLAIMS = { jti: 'one', pool: 'us-east-1:pool' }

beforeEach(() => {
  captureLog()
  vi.useFakeTimers({ toFake: ['Date'], now: START })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await runInDurableObject(ringStub(RECEIPTS), (_, { storage }) => storage.deleteAll())
  await evictDurableObject(ringStub(RECEIPTS))
  vi.useRealTimers()
})

/** What an object with these settings answers, as it would be after a restart. */
async function receiptsWith<T>(settings: Settings, ask: (ring: KeyRing) => Promise<{ ok: boolean }>): Promise<T> {
  const answer = await runInDurableObject(ringStub(RECEIPTS), (_, state) => ask(new KeyRing(state, envWith(settings))))
  return (answer as unknown as { ok: true; value: T }).value ?? (answer as T)
}
const sign = (settings = A) => receiptsWith<string>(settings, (ring) => ring.signReceipt(CLAIMS))
const published = (settings = A) => receiptsWith<{ kid: string }[]>(settings, (ring) => ring.receiptKeys())
const marks = (texts: string[], settings = A) =>
  receiptsWith<{ mark: string; key: string }[]>(settings, (ring) => ring.erasureMarks(texts))

/** By jose alone: the receipt and the key set, as anybody can fetch it. */
async function verified(receipt: string, settings = A) {
  const keys = createLocalJWKSet(receiptKeySet((await published(settings)) as never))
  return jwtVerify(receipt, keys, { typ: 'erasure-receipt+jwt', algorithms: ['EdDSA'] })
}

const stored = () =>
  runInDurableObject(ringStub(RECEIPTS), (_, { storage: { sql } }) => ({
    tables: sql
      .exec<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
      )
      .toArray()
      .map(({ name }) => name),
    rows: ['erasure_secret', 'receipt_key'].flatMap((name) => sql.exec(`SELECT * FROM ${name}`).toArray()),
  }))

describe('the keys of receipts', () => {
  it('are none until the first receipt, and asking for them stores nothing', async () => {
    expect(await published()).toEqual([])
    const names = await runInDurableObject(ringStub(RECEIPTS), async (_, { storage }) => [
      storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'").toArray(),
      await storage.getAlarm(),
    ])
    expect(names).toEqual([[], null])
  })

  it('verify a receipt with jose alone, and refuse one that was altered', async () => {
    const receipt = await sign()
    const { payload, protectedHeader } = await verified(receipt)
    const [key] = await published()
    expect([payload, protectedHeader]).toEqual([CLAIMS, { alg: 'EdDSA', typ: 'erasure-receipt+jwt', kid: key?.kid }])
    const [header, , signature] = receipt.split('.')
    const other = btoa(JSON.stringify({ ...CLAIMS, jti: 'two' })).replaceAll('=', '')
    await expect(verified([header, other, signature].join('.'))).rejects.toThrow(errors.JWSSignatureVerificationFailed)
    expect(Object.keys(key ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
  })

  it('are another one after a year, and the one before goes on verifying', async () => {
    const first = await sign()
    vi.setSystemTime(START + RECEIPT_KEY_LIFE_MS - 1)
    expect((await verified(await sign())).protectedHeader.kid).toBe((await verified(first)).protectedHeader.kid)
    vi.setSystemTime(START + RECEIPT_KEY_LIFE_MS)
    const second = await sign()
    expect(await published()).toHaveLength(2)
    expect((await verified(second)).protectedHeader.kid).not.toBe((await verified(first)).protectedHeader.kid)
    const { rows } = await stored()
    expect(rows.filter(({ private_key }) => private_key)).toHaveLength(1)
  })

  it('that are revoked verify nothing any more, and sign nothing', async () => {
    const first = await sign()
    const [key] = await published()
    const revoking = { ...A, REVOKED_KEYS: key?.kid ?? '' }
    const second = await sign(revoking)
    await expect(verified(first, revoking)).rejects.toThrow(errors.JWKSNoMatchingKey)
    expect((await verified(second)).payload).toEqual(CLAIMS)
    expect(await published()).toHaveLength(1)
  })

  it('and the secret are wrapped, and have tables of their own', async () => {
    await sign()
    const { rows, tables } = await stored()
    expect(tables.sort()).toEqual(['erasure_secret', 'migration', 'receipt_key'])
    for (const text of [rows[0]?.secret, rows[1]?.private_key]) expect(String(text).split('.')).toHaveLength(5)
  })

  it('are no ring: the object gives no snapshot, and an object of a ring signs no receipt', async () => {
    expect(await receiptsWith(A, (ring) => ring.snapshot())).toEqual({
      ok: false,
      error: { reason: 'unknown_algorithm' },
    })
    const refused = runInDurableObject(ringStub('ES512'), (_, state) => {
      return new KeyRing(state, envWith(A)).signReceipt(CLAIMS).catch((error: Error) => error.message)
    })
    expect(await refused).toBe('this object has no keys of receipts')
  })
})

describe('a changed key-encryption key', () => {
  it('is taken up by the alarm, so that keys and marks stay the same after the old one is gone', async () => {
    const [first, before] = [await sign(), await marks(['ann'])]
    const both = { KEY_ENCRYPTION_KEY: KEY_B, KEY_ENCRYPTION_KEY_PREVIOUS: KEY_A }
    await runInDurableObject(ringStub(RECEIPTS), (_, state) => new KeyRing(state, envWith(both)).alarm())
    const B = { KEY_ENCRYPTION_KEY: KEY_B }
    expect((await verified(first, B)).payload).toEqual(CLAIMS)
    expect([await marks(['ann'], B), (await verified(await sign(B), B)).payload]).toEqual([before, CLAIMS])
  })

  it('that does not open them is refused by name, and overwrites nothing', async () => {
    const first = await sign()
    const wrong = await receiptsWith({ KEY_ENCRYPTION_KEY: KEY_B }, (ring) => ring.signReceipt(CLAIMS))
    expect(wrong).toEqual({ ok: false, error: { reason: 'wrong_key_encryption_key', needs: expect.any(String) } })
    expect((await verified(first)).payload).toEqual(CLAIMS)
  })

  it('is looked for twice a day, once anything was signed', async () => {
    await sign()
    const alarm = () => runInDurableObject(ringStub(RECEIPTS), (_, { storage }) => storage.getAlarm())
    expect(await alarm()).toBe(START + 12 * HOUR)
    vi.setSystemTime(START + DAY)
    await runDurableObjectAlarm(ringStub(RECEIPTS))
    expect(await alarm()).toBe(START + DAY + 12 * HOUR)
  })
})

describe('marks', () => {
  it('are the same for the same text, also years later and under another key that signs', async () => {
    const before = await marks(['ann', 'ben'])
    vi.setSystemTime(START + 3 * RECEIPT_KEY_LIFE_MS)
    await sign()
    expect(await marks(['ben', 'ann'])).toEqual([before[1], before[0]])
    expect(new Set(before.flatMap(({ key, mark }) => [key, mark])).size).toBe(4)
  })
})

describe("the Worker's way to them", () => {
  const receipts = (ring: unknown) => new Receipts({ ring: () => ring as never, world: worldAt(() => Date.now()) })

  it('asks for the published keys once in five minutes, and again after a receipt', async () => {
    let asked = 0
    const ring = {
      receiptKeys: async () => ({ ok: true, value: [`key ${++asked}`] }),
      signReceipt: async () => ({ ok: true, value: 'signed' }),
    }
    const way = receipts(ring)
    expect([await way.keys(), await way.keys()]).toEqual(Array(2).fill({ ok: true, value: ['key 1'] }))
    await way.sign(CLAIMS)
    expect(await way.keys()).toEqual({ ok: true, value: ['key 2'] })
    vi.setSystemTime(START + 6 * 60_000)
    expect(await way.keys()).toEqual({ ok: true, value: ['key 3'] })
  })

  it('says that the object does not answer', async () => {
    const silent = receipts({ signReceipt: () => Promise.reject(new Error('down')) })
    expect(await silent.sign(CLAIMS)).toEqual({ ok: false, error: { reason: 'unavailable' } })
  })

  it.each([...RELEASES])('meets an object of %s as one that may be asked again later', async (_, build) => {
    const older = runBy(env.KEY_RING, build.KeyRing).getByName(RECEIPTS)
    await expect(receipts(older).sign(CLAIMS)).rejects.toMatchObject({ name: 'OtherVersion', reason: 'older' })
  })
})
