import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createKeys } from '../../src/tokens/index.ts'
import { KeyRing } from '../../src/tokens/key-ring.ts'
import { RELEASES, runBy } from '../support/older-builds.ts'
import { captureLog, eraseRing, evictRing, START, settingsFrom, worldAt } from './support.ts'

const ALGORITHM = 'ES256'

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  captureLog()
  await eraseRing(ALGORITHM)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe.each([...RELEASES])('a ring and a Worker of %s', (_, build) => {
  const older = runBy(env.KEY_RING, build.KeyRing)
  const common = { cache: { get: async () => null }, algorithm: ALGORITHM, world: worldAt(() => Date.now()) } as const

  /** What the Worker of a build sees of the ring of a build: which key signs, which are published, and the seed. */
  const seen = async (worker: 'today' | 'older', ring: 'today' | 'older') => {
    await evictRing(ALGORITHM)
    const namespace = ring === 'today' ? env.KEY_RING : older
    const ask = (...time: [number]) => namespace.getByName(ALGORITHM).snapshot(...time)
    const keys =
      worker === 'today'
        ? createKeys({ ...common, ring: ask, settings: settingsFrom({ LOCAL_MODE: 'on' }) } as never)
        : build.createKeys({ ...common, ring: ask, settings: settingsOf(build) })
    const current = await keys.current()
    expect(current).toMatchObject({ ok: true })
    const { publicKeys, seed, signingKey } = current.value
    return { signs: signingKey.kid, published: publicKeys.map(({ kid }: { kid: string }) => kid), seed }
  }

  it('have every method that is called', () => {
    const own = Object.getOwnPropertyNames(KeyRing.prototype)
    expect(Object.getOwnPropertyNames(build.KeyRing.prototype).filter((method) => !own.includes(method))).toEqual([])
  })

  it('work with those of today, whichever opened the ring, and keep its keys', async () => {
    const first = await seen('today', 'older')
    expect(first.published).toContain(first.signs)
    expect(await seen('today', 'today')).toEqual(first)
    expect(await seen('older', 'today')).toEqual(first)
    expect(await seen('older', 'older')).toEqual(first)
    expect(await seen('today', 'older')).toEqual(first)

    await eraseRing(ALGORITHM)
    const second = await seen('older', 'today')
    expect(await seen('older', 'older')).toEqual(second)
    expect(await seen('today', 'older')).toEqual(second)
    expect(await seen('today', 'today')).toEqual(second)
  })
})

function settingsOf(build: { readKeyRingSettings: (env: Env) => { ok: boolean; value: object } }): object {
  const read = build.readKeyRingSettings(env)
  if (!read.ok) throw new Error(JSON.stringify(read))
  return read.value
}
