import { CLOCKS_AGREE_MS, HANDOVER_MS, PUBLISH_AFTER_MS, PUBLISH_BEFORE_MS, SIGNING_PERIOD_MS } from './limits.ts'

/**
 * One signing key's place in time, in milliseconds since the epoch. It is next before `signFrom`, may sign until
 * `signUntil`, and is then retired. Neighbours overlap by `HANDOVER_MS`, in which the later one is the signing key.
 */
export interface RingKey {
  /** RFC 7638 thumbprint. */
  kid: string
  createdAt: number
  signFrom: number
  signUntil: number
  /** When it was revoked; it neither signs nor is published from then on. */
  revokedAt: number | null
}

export interface TurnOptions {
  now: number
  /** Another clock says the same. Without that no key is deleted, since that cannot be undone. */
  confirmed: boolean
  revokedKids: ReadonlySet<string>
  /** A new key made beforehand, used if the ring needs one. */
  spareKid?: string | undefined
}

export interface Turned {
  keys: RingKey[]
  /** The ring needs a key, and there was no spare. Make one and turn again. */
  wantsKey: boolean
}

/**
 * Brings the ring to `now`, from whatever it has become: called too late, after a clock jump, or with keys newly
 * revoked. Turning twice changes nothing more. Unless `wantsKey`, the ring then has a signing key.
 *
 * 1. What was revoked stops at once.
 * 2. What was retired long enough leaves, if the time is confirmed.
 * 3. If nothing can sign, the next key starts now, else the spare: an emergency, as is the very first key.
 * 4. If the signing key ends soon and nothing follows it, the spare follows it.
 */
export function turnRing(ring: readonly RingKey[], { now, confirmed, revokedKids, spareKid }: TurnOptions): Turned {
  const current = ring.map((key) => (revokedKids.has(key.kid) ? revoked(key, now) : key))
  let keys = confirmed ? current.filter((key) => now < leavesAt(key, current)) : current

  if (!signingKeyOf(keys, now)) keys = startUpcoming(keys, now)
  if (!signingKeyOf(keys, now)) {
    if (spareKid === undefined) return { keys, wantsKey: true }
    return { keys: [...keys, scheduled(spareKid, now, now)], wantsKey: false }
  }

  if (followUpAt(keys) > now) return { keys, wantsKey: false }
  if (spareKid === undefined) return { keys, wantsKey: true }
  return { keys: follow(keys, spareKid, now), wantsKey: false }
}

/** The one key that signs now: the latest to have begun of those that may. */
export function signingKeyOf<K extends RingKey>(keys: readonly K[], now: number): K | undefined {
  return keys
    .filter((key) => isLive(key) && key.signFrom <= now && now < key.signUntil)
    .reduce<K | undefined>((latest, key) => (latest && latest.signFrom >= key.signFrom ? latest : key), undefined)
}

/** Every key that relying parties should know: next, signing and retired, in the order of their use. */
export function publishedKeys<K extends RingKey>(keys: readonly K[]): K[] {
  return keys.filter(isLive).sort((a, b) => a.signFrom - b.signFrom)
}

/** When the ring should be turned next, if nobody asks for it before: keys leave only when somebody does. */
export function nextTurnAt(keys: readonly RingKey[]): number {
  return followUpAt(keys)
}

/** Where a key is in its life. A revoked one neither signs nor is published. */
export type KeyState = 'next' | 'signing' | 'retired' | 'revoked'

/** What may be told of a key: its times, in milliseconds since the epoch, and nothing of its private half. */
export interface DescribedKey extends RingKey {
  state: KeyState
  /** Until when its public half is published, as far as that is known: a key stays until one after it has signed. */
  leavesAt: number | undefined
}

/** The keys of a ring in the order of their use, and what they are at this time. */
export function describedKeys(keys: readonly RingKey[], now: number): DescribedKey[] {
  const signing = signingKeyOf(keys, now)
  return [...keys]
    .sort((a, b) => a.signFrom - b.signFrom)
    .map(({ createdAt, kid, revokedAt, signFrom, signUntil }) => {
      const key = { kid, createdAt, signFrom, signUntil, revokedAt }
      const live =
        kid === signing?.kid ? ('signing' as const) : signFrom > now ? ('next' as const) : ('retired' as const)
      const leaves = leavesAt(key, keys)
      const state = isLive(key) ? live : ('revoked' as const)
      return { ...key, state, leavesAt: Number.isFinite(leaves) ? leaves : undefined }
    })
}

/**
 * The time by which to turn a ring: that of its own clock, unless by that clock it has no key to sign with and by the one
 * of whoever asks it has. Then its own clock has jumped. `asked` is the time of that other clock, if it is known.
 */
export function timeOf(
  keys: readonly RingKey[],
  own: number,
  asked: number | undefined,
): Pick<TurnOptions, 'now' | 'confirmed'> {
  if (asked === undefined) return { now: own, confirmed: false }
  if (Math.abs(own - asked) <= CLOCKS_AGREE_MS) return { now: own, confirmed: true }
  const jumped = !signingKeyOf(keys, own) && signingKeyOf(keys, asked)
  return { now: jumped ? asked : own, confirmed: false }
}

/**
 * When a key may be deleted: its last token has expired by then, and whatever came after it has signed for as long as a
 * retired key stays. So a clock that jumps ahead for a while takes no key along.
 */
function leavesAt(key: RingKey, keys: readonly RingKey[]): number {
  if (!isLive(key)) return key.signUntil + PUBLISH_AFTER_MS
  const later = keys.filter((other) => isLive(other) && other.signFrom > key.signFrom).map((other) => other.signFrom)
  return Math.max(key.signUntil, Math.min(...later)) + PUBLISH_AFTER_MS
}

const isLive = (key: RingKey): boolean => key.revokedAt === null

function scheduled(kid: string, createdAt: number, signFrom: number): RingKey {
  return { kid, createdAt, signFrom, signUntil: signFrom + SIGNING_PERIOD_MS, revokedAt: null }
}

function revoked(key: RingKey, now: number): RingKey {
  return isLive(key) ? { ...key, signUntil: Math.min(key.signUntil, now), revokedAt: now } : key
}

/** Lets the upcoming keys begin now, one after the other: their predecessor was revoked, or the clock went back. */
function startUpcoming(keys: readonly RingKey[], now: number): RingKey[] {
  const upcoming = publishedKeys(keys).filter((key) => key.signFrom > now)
  const moved = upcoming.map((key, index) =>
    scheduled(key.kid, key.createdAt, now + index * (SIGNING_PERIOD_MS - HANDOVER_MS)),
  )
  return [...keys.filter((key) => !upcoming.includes(key)), ...moved]
}

/** When the last key in line needs a successor, so that this one is published long enough before it signs. */
function followUpAt(keys: readonly RingKey[]): number {
  return lastOf(keys).signUntil - HANDOVER_MS - PUBLISH_BEFORE_MS
}

/** Puts a new key behind the last one, which goes on signing until the new one may. */
function follow(keys: readonly RingKey[], kid: string, now: number): RingKey[] {
  const next = scheduled(kid, now, now + PUBLISH_BEFORE_MS)
  const last = lastOf(keys)
  const extended = { ...last, signUntil: Math.max(last.signUntil, next.signFrom + HANDOVER_MS) }
  return [...keys.map((key) => (key === last ? extended : key)), next]
}

function lastOf(keys: readonly RingKey[]): RingKey {
  const last = publishedKeys(keys).at(-1)
  if (!last) throw new Error('a ring has at least one live key')
  return last
}
