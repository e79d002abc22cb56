import { expect } from 'vitest'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** What one snapshot says about the ring. */
export interface Seen {
  now: number
  signing: { kid: string; signUntil: number }
  published: readonly string[]
  revoked: ReadonlySet<string>
}

/** Watches the snapshots of one ring and holds them against its promises. Time must not run backwards. */
export class RingWatcher {
  readonly #firstPublished = new Map<string, number>()
  /** The latest time at which an isolate may sign: it keeps a snapshot 5 minutes, and never passes `signUntil`. */
  readonly #lastSigned = new Map<string, number>()
  #before: Seen | undefined

  see(seen: Seen): void {
    const { now, signing, published, revoked } = seen
    for (const kid of published) if (!this.#firstPublished.has(kid)) this.#firstPublished.set(kid, now)
    expect(published.filter((kid) => kid === signing.kid)).toEqual([signing.kid])
    expect(signing.signUntil).toBeGreaterThan(now)
    expect(published.filter((kid) => revoked.has(kid))).toEqual([])
    this.#expectPublishedBeforeSigning(seen)
    for (const [kid, at] of this.#lastSigned)
      if (!revoked.has(kid) && now < at + 48 * HOUR) expect(published).toContain(kid)
    const until = Math.min(now + 5 * MINUTE, signing.signUntil)
    this.#lastSigned.set(signing.kid, Math.max(until, this.#lastSigned.get(signing.kid) ?? 0))
    this.#before = { ...seen, revoked: new Set(revoked) }
  }

  #expectPublishedBeforeSigning({ now, signing, revoked }: Seen): void {
    const before = this.#before
    if (!before || before.signing.kid === signing.kid) return
    const emergency = revoked.has(before.signing.kid) || before.signing.signUntil <= now
    const publishedFor = now - (this.#firstPublished.get(signing.kid) ?? now)
    if (!emergency) expect(publishedFor).toBeGreaterThanOrEqual(HOUR)
  }
}
