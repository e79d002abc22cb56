import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  HANDOVER_MS,
  PUBLISH_AFTER_MS,
  PUBLISH_BEFORE_MS,
  SIGNING_PERIOD_MS,
  SNAPSHOT_FALLBACK_MS,
} from '../../src/tokens/limits.ts'
import {
  describedKeys,
  nextTurnAt,
  publishedKeys,
  type RingKey,
  signingKeyOf,
  timeOf,
  turnRing,
} from '../../src/tokens/rotation.ts'
import { RingWatcher } from './ring-watcher.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const START = Date.UTC(2100, 0, 1)

/** A ring whose spare keys are called k1, k2 and so on. */
class Ring {
  keys: RingKey[] = []
  readonly revoked = new Set<string>()
  made = 0

  turn(now: number, confirmed = true): RingKey[] {
    const first = turnRing(this.keys, { now, confirmed, revokedKids: this.revoked })
    const turned = first.wantsKey
      ? turnRing(this.keys, { now, confirmed, revokedKids: this.revoked, spareKid: `k${++this.made}` })
      : first
    expect(turned.wantsKey).toBe(false)
    this.keys = turned.keys
    return this.keys
  }

  signingAt(now: number): string | undefined {
    return signingKeyOf(this.turn(now), now)?.kid
  }
}

/** A ring at the moment its second key was made, in time. */
function ringWithNext(): { ring: Ring; now: number } {
  const ring = new Ring()
  ring.turn(START)
  const now = nextTurnAt(ring.keys)
  ring.turn(now)
  return { ring, now }
}

describe('describedKeys', () => {
  it('says where each key is in its life, and until when it is published', () => {
    const { now, ring } = ringWithNext()
    const statesAt = (at: number) => describedKeys(ring.keys, at).map(({ kid, state }) => [kid, state])
    const [first, second] = ring.keys as [RingKey, RingKey]
    expect(statesAt(now)).toEqual([
      ['k1', 'signing'],
      ['k2', 'next'],
    ])
    expect(statesAt(second.signFrom)).toEqual([
      ['k1', 'retired'],
      ['k2', 'signing'],
    ])
    const [described] = describedKeys(ring.keys, now)
    expect(described).toEqual({ ...first, state: 'signing', leavesAt: first.signUntil + PUBLISH_AFTER_MS })
    // Nothing follows the second one yet, so nobody knows.
    expect(describedKeys(ring.keys, now)[1]).toEqual({ ...second, state: 'next', leavesAt: undefined })
    ring.revoked.add('k1')
    ring.turn(now)
    expect(statesAt(now)).toEqual([
      ['k1', 'revoked'],
      ['k2', 'signing'],
    ])
  })
})

