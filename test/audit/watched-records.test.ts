import { describe, expect, it } from 'vitest'
import { MAX_WATCHED_A_SECOND, MAX_WATCHED_ACCOUNTS, SEND_ALIVE_MS } from '../../src/audit/limits.ts'
import { type Heard, WatchedRecords } from '../../src/audit/watched-records.ts'

/** One isolate whose clock stands still but for what it waits, and what it sent. */
function isolate({ answer = { left: 30_000, pause: 1000 } as Heard | Error } = {}) {
  const state = { now: 1_000_000, answer }
  const sent: { account: string; records: readonly string[]; missed: number; at: number }[] = []
  const work: Promise<unknown>[] = []
  const warnings: string[] = []
  const watched = new WatchedRecords({
    send: async (account, records, missed) => {
      sent.push({ account, records, missed, at: state.now })
      if (state.answer instanceof Error) throw state.answer
      return state.answer
    },
    later: (one) => void work.push(one),
    world: { now: () => state.now, log: { warn: (event: string) => void warnings.push(event) } as never },
    wait: async (milliseconds) => {
      state.now += milliseconds
    },
  })
  const done = async () => {
    while (work.length > 0) await work.shift()
  }
  return { state, sent, work, watched, done, warnings }
}

const names = (count: number) => Array.from({ length: count }, (_, n) => `r${n}`)

describe('records for those who watch', () => {
  it('are not gathered while nobody watches the account, nor after that', async () => {
    const { done, sent, state, watched, work } = isolate()
    watched.note('a', 'net', 'before')
    watched.watch('b', 30_000)
    watched.note('a', 'net', 'of another')
    watched.watch('a', 500)
    state.now += 500
    watched.note('a', 'net', 'after')
    expect(work).toEqual([])
    await done()
    expect(sent).toEqual([])
  })

  it('go out together, a moment after the first', async () => {
    const { done, sent, watched } = isolate()
    watched.watch('a', 30_000)
    for (const name of ['one', 'two']) watched.note('a', 'net', name)
    await done()
    expect(sent).toEqual([{ account: 'a', records: ['one', 'two'], missed: 0, at: 1_000_250 }])
  })

  it('are twenty a second of all accounts at most, a client has half of its account’s, and the rest is counted', async () => {
    const { done, sent, watched } = isolate()
    for (const account of ['a', 'b']) watched.watch(account, 30_000)
    for (const name of names(30)) watched.note('a', 'flood', name)
    watched.note('a', 'another', 'seen all the same')
    for (const name of names(30)) watched.note('b', `net${name}`, name)
    await done()
    const [a, b] = sent
    expect(a).toMatchObject({ records: [...names(5), 'seen all the same'], missed: 25 })
    expect(b).toMatchObject({ records: names(10), missed: 20 })
    expect((a?.records.length ?? 0) + (b?.records.length ?? 0)).toBeLessThanOrEqual(MAX_WATCHED_A_SECOND)
  })

  it('go out as seldom as their taker asks, and not at all once nobody watches', async () => {
    const { done, sent, state, watched } = isolate({ answer: { left: 30_000, pause: 7000 } })
    watched.watch('a', 30_000)
    watched.note('a', 'net', 'one')
    await done()
    watched.note('a', 'net', 'two')
    state.answer = { left: 0, pause: 0 }
    await done()
    expect(sent.map(({ at }) => at - 1_000_000)).toEqual([250, 7250])
    watched.note('a', 'net', 'three')
    await done()
    expect(sent).toHaveLength(2)
  })

  it('that could not be sent are counted, and the taker is left alone for some seconds', async () => {
    const { done, sent, state, warnings, watched } = isolate({ answer: new Error('away') })
    watched.watch('a', 60_000)
    watched.note('a', 'net', 'lost')
    await done()
    expect(new Set(warnings)).toEqual(new Set(['watched_records_not_sent']))
    state.answer = { left: 30_000, pause: 0 }
    watched.note('a', 'net', 'kept')
    await done()
    expect(sent.at(-1)).toMatchObject({ records: ['kept'], missed: 1 })
    expect((sent[1]?.at ?? 0) - (sent[0]?.at ?? 0)).toBeGreaterThanOrEqual(5000)
  })

  it('do not wait for ever for a request that came to its end while it sent', async () => {
    const { sent, state, watched, work } = isolate()
    watched.watch('a', 60_000)
    watched.note('a', 'net', 'one')
    // The request is gone, and what it had to do with it.
    work.length = 0
    sent.length = 0
    state.now += SEND_ALIVE_MS - 1000
    watched.note('a', 'net', 'two')
    expect(work).toHaveLength(0)
    state.now += 2000
    watched.note('a', 'net', 'three')
    expect(work).toHaveLength(1)
  })

  it('are of so many accounts at most', async () => {
    const { done, sent, watched } = isolate()
    for (const name of names(MAX_WATCHED_ACCOUNTS + 1)) watched.watch(name, 30_000)
    for (const name of names(MAX_WATCHED_ACCOUNTS + 1)) watched.note(name, name, 'record')
    await done()
    expect(sent.map(({ account }) => account)).toEqual(names(MAX_WATCHED_ACCOUNTS))
  })
})
