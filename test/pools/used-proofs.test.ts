import { runDurableObjectAlarm } from 'cloudflare:test'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ProvenLogin } from '../../src/pools/index.ts'
import { inside, openPool, publicLogin, START, stubOf, type TestPool } from './support.ts'

const MINUTE = 60_000
const ana = publicLogin('arn:aws:iam::000000000000:saml-provider/corp', 'ana')
const is = (uuid: string) => ({ kind: 'identity', uuid, guest: false })
const used = { kind: 'proof_used' }

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
beforeEach(() => {
  vi.setSystemTime(START)
})
afterAll(() => {
  vi.useRealTimers()
})

/** Signs in with proofs that are good once, each for five minutes from now. */
function signIn(
  pool: TestPool,
  fresh: string,
  operation: string,
  names: readonly string[],
  logins: readonly ProvenLogin[] = [ana],
) {
  const proofs = names.map((name) => ({ name, expiresAt: Date.now() + 5 * MINUTE }))
  return pool.object.resolve({ region: pool.id.region, version: 1, logins, fresh, once: { proofs, operation } })
}

const alarmOf = (pool: TestPool) => inside(pool.id.tag, (_, { storage }) => storage.getAlarm())

describe('a proof that is good for one use', () => {
  it('is refused the second time, also after an eviction and beside a new one, and nothing changes', async () => {
    const pool = await openPool()
    expect(await signIn(pool, 'A', 'op', ['assertion'])).toEqual(is('A'))
    await pool.evict()
    const before = await pool.dump()
    expect(await signIn(pool, 'B', 'another op', ['assertion'])).toEqual(used)
    expect(await signIn(pool, 'B', 'another op', ['new', 'assertion'])).toEqual(used)
    expect(await pool.dump()).toEqual(before)
  })

  it('is still good for the call that used it, when that is repeated', async () => {
    const pool = await openPool()
    expect(await signIn(pool, 'A', 'op', ['assertion'])).toEqual(is('A'))
    const before = await pool.dump()
    expect(await signIn(pool, 'A', 'op', ['assertion'])).toEqual(is('A'))
    expect(await pool.dump()).toEqual(before)
  })

  it('is not used up by a call that was refused', async () => {
    const pool = await openPool()
    const proofs = [{ name: 'assertion', expiresAt: Date.now() + MINUTE }]
    const once = { proofs, operation: 'op' }
    const call = { region: pool.id.region, version: 1, identity: 'nobody', logins: [ana], fresh: 'A', once }
    expect(await pool.object.resolve(call)).toEqual({ kind: 'no_identity' })
    expect(await pool.object.resolve({ ...call, version: 0 })).toMatchObject({ kind: 'stale' })
    expect(await signIn(pool, 'A', 'another op', ['assertion'])).toEqual(is('A'))
  })

  it('is used by one of several calls at the same time', async () => {
    const pool = await openPool()
    const calls = Array.from({ length: 10 }, (_, n) => signIn(pool, `id-${n}`, `op-${n}`, ['assertion']))
    const kinds = (await Promise.all(calls)).map((answer) => answer.kind)
    expect(kinds.sort()).toEqual(['identity', ...Array(9).fill('proof_used')])
  })

  it('is forgotten after it has expired, and not before; the alarm then stops', async () => {
    const pool = await openPool()
    await signIn(pool, 'A', 'op', ['first'])
    vi.setSystemTime(START + MINUTE)
    await signIn(pool, 'A', 'another op', ['second'])
    expect(await alarmOf(pool)).toBe(START + 5 * MINUTE)
    vi.setSystemTime(START + 5 * MINUTE)
    expect(await runDurableObjectAlarm(stubOf(pool.id.tag))).toBe(true)
    expect((await pool.dump()).used_proof).toEqual([
      { proof: 'second', used_by: 'another op', expires_at: START + 6 * MINUTE },
    ])
    expect(await alarmOf(pool)).toBe(START + 6 * MINUTE)
    vi.setSystemTime(START + 6 * MINUTE)
    expect(await runDurableObjectAlarm(stubOf(pool.id.tag))).toBe(true)
    expect((await pool.dump()).used_proof).toEqual([])
    expect(await alarmOf(pool)).toBeNull()
    expect(await pool.holdings()).toEqual({ A: expect.stringMatching(/^member/) })
  })
})