describe('turnRing', () => {
  it('lets the first key sign at once', () => {
    const ring = new Ring()
    expect(ring.turn(START)).toEqual([
      { kid: 'k1', createdAt: START, signFrom: START, signUntil: START + SIGNING_PERIOD_MS, revokedAt: null },
    ])
  })

  it('asks for a key instead of inventing one', () => {
    expect(turnRing([], { now: START, confirmed: true, revokedKids: new Set() })).toEqual({ keys: [], wantsKey: true })
  })

  it('adds the next key in time, so that the one before is not extended', () => {
    const { ring, now } = ringWithNext()
    const until = START + SIGNING_PERIOD_MS
    expect(now).toBe(until - HANDOVER_MS - PUBLISH_BEFORE_MS)
    const from = until - HANDOVER_MS
    expect(ring.keys).toEqual([
      { kid: 'k1', createdAt: START, signFrom: START, signUntil: until, revokedAt: null },
      { kid: 'k2', createdAt: now, signFrom: from, signUntil: from + SIGNING_PERIOD_MS, revokedAt: null },
    ])
  })

  it('extends the signing key when the next one comes late', () => {
    const ring = new Ring()
    ring.turn(START)
    const late = START + SIGNING_PERIOD_MS - MINUTE
    ring.turn(late)
    expect(ring.keys.map(({ kid, signFrom, signUntil }) => [kid, signFrom, signUntil])).toEqual([
      ['k1', START, late + PUBLISH_BEFORE_MS + HANDOVER_MS],
      ['k2', late + PUBLISH_BEFORE_MS, late + PUBLISH_BEFORE_MS + SIGNING_PERIOD_MS],
    ])
  })

  it('signs with the later key while two may sign', () => {
    const { ring, now } = ringWithNext()
    const handover = now + PUBLISH_BEFORE_MS
    expect(ring.signingAt(handover - 1)).toBe('k1')
    expect(ring.signingAt(handover)).toBe('k2')
  })

  it('keeps a retired key published for 48 hours after it could last sign, and no longer', () => {
    const { ring } = ringWithNext()
    const gone = START + SIGNING_PERIOD_MS + 48 * HOUR
    const kids = (now: number) => publishedKeys(ring.turn(now)).map(({ kid }) => kid)
    expect(kids(gone - 1)).toEqual(['k1', 'k2'])
    expect(kids(gone)).toEqual(['k2'])
  })

  it('signs with a new key at once when none may sign, and keeps the last one until the new one has signed for 48 hours', () => {
    const { ring } = ringWithNext()
    const now = START + 400 * DAY
    const kids = (at: number) => ring.turn(at).map(({ kid }) => kid)
    expect(ring.signingAt(now)).toBe('k3')
    expect(kids(now)).toEqual(['k2', 'k3'])
    expect(kids(now + 48 * HOUR - 1)).toEqual(['k2', 'k3'])
    expect(kids(now + 48 * HOUR)).toEqual(['k3'])
  })

  it('deletes nothing at a time that is not confirmed', () => {
    const { ring } = ringWithNext()
    const kids = (at: number, confirmed: boolean) => ring.turn(at, confirmed).map(({ kid }) => kid)
    const later = START + SIGNING_PERIOD_MS + 10 * DAY
    expect(kids(later, false)).toEqual(['k1', 'k2'])
    expect(kids(later, true)).toEqual(['k2'])
  })

  it.each([40, -40, 400, -400])('keeps its key when the clocks go %d days off, and come back within 2 days', (days) => {
    const ring = new Ring()
    ring.turn(START)
    const now = START + 5 * DAY
    ring.turn(now)
    ring.turn(now + days * DAY)
    ring.turn(now + days * DAY + 2 * DAY - 1)
    expect(publishedKeys(ring.turn(now + 2 * DAY)).map(({ kid }) => kid)).toContain('k1')
  })

  it('goes on when the clock goes back before every key, with the key that comes first', () => {
    const { ring } = ringWithNext()
    const now = START - 7 * DAY
    expect(ring.signingAt(now)).toBe('k1')
    expect(ring.keys.map(({ kid, signFrom, signUntil }) => [kid, signFrom, signUntil])).toEqual([
      ['k1', now, now + SIGNING_PERIOD_MS],
      ['k2', now + SIGNING_PERIOD_MS - HANDOVER_MS, now + 2 * SIGNING_PERIOD_MS - HANDOVER_MS],
    ])
  })

  it('replaces a revoked signing key at once by the next one', () => {
    const { ring, now } = ringWithNext()
    ring.revoked.add('k1')
    expect(ring.signingAt(now + HOUR)).toBe('k2')
    expect(publishedKeys(ring.keys).map(({ kid }) => kid)).toEqual(['k2'])
    expect(ring.made).toBe(2)
  })

  it('replaces a revoked signing key at once by a new one when there is no next', () => {
    const ring = new Ring()
    ring.turn(START)
    ring.revoked.add('k1')
    expect(ring.signingAt(START + HOUR)).toBe('k2')
    expect(publishedKeys(ring.keys).map(({ kid }) => kid)).toEqual(['k2'])
  })

  it('replaces a revoked next key without touching the signing key', () => {
    const { ring, now } = ringWithNext()
    ring.revoked.add('k2')
    expect(ring.signingAt(now + HOUR)).toBe('k1')
    expect(publishedKeys(ring.keys).map(({ kid }) => kid)).toEqual(['k1', 'k3'])
  })

  it('signs with no revoked key even when the clock goes back before its revocation', () => {
    const { ring, now } = ringWithNext()
    ring.revoked.add('k1')
    ring.turn(now)
    expect(ring.signingAt(now - HOUR)).toBe('k2')
  })

  it('forgets a revoked key 48 hours after its revocation', () => {
    const ring = new Ring()
    ring.turn(START)
    ring.revoked.add('k1')
    ring.turn(START + HOUR)
    expect(ring.turn(START + 49 * HOUR - 1).map(({ kid }) => kid)).toEqual(['k1', 'k2'])
    expect(ring.turn(START + 49 * HOUR).map(({ kid }) => kid)).toEqual(['k2'])
  })

  it('keeps a revocation after it is no longer asked for', () => {
    const ring = new Ring()
    ring.turn(START)
    ring.revoked.add('k1')
    ring.turn(START + HOUR)
    ring.revoked.clear()
    expect(publishedKeys(ring.turn(START + 2 * HOUR)).map(({ kid }) => kid)).toEqual(['k2'])
    expect(ring.keys.find(({ kid }) => kid === 'k1')?.revokedAt).toBe(START + HOUR)
  })
})

