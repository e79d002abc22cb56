import { isYounger } from '../base/age.ts'
import { KV_READ_MS, within } from '../base/deadline.ts'
import { callObject, OBJECT_WRITE_MS, Overloaded } from '../base/objects.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { World } from '../base/world.ts'
import { deriveKeyEncryptionKeys, type KeyEncryptionKeys } from './key-encryption.ts'
import {
  FALLBACK_PAUSE_MS,
  RING_WAIT_MS,
  SNAPSHOT_EDGE_CACHE_SECONDS,
  SNAPSHOT_FALLBACK_MS,
  SNAPSHOT_FRESH_MS,
  SNAPSHOT_RENEWAL,
  SNAPSHOT_RENEWAL_PAUSE_MS,
} from './limits.ts'
import { type RingView, viewOf } from './ring-view.ts'
import type { KeyRingSettings } from './settings.ts'
import type { TokenAlgorithm } from './signing-key.ts'
import {
  type KeyRingRefused,
  openSnapshot,
  type RingSnapshot,
  type SealedSnapshot,
  snapshotCacheKey,
} from './snapshot.ts'

/** `overloaded`: the ring's object has too much to do, and was asked once. `unavailable`: it failed, or is behind. */
export type KeysUnavailable = KeyRingRefused | { reason: 'overloaded' | 'unavailable' }

export interface Keys {
  /**
   * The ring, at most `SNAPSHOT_FRESH_MS` old, its signing key still good. Only while the ring's object does not answer
   * may it be as old as `SNAPSHOT_FALLBACK_MS`. Ask right before signing and do not keep the answer.
   */
  current(): Promise<Result<RingView, KeysUnavailable>>
  /** Whether the ring in use is an older one, because the ring's object does not answer. */
  standsIn(): boolean
}

export interface KeysOptions {
  /** Asks the ring's object, and tells it our time. Takes a fresh stub each time, since a stub that failed stays broken. */
  ring: (now: number) => Promise<Result<SealedSnapshot, KeyRingRefused>>
  cache: Pick<KVNamespace, 'get'>
  settings: KeyRingSettings
  algorithm: TokenAlgorithm
  world: World
  /** Runs work that may outlast the answer. Without it, the ring is looked for only when it is needed. */
  later?: (work: Promise<unknown>) => void
}

/**
 * The ring as one isolate sees it: from memory, then the cache, then the ring's object. Make one for an isolate and
 * share it among requests: finished views outlive a request, pending promises never do.
 */
export function createKeys(options: KeysOptions): Keys {
  return new IsolateKeys(options)
}

/** A view in use, by the clock of the isolate, which need not be that of the ring. */
interface Held {
  view: RingView
  since: number
  /** How long it is used without a look elsewhere, in milliseconds. */
  lasts: number
  /** It is in use only because the ring's object does not answer. */
  standsIn: boolean
  /** When a newer one is looked for beside a request. */
  renewFrom: number
}

class IsolateKeys implements Keys {
  readonly #options: KeysOptions
  #keks: KeyEncryptionKeys | undefined
  #held: Held | undefined

  constructor(options: KeysOptions) {
    this.#options = options
  }

  standsIn(): boolean {
    return this.#held?.standsIn ?? false
  }

  async current(): Promise<Result<RingView, KeysUnavailable>> {
    const { world } = this.#options
    const held = this.#held
    const begun = world.now()
    if (held && begun < held.view.signUntil && isYounger(held.since, begun, held.lasts)) {
      this.#renewLater(begun)
      return ok(held.view)
    }
    // One request finds out whether the object answers again; the others need not wait for that.
    if (held?.standsIn && isStandIn(held.view, begun)) this.#held = { ...held, since: begun }

    const cached = await this.#cached()
    const read = world.now()
    if (cached && isFresh(cached, read)) {
      const view = await this.#hold(cached, read, SNAPSHOT_FRESH_MS - apart(cached, read))
      this.#renewLater(read)
      return view
    }

    const standIn = cached && isStandIn(cached, read) ? cached : undefined
    const asked = await this.#asked(standIn ? RING_WAIT_MS : OBJECT_WRITE_MS)
    if (asked.ok) return this.#hold(asked.value, read, SNAPSHOT_FRESH_MS)
    if (!isOutage(asked.error) || !standIn) return asked
    return this.#hold(standIn, world.now(), FALLBACK_PAUSE_MS, true)
  }

