import { IsolateCache, weightOf } from '../base/memory.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { World } from '../base/world.ts'
import type { KeySource } from './catalogue.ts'
import { fetchKeySet } from './fetch-keys.ts'
import type { KeySet } from './key-set.ts'
import { createKeyStore, nameOf, sourceOf } from './key-store.ts'
import { CLOCK_GRACE_SECONDS, COOL_DOWN_SECONDS, KEY_SET_RENEWAL, MAX_SET_AGE_SECONDS } from './limits.ts'
import type { KeysFailure, LoginRejected } from './login.ts'
import { shown, type TokenHeader } from './token.ts'
import { Turn } from './turn.ts'

export interface KeySets {
  /** The issuer's key for a token with this header: from memory, then KV, then the issuer. */
  find(source: KeySource, header: TokenHeader): Promise<Result<CryptoKey, LoginRejected>>
  /** What this isolate has in memory. Nothing is fetched. */
  known(): KnownKeySet[]
}

/** A key set in memory, or that there is none. Times in milliseconds since the epoch. */
export interface KnownKeySet {
  issuer: string
  /** Where its keys are asked for. */
  url: string
  keys: number
  fetchedAt?: number
  freshUntil?: number
  /** How the last fetch failed, if it did. */
  failure?: KeysFailure
}

interface KeySetsDeps {
  world: World
  cache: KVNamespace
  cacheKey: () => Promise<Uint8Array<ArrayBuffer>>
  later: (work: Promise<unknown>) => void
  localMode: boolean
}

/** What an isolate knows of one issuer. Only settled results: a promise of one request may never serve another. */
interface Memory {
  set?: KeySet
  /** Before this time (milliseconds) the issuer is not asked again. */
  coolUntil: number
  /** From this time on (milliseconds) a newer set is looked for beside a request. */
  renewFrom: number
  /** How the last fetch failed; absent once one succeeds. */
  failure?: KeysFailure
  /** Who looks, while others wait for the outcome. */
  turn: Turn
}

/**
 * Issuers' key sets, with rules for when they may be asked:
 *
 * - A fresh set is used as it is. A stale one is renewed, and serves on, up to its age limit, if that fails.
 * - One fetch of an issuer starts a cool-down, successful or not; until it ends a stale set serves and a failure is
 *   repeated from memory. While a stale set is being renewed, other requests use it instead of fetching too.
 * - A `kid` that a fresh set lacks renews it, under the same cool-down, so invented ones cannot hammer an issuer. If
 *   that fails, whether the key exists is not known, and the refusal says so.
 * - About the middle of its time a set in use is renewed beside a request, which does not wait.
 * - Of all requests of an isolate that need the set, one looks for it, in KV and at the issuer. The others wait.
 *
 * An issuer is one by its name and by the address of its keys, so that nothing that goes wrong with one, however it is
 * caused, pauses another.
 *
 * jose's `createRemoteJWKSet` is not used: it tells time by itself, has no stale set and no pause after a failure, and
 * takes its freshness from a constant.
 */
