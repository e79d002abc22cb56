import { runInDurableObject } from 'cloudflare:test'
import fc from 'fast-check'
import { afterEach, expect, it, vi } from 'vitest'
import { KeyRing } from '../../src/tokens/key-ring.ts'
import { RingWatcher } from './ring-watcher.ts'
import {
  captureLog,
  DAY,
  envWith,
  eraseRing,
  evictRing,
  HOUR,
  KEY_A,
  MINUTE,
  opened,
  ringStub,
  START,
} from './support.ts'

/** One ring of real storage, driven through restarts with other settings. */
class Driver {
  #instance: KeyRing | undefined
  readonly #watcher = new RingWatcher()
  readonly #revoked = new Set<string>()
  #published: string[] = []

  get #settings() {
    return { KEY_ENCRYPTION_KEY: KEY_A, REVOKED_KEYS: [...this.#revoked].join() }
  }

  async #inside<T>(use: (ring: KeyRing) => Promise<T>): Promise<T> {
    return runInDurableObject(ringStub('ES256'), (_, state) => {
      this.#instance ??= new KeyRing(state, envWith(this.#settings))
      return use(this.#instance)
    })
  }

  async snapshot(): Promise<void> {
    const sealed = await this.#inside((ring) => ring.snapshot(Date.now()))
    if (!sealed.ok) throw new Error(sealed.error.reason)
    const { takenAt, signing, publicKeys } = await opened(sealed.value, this.#settings)
    expect(takenAt).toBe(Date.now())
    this.#published = publicKeys.map(({ kid }) => kid)
    this.#watcher.see({ now: takenAt, signing, published: this.#published, revoked: this.#revoked })
  }

  async alarm(): Promise<void> {
    await this.#inside((ring) => ring.alarm())
  }

  async evict(): Promise<void> {
    await evictRing('ES256')
    this.#instance = undefined
  }

  async revoke(index: number): Promise<void> {
    this.#revoked.add(this.#published[index] ?? 'nobody')
    await this.evict()
    await this.snapshot()
  }
}

const steps = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .oneof(
        fc.integer({ min: 0, max: 90 }).map((n) => n * MINUTE),
        fc.integer({ min: 0, max: 80 }).map((n) => n * HOUR),
        fc.integer({ min: 0, max: 40 }).map((n) => n * DAY),
      )
      .map((ms) => ({ kind: 'advance' as const, ms })),
  },
  { weight: 5, arbitrary: fc.constantFrom({ kind: 'snapshot' as const }, { kind: 'alarm' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'evict' as const }) },
  { weight: 1, arbitrary: fc.nat(2).map((index) => ({ kind: 'revoke' as const, index })) },
)

afterEach(async () => {
  vi.restoreAllMocks()
  await eraseRing('ES256')
  vi.useRealTimers()
})

it('keeps its promises through time, alarms, revocations and evictions', async () => {
  captureLog()
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 25 }), async (sequence) => {
      vi.useFakeTimers({ toFake: ['Date'], now: START })
      await eraseRing('ES256')
      const driver = new Driver()
      await driver.snapshot()
      for (const step of sequence) {
        if (step.kind === 'advance') vi.setSystemTime(Date.now() + step.ms)
        else if (step.kind === 'revoke') await driver.revoke(step.index)
        else await driver[step.kind]()
      }
      await driver.snapshot()
    }),
    { numRuns: 40 },
  )
})