  /** Looks for a newer view beside the request that uses this one, once that is due. Nobody waits, and it may fail. */
  #renewLater(now: number): void {
    const { later } = this.#options
    const held = this.#held
    if (!later || !held || held.standsIn || now < held.renewFrom) return
    held.renewFrom = now + SNAPSHOT_RENEWAL_PAUSE_MS
    later(this.#renew(held).catch(() => {}))
  }

  /** By what is cached if that is newer; else by the object, which puts a new one into the cache. */
  async #renew(held: Held): Promise<void> {
    const cached = await this.#cached()
    const read = this.#options.world.now()
    const isNewer = cached && isFresh(cached, read) && cached.takenAt > held.view.takenAt
    const found = isNewer ? ok(cached) : await this.#asked(OBJECT_WRITE_MS)
    if (!found.ok || this.#held !== held) return
    await this.#hold(found.value, read, SNAPSHOT_FRESH_MS - (isNewer ? apart(cached, read) : 0))
  }

  /** The cached snapshot. Whatever is wrong with it or with the cache, it is as if there were none. */
  async #cached(): Promise<RingSnapshot | undefined> {
    const { cache, algorithm } = this.#options
    try {
      const name = snapshotCacheKey(algorithm)
      const sealed = await within('KV', KV_READ_MS, () => cache.get(name, { cacheTtl: SNAPSHOT_EDGE_CACHE_SECONDS }))
      const opened = sealed === null ? undefined : await this.#open(sealed)
      return opened?.ok ? opened.value : undefined
    } catch {
      return undefined
    }
  }

  async #asked(limit: number): Promise<Result<RingSnapshot, KeysUnavailable>> {
    const { ring, world } = this.#options
    try {
      const answer = await callObject({ name: 'KeyRing', limit }, () => ring(world.now()))
      return answer.ok ? await this.#open(answer.value) : answer
    } catch (error) {
      world.log.warn('key_ring_unanswering', { message: String(error) })
      return err({ reason: error instanceof Overloaded ? 'overloaded' : 'unavailable' })
    }
  }

  /**
   * Opens a snapshot if it can be signed with now. What this deployment revokes, or this isolate once knew as revoked,
   * stays so, whatever an older snapshot says.
   */
  async #open(sealed: SealedSnapshot): Promise<Result<RingSnapshot, KeysUnavailable>> {
    const { settings, algorithm, world } = this.#options
    this.#keks ??= await deriveKeyEncryptionKeys(settings.keyEncryption)
    const opened = await openSnapshot(sealed, this.#keks)
    if (!opened.ok) return opened.error.reason === 'damaged' ? err({ reason: 'unavailable' }) : err(opened.error)
    const { signing, revokedKids, ...rest } = opened.value
    const revoked = [...new Set([...revokedKids, ...settings.revokedKids, ...(this.#held?.view.revokedKids ?? [])])]
    if (rest.algorithm !== algorithm || world.now() >= signing.signUntil || revoked.includes(signing.kid))
      return err({ reason: 'unavailable' })
    return ok({ ...rest, signing, revokedKids: revoked })
  }

  async #hold(
    snapshot: RingSnapshot,
    since: number,
    lasts: number,
    standsIn = false,
  ): Promise<Result<RingView, never>> {
    const view = await viewOf(snapshot, this.#held?.view)
    this.#held = { view, since, lasts, standsIn, renewFrom: since + lasts - this.#lead() }
    return ok(view)
  }

  /** How long before its end a view is renewed: each time another, in milliseconds. */
  #lead(): number {
    const [chance = 0] = this.#options.world.random(1)
    const { from, to } = SNAPSHOT_RENEWAL
    return SNAPSHOT_FRESH_MS * (1 - from - ((to - from) * chance) / 256)
  }
}

interface Dated {
  takenAt: number
}

/** How far the clock that dated a snapshot and ours may be apart. A date in the future counts like one in the past. */
function apart({ takenAt }: Dated, now: number): number {
  return Math.abs(now - takenAt)
}

function isFresh(snapshot: Dated, now: number): boolean {
  return apart(snapshot, now) <= SNAPSHOT_FRESH_MS
}

function isStandIn(snapshot: Dated, now: number): boolean {
  return apart(snapshot, now) <= SNAPSHOT_FALLBACK_MS
}

/** Whether the ring was not asked, or could not answer. A refusal is an answer, and nothing stands in for it. */
function isOutage({ reason }: KeysUnavailable): boolean {
  return reason === 'overloaded' || reason === 'unavailable'
}
