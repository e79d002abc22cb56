import { describe, expect, it } from 'vitest'
import { DecisionRing } from '../../src/account/decision-ring.ts'
import {
  BATCHES_A_SECOND,
  MAX_RING_CHARS,
  MAX_RING_RECORDS,
  MAX_WATCH_ANSWER_CHARS,
  TELL_EVERY_MS,
  WATCH_MS,
} from '../../src/account/limits.ts'

const T = 1_000_000
const numbered = (from: number, count: number) => Array.from({ length: count }, (_, n) => `r${from + n}`)

describe('the last decisions of an account', () => {
  it('are kept while somebody watches, and isolates are told for how long', () => {
    const ring = new DecisionRing('0a0a0a0a')
    expect(ring.add(['early'], 0, T)).toEqual({ left: 0, pause: 0 })
    expect(ring.read(undefined, T)).toEqual({
      ...{ records: [], cursor: '0a0a0a0a-0-0', missed: 0, begins: true, more: false, left: WATCH_MS },
    })
    expect(ring.add(['one', 'two'], 0, T + 1000)).toEqual({ left: WATCH_MS - 1000, pause: 1000 })
    expect(ring.add(['late'], 0, T + WATCH_MS)).toEqual({ left: 0, pause: 0 })
    const second = ring.read('0a0a0a0a-0-0', T + WATCH_MS)
    expect(second).toMatchObject({ records: ['one', 'two'], cursor: '0a0a0a0a-2-0', begins: false })
    expect(ring.read(second.cursor, T + WATCH_MS + 1)).toMatchObject({ records: [], cursor: '0a0a0a0a-2-0' })
  })

  it('are told to everybody who watches, each from their own cursor', () => {
    const ring = new DecisionRing('0a0a0a0a')
    const { cursor } = ring.read(undefined, T)
    ring.add(['one'], 0, T)
    expect(ring.read(cursor, T).records).toEqual(['one'])
    ring.add(['two'], 0, T)
    expect(ring.read(cursor, T).records).toEqual(['one', 'two'])
  })

  it('are bounded, and what fell out or was not sent is counted', () => {
    const ring = new DecisionRing('0a0a0a0a')
    const { cursor } = ring.read(undefined, T)
    for (let n = 0; n < MAX_RING_RECORDS + 100; n += 20) ring.add(numbered(n, 20), 1, T)
    const page = ring.read(cursor, T)
    expect(page.records).toEqual(numbered(100, MAX_RING_RECORDS))
    expect(page.missed).toBe(100 + (MAX_RING_RECORDS + 100) / 20)
    expect(ring.read(page.cursor, T)).toMatchObject({ records: [], missed: 0 })
    const large = 'x'.repeat(10_000)
    for (let n = 0; n < 300; n++) ring.add([large], 0, T)
    const { more, records } = ring.read(page.cursor, T)
    expect(records.length * large.length).toBeLessThanOrEqual(MAX_WATCH_ANSWER_CHARS)
    expect(more).toBe(true)
    let all = 0
    for (let at = page.cursor, more = true; more; ) {
      const next = ring.read(at, T)
      all += next.records.length
      at = next.cursor
      more = next.more
    }
    expect(all * large.length).toBeLessThanOrEqual(MAX_RING_CHARS)
    expect(all).toBeGreaterThan(100)
  })

  it.each(['0b0b0b0b-1-0', '0a0a0a0a-7-0'])('begin again for a cursor that is not of this ring: %s', (cursor) => {
    const ring = new DecisionRing('0a0a0a0a')
    ring.read(undefined, T)
    ring.add(['one'], 5, T)
    expect(ring.read(cursor, T)).toMatchObject({ records: ['one'], missed: 0, begins: true, cursor: '0a0a0a0a-1-5' })
  })

  it('let pools be told until all are, and again after a while', () => {
    const ring = new DecisionRing('0a0a0a0a')
    expect([0, 2000, 4000].map((at) => ring.tells(T + at))).toEqual([true, true, true])
    ring.allAreTold()
    expect([4001, TELL_EVERY_MS - 1].map((at) => ring.tells(T + at))).toEqual([false, false])
    expect(ring.tells(T + TELL_EVERY_MS)).toBe(true)
    ring.allAreTold()
    expect(ring.tells(T + TELL_EVERY_MS + 1)).toBe(false)
    // The clock has gone back, so nobody knows how long ago that was.
    expect(ring.tells(T)).toBe(true)
  })

  it('come less often from each isolate where there are many', () => {
    const ring = new DecisionRing('0a0a0a0a')
    ring.read(undefined, T)
    const pauses = Array.from({ length: 3 * BATCHES_A_SECOND }, () => ring.add([], 0, T).pause)
    expect([pauses[0], pauses.at(-1)]).toEqual([1000, 3000])
    expect(ring.add([], 0, T + 1000).pause).toBe(1000)
  })

  it('end when the clock goes back, until somebody asks again', () => {
    const ring = new DecisionRing('0a0a0a0a')
    ring.read(undefined, T)
    expect(ring.add(['one'], 0, T - 1).left).toBe(0)
  })
})
