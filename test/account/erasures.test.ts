import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { dump, inside, newAccount, remote, START } from './support.ts'

const DAY = 86_400_000
const POOL = 'us-east-1:9f3c2a71-0000-4d1e-b2c4-6a0f5e7d9c10'

const erasure = (id: string, ...marks: string[]) => ({
  id,
  pool: POOL,
  marks: marks.map((mark) => ({ mark, opener: `opens ${id} for ${mark}` })),
  receipt: `receipt of ${id}`,
})

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the journal of erasures', () => {
  it('finds the latest one by each of its marks, in its pool alone', async () => {
    const account = remote(newAccount())
    await account.noteErasure(erasure('one', 'ann', 'login'))
    vi.setSystemTime(START + DAY)
    await account.noteErasure(erasure('two', 'ben', 'login'))
    const two = { id: 'two', opener: 'opens two for login', receipt: 'receipt of two', erasedAt: START + DAY }
    expect(await account.erasure(POOL, 'login')).toEqual(two)
    expect(await account.erasure(POOL, 'ann')).toMatchObject({ id: 'one', opener: 'opens one for ann' })
    expect(await account.erasure(POOL, 'cid')).toBeUndefined()
    expect(await account.erasure(`${POOL.slice(0, -1)}1`, 'ann')).toBeUndefined()
    expect(await account.erasuresAmong(POOL, ['login', 'ann', 'cid'])).toEqual([
      ['ann', START],
      ['login', START + DAY],
    ])
    expect([await account.hasErasures(POOL), await account.hasErasures('other')]).toEqual([true, false])
  })

  it('answers a call that comes again, or runs beside, with what was noted; for a minute', async () => {
    const account = remote(newAccount())
    expect(await account.noteErasure(erasure('one', 'ann', 'login'))).toBeUndefined()
    vi.setSystemTime(START + 59_000)
    expect(await account.noteErasure(erasure('two', 'ann', 'login'))).toMatchObject({ id: 'one' })
    // Another login, so another erasure.
    expect(await account.noteErasure(erasure('three', 'ann', 'login', 'more'))).toBeUndefined()
    vi.setSystemTime(START + 3 * 60_000)
    expect(await account.noteErasure(erasure('four', 'ann', 'login', 'more'))).toBeUndefined()
  })

  it('takes back what was not carried out', async () => {
    const name = newAccount()
    const account = remote(name)
    await account.noteErasure(erasure('one', 'ann', 'login'))
    await account.withdrawErasure('one')
    expect(await dump(name)).toMatchObject({ erasure: [], erasure_mark: [] })
  })

  it('forgets after 35 days, by its alarm, and later what was erased again', async () => {
    const name = newAccount()
    const account = remote(name)
    const alarm = () => inside(name, (_, storage) => storage.getAlarm())
    await account.noteErasure(erasure('one', 'ann'))
    await account.noteErasure(erasure('two', 'ben'))
    expect(await alarm()).toBe(START + 35 * DAY)
    vi.setSystemTime(START + 20 * DAY)
    await account.keepErasures(POOL, ['ben'])
    vi.setSystemTime(START + 35 * DAY)
    await runDurableObjectAlarm(env.ACCOUNT.getByName(name))
    expect([await account.erasure(POOL, 'ann'), await account.erasure(POOL, 'ben')]).toEqual([
      undefined,
      expect.objectContaining({ id: 'two' }),
    ])
    expect(await alarm()).toBe(START + 55 * DAY)
    vi.setSystemTime(START + 55 * DAY)
    await runDurableObjectAlarm(env.ACCOUNT.getByName(name))
    expect(await dump(name)).toMatchObject({ erasure: [], erasure_mark: [] })
  })

  it('is not opened by a question', async () => {
    const name = newAccount()
    const account = remote(name)
    expect([
      await account.erasure(POOL, 'ann'),
      await account.hasErasures(POOL),
      await account.erasuresAmong(POOL, ['ann']),
    ]).toEqual([undefined, false, []])
    expect(await dump(name)).toEqual({})
  })
})