describe('the time by which a ring is turned', () => {
  const ring = new Ring()
  ring.turn(START)
  const now = START + 5 * DAY

  it.each([
    ['is its own, confirmed by a clock that says about the same', now, now + HOUR, { now, confirmed: true }],
    ['is its own when the other clock is off', now, now + 40 * DAY, { now, confirmed: false }],
    ['is its own when the other clock is off a little', now, now - HOUR - 1, { now, confirmed: false }],
    ['is its own when no other clock is known', now + 40 * DAY, undefined, { now: now + 40 * DAY, confirmed: false }],
    ['is the other one when its own has jumped ahead', now + 40 * DAY, now, { now, confirmed: false }],
    ['is the other one when its own has jumped back', now - 40 * DAY, now, { now, confirmed: false }],
    [
      'is its own when it slept, and the other clock agrees',
      now + 40 * DAY,
      now + 40 * DAY,
      { now: now + 40 * DAY, confirmed: true },
    ],
    ['is its own when neither fits', now + 40 * DAY, now + 80 * DAY, { now: now + 40 * DAY, confirmed: false }],
  ])('%s', (_, own, asked, expected) => {
    expect(timeOf(ring.keys, own, asked)).toEqual(expected)
  })
})

describe('the periods', () => {
  it('publish a key before it signs even for those who read the oldest stand-in snapshot', () => {
    expect(PUBLISH_BEFORE_MS).toBeGreaterThanOrEqual(SNAPSHOT_FALLBACK_MS + HOUR)
    expect(PUBLISH_AFTER_MS).toBe(48 * HOUR)
    expect(SIGNING_PERIOD_MS).toBeGreaterThan(PUBLISH_BEFORE_MS + HANDOVER_MS)
  })
})

const pauses = fc.oneof(
  fc.integer({ min: 0, max: 90 }).map((n) => n * MINUTE),
  fc.integer({ min: 0, max: 80 }).map((n) => n * HOUR),
  fc.integer({ min: 0, max: 70 }).map((n) => n * DAY),
)
const steps = fc.oneof(
  { weight: 4, arbitrary: pauses.map((ms) => ({ kind: 'advance' as const, ms })) },
  { weight: 1, arbitrary: fc.constant({ kind: 'advance to the alarm' as const }) },
  { weight: 1, arbitrary: fc.nat(3).map((index) => ({ kind: 'revoke' as const, index })) },
)

describe('any ring', () => {
  it('keeps its promises whenever it is turned and whatever is revoked', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 40 }), (sequence) => {
        const ring = new Ring()
        const watcher = new RingWatcher()
        let now = START
        for (const step of sequence) {
          if (step.kind === 'advance') now += step.ms
          if (step.kind === 'advance to the alarm' && ring.keys.length > 0) now = Math.max(now, nextTurnAt(ring.keys))
          if (step.kind === 'revoke') ring.revoked.add(ring.keys[step.index]?.kid ?? 'nobody')
          const keys = ring.turn(now)
          const signing = signingKeyOf(keys, now) as RingKey
          watcher.see({ now, signing, published: publishedKeys(keys).map(({ kid }) => kid), revoked: ring.revoked })
        }
      }),
      { numRuns: 500 },
    )
  })

  it('has a signing key, a future alarm and nothing more to do after a turn, even when the clock jumps about', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -90, max: 90 }), { maxLength: 30 }), (jumps) => {
        const ring = new Ring()
        let now = START
        for (const days of jumps) {
          now += days * DAY
          const keys = ring.turn(now)
          expect(signingKeyOf(keys, now)).toBeDefined()
          expect(nextTurnAt(keys)).toBeGreaterThan(now)
          expect(turnRing(keys, { now, confirmed: true, revokedKids: ring.revoked })).toEqual({ keys, wantsKey: false })
        }
      }),
      { numRuns: 300 },
    )
  })
})