export function createKeySets({ world, cache, cacheKey, later, localMode }: KeySetsDeps): KeySets {
  const store = createKeyStore({ world, cache, cacheKey, later })
  const memories = new IsolateCache<string, Memory>('keySets', weightOfMemory)

  async function find(source: KeySource, header: TokenHeader): Promise<Result<CryptoKey, LoginRejected>> {
    const memory = recall(memories, nameOf(source), world.now())
    const set = await current(source, memory)
    if (!set.ok) return err(unavailable(source, set.error))
    renewLater(set.value, source, memory)
    const key = await set.value.pick(header)
    if (key) return ok(key)

    const newer = await newerSet(set.value, source, memory)
    if (!newer.ok) return err(unavailable(source, newer.error))
    const newKey = await newer.value?.pick(header)
    if (newKey) return ok(newKey)
    return err({ reason: 'unknown_key', ...(header.kid !== undefined && { kid: shown(header.kid) }) })
  }

  async function current(source: KeySource, memory: Memory): Promise<Result<KeySet, KeysFailure>> {
    return memory.turn.share(
      () => knownSet(memory, world.now()),
      () => look(source, memory),
    )
  }

  async function look(source: KeySource, memory: Memory): Promise<Result<KeySet, KeysFailure>> {
    const stored = await store.read(source)
    const dated = stored && asOfNow(stored, world.now())
    if (dated) keepNewer(source, memory, dated)
    return knownSet(memory, world.now()) ?? (await renew(source, memory))
  }

  /** Nobody waits for it, and it may fail. Who then lacks a key does wait, as for any other look. */
  function renewLater(seen: KeySet, source: KeySource, memory: Memory): void {
    const now = world.now()
    if (now < memory.renewFrom || now < memory.coolUntil) return
    memory.renewFrom = now + COOL_DOWN_SECONDS * 1000
    const newer = () => (memory.set && memory.set.fetchedAt > seen.fetchedAt ? memory.set : undefined)
    const work = async () => {
      const stored = await store.read(source)
      const dated = stored && asOfNow(stored, world.now())
      if (dated) keepNewer(source, memory, dated)
      if (!newer()) await renew(source, memory)
    }
    later(memory.turn.share<unknown>(newer, work).catch(() => {}))
  }

  /** A set newer than `seen`, fetched now if no cool-down forbids it; nothing, if none is to be had yet. */
  async function newerSet(
    seen: KeySet,
    source: KeySource,
    memory: Memory,
  ): Promise<Result<KeySet | null, KeysFailure>> {
    const newer = () => (memory.set && memory.set.fetchedAt > seen.fetchedAt ? memory.set : null)
    const mayAsk = () => world.now() >= Math.max(memory.coolUntil, seen.fetchedAt + COOL_DOWN_SECONDS * 1000)
    const set = await memory.turn.share(
      () => newer() ?? undefined,
      async () => {
        if (mayAsk()) await renew(source, memory)
        return newer()
      },
    )
    return set || !memory.failure ? ok(set) : err(memory.failure)
  }

  /** Asks the issuer. If that fails, a last good set still serves. */
  async function renew(source: KeySource, memory: Memory): Promise<Result<KeySet, KeysFailure>> {
    memory.coolUntil = world.now() + COOL_DOWN_SECONDS * 1000
    delete memory.failure
    const fetched = await fetchKeySet(source, { world, localMode })
    if (!fetched.ok) {
      memory.failure = fetched.error
      memory.coolUntil = world.now() + COOL_DOWN_SECONDS * 1000
      world.log.warn('provider_keys_unavailable', { issuer: source.issuer, detail: fetched.error })
      return knownSet(memory, world.now()) ?? fetched
    }
    keepNewer(source, memory, fetched.value)
    store.write(source, fetched.value)
    return fetched
  }

  function keepNewer(source: KeySource, memory: Memory, set: KeySet): void {
    if (memory.set && set.fetchedAt <= memory.set.fetchedAt) return
    memory.set = set
    memory.renewFrom = renewalOf(set, world)
    // Weighed again, with the set.
    memories.set(nameOf(source), memory)
  }

  return { find, known: () => [...memories].map(([name, memory]) => knownOf(name, memory)) }
}

function knownOf(name: string, { failure, set }: Memory): KnownKeySet {
  const { issuer, url } = sourceOf(name)
  return {
    ...{ issuer, url, keys: set?.keys.length ?? 0 },
    ...(set && { fetchedAt: set.fetchedAt, freshUntil: set.freshUntil }),
    ...(failure && { failure }),
  }
}

/** The keys as they were read, copied and checked, and each as it is imported for use. */
function weightOfMemory({ set }: Memory): number {
  return 200 + (set ? 4 * weightOf(set.keys) + 3_000 * set.keys.length : 0)
}

/** The answer that needs no look elsewhere: a fresh set or, during a cool-down, a stale one or the last failure. */
function knownSet({ set, coolUntil, failure }: Memory, now: number): Result<KeySet, KeysFailure> | undefined {
  const isUsable = set !== undefined && now - set.fetchedAt <= MAX_SET_AGE_SECONDS * 1000
  if (isUsable && now < set.freshUntil) return ok(set)
  if (now >= coolUntil) return undefined
  if (isUsable) return ok(set)
  return failure && err(failure)
}

/**
 * A set from KV was dated by the clock of another isolate, which may be a little ahead. It counts as fetched now, for as
 * long as that clock said; one that is further ahead is not believed.
 */
function asOfNow(set: KeySet, now: number): KeySet | undefined {
  const ahead = set.fetchedAt - now
  if (ahead <= 0) return set
  return ahead > CLOCK_GRACE_SECONDS * 1000 ? undefined : { ...set, fetchedAt: now, freshUntil: set.freshUntil - ahead }
}

/** When a set is renewed: of each isolate another moment. */
function renewalOf({ fetchedAt, freshUntil }: KeySet, world: World): number {
  const [chance = 0] = world.random(1)
  const { from, to } = KEY_SET_RENEWAL
  return fetchedAt + (freshUntil - fetchedAt) * (from + ((to - from) * chance) / 256)
}

function unavailable({ issuer }: KeySource, detail: KeysFailure): LoginRejected {
  return { reason: 'keys_unavailable', issuer: shown(issuer), detail }
}

/** The memory of one issuer, made if need be. What dates from a time to come is of no use: the clock has gone back. */
function recall(memories: Map<string, Memory>, name: string, now: number): Memory {
  const known = memories.get(name)
  const isOfTheFuture =
    known && ((known.set?.fetchedAt ?? now) > now || known.coolUntil > now + COOL_DOWN_SECONDS * 1000)
  if (known && !isOfTheFuture) return known
  const memory = { coolUntil: 0, renewFrom: 0, turn: new Turn() }
  memories.set(name, memory)
  return memory
}
