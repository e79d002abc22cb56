import { DurableObject } from 'cloudflare:workers'
import type { JWK } from 'jose'
import { base64url } from '../base/bytes.ts'
import { consoleLog } from '../base/log.ts'
import { err, ok, type Result } from '../base/result.ts'
import { readKeyRingSettings } from '../config/index.ts'
import {
  deriveKeyEncryptionKeys,
  findKek,
  type KeyEncryptionKeys,
  unwrap,
  type Wrapped,
  wrap,
} from './key-encryption.ts'
import { RECEIPT_TURN_MS, SNAPSHOT_FALLBACK_MS, SNAPSHOT_PUT_INTERVAL_MS } from './limits.ts'
import type { ReceiptJwk } from './receipt-key.ts'
import { type Mark, RECEIPTS, ReceiptRing, type RingContext } from './receipt-ring.ts'
import { hasReceipts } from './receipt-store.ts'
import { type Rewrapped, RingStore, type SpareKey, type StoredRing } from './ring-store.ts'
import {
  type DescribedKey,
  describedKeys,
  nextTurnAt,
  publishedKeys,
  signingKeyOf,
  timeOf,
  turnRing,
} from './rotation.ts'
import { generateSigningKey, isTokenAlgorithm, type TokenAlgorithm } from './signing-key.ts'
import { type KeyRingRefused, type SealedSnapshot, sealSnapshot, snapshotCacheKey } from './snapshot.ts'

/** What a turn of the ring works with: settings, and what takes time and so is made before the transaction. */
interface Preparation {
  /** Milliseconds since the epoch. */
  now: number
  /** Whether the clock of whoever asked says the same. */
  confirmed: boolean
  algorithm: TokenAlgorithm
  revokedKids: ReadonlySet<string>
  /** For a ring that does not exist yet. */
  seed: Wrapped | undefined
  spare: SpareKey | undefined
  rewrapped: readonly Rewrapped[]
}

/** What may be told of a ring. */
export interface RingDescription {
  /** In the order of their use. */
  keys: DescribedKey[]
  /** When the ring gets its next key, in milliseconds since the epoch. */
  nextTurnAt: number
}

/**
 * The signing keys of one deployment, for one algorithm; the object is named by it. It opens itself with the first
 * snapshot and turns with each one and by alarm, so both a missed alarm and an idle ring come right by themselves.
 *
 * The object that is named `receipts` is no ring: it has the keys of receipts of erasures, and none of the tables.
 */
export class KeyRing extends DurableObject<Env> {
  readonly #store: RingStore
  readonly #receipts: ReceiptRing | undefined
  #keks: KeyEncryptionKeys | undefined
  /** The snapshot being taken, shared by all who ask meanwhile. Within one object a pending promise may be. */
  #taking: Promise<Result<SealedSnapshot, KeyRingRefused>> | undefined
  #lastPut: { at: number; content: string } | undefined

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    const isOfReceipts = ctx.id.name === RECEIPTS || hasReceipts(ctx.storage)
    this.#receipts = isOfReceipts ? new ReceiptRing(ctx.storage) : undefined
    this.#store = new RingStore(ctx.storage, !isOfReceipts)
  }

  /**
   * The ring as of now, turned if that was due. May be repeated. `asked` is the time where it is asked from, in milliseconds
   * since the epoch; an older Worker tells none. It bears witness when this object's clock has jumped.
   */
  snapshot(asked?: number): Promise<Result<SealedSnapshot, KeyRingRefused>> {
    this.#taking ??= this.#take(asked).finally(() => {
      this.#taking = undefined
    })
    return this.#taking
  }

  /** What may be told of the ring, as it is stored; nothing, if it was never opened. Nothing is stored by asking. */
  describe(): RingDescription | undefined {
    const stored = this.#receipts ? undefined : this.#store.read()
    return stored && { keys: describedKeys(stored.keys, Date.now()), nextTurnAt: nextTurnAt(stored.keys) }
  }

  /** The keys that ever signed receipts, without those that were revoked. Nothing is stored by asking. */
  receiptKeys(): Promise<Result<ReceiptJwk[], KeyRingRefused>> {
    return this.#withReceipts((receipts, context) => receipts.published(context))
  }

  /** Signs a receipt of these claims. */
  signReceipt(claims: object): Promise<Result<string, KeyRingRefused>> {
    return this.#withReceipts((receipts, context) => receipts.sign(claims, context))
  }

  /** What stands for these texts in the journal of erasures. */
  erasureMarks(texts: readonly string[]): Promise<Result<Mark[], KeyRingRefused>> {
    return this.#withReceipts((receipts, context) => receipts.marks(texts, context))
  }

  override async alarm(): Promise<void> {
    if (this.#receipts) return this.#turnReceipts()
    const stored = this.#store.read()
    // Nobody is here to confirm that so much time has passed. Whoever asks next is, and the ring turns then.
    if (stored && !signingKeyOf(stored.keys, Date.now())) return
    const taken = await this.snapshot()
    if (!taken.ok) consoleLog.error('key_ring_refuses_to_turn', { ...taken.error })
  }

  async #withReceipts<T>(
    work: (receipts: ReceiptRing, context: RingContext) => Promise<Result<T, KeyRingRefused>>,
  ): Promise<Result<T, KeyRingRefused>> {
    if (!this.#receipts) throw new Error('this object has no keys of receipts')
    const settings = readKeyRingSettings(this.env)
    if (!settings.ok) return settings
    this.#keks ??= await deriveKeyEncryptionKeys(settings.value.keyEncryption)
    const { revokedKids } = settings.value
    const fresh = crypto.getRandomValues(new Uint8Array(32))
    const answer = await work(this.#receipts, { keks: this.#keks, revokedKids, now: Date.now(), fresh })
    if (this.#receipts.isOpen && (await this.ctx.storage.getAlarm()) === null)
      await this.ctx.storage.setAlarm(Date.now() + RECEIPT_TURN_MS)
    return answer
  }

  async #turnReceipts(): Promise<void> {
    const turned = await this.#withReceipts((receipts, context) => receipts.turn(context))
    if (!turned.ok) consoleLog.error('key_ring_refuses_to_turn', { ...turned.error })
  }

  async #take(asked?: number): Promise<Result<SealedSnapshot, KeyRingRefused>> {
    const settings = readKeyRingSettings(this.env)
    if (!settings.ok) return settings
    if (this.#receipts) return err({ reason: 'unknown_algorithm' })
    const stored = this.#store.read()
    const algorithm = stored?.algorithm ?? this.ctx.id.name
    if (!isTokenAlgorithm(algorithm)) return err({ reason: 'unknown_algorithm' })
    this.#keks ??= await deriveKeyEncryptionKeys(settings.value.keyEncryption)
    const keks = this.#keks
    const stranger = secretsOf(stored).find((secret) => !findKek(keks, secret.kek))
    if (stranger) return err({ reason: 'wrong_key_encryption_key', needs: stranger.kek })

    const time = timeOf(stored?.keys ?? [], Date.now(), asked)
    const revokedKids = new Set(settings.value.revokedKids)
    const prepared = await this.#prepare(stored, { ...time, algorithm, revokedKids }, keks)
    const ring = this.ctx.storage.transactionSync(() => this.#turn(prepared))
    await this.#setAlarm(nextTurnAt(ring.keys))
    const sealed = await this.#seal(ring, prepared, keks)
    this.#publish(sealed, ring, time.now)
    return ok(sealed)
  }

  async #prepare(
    stored: StoredRing | undefined,
    known: Pick<Preparation, 'now' | 'confirmed' | 'algorithm' | 'revokedKids'>,
    keks: KeyEncryptionKeys,
  ): Promise<Preparation> {
    const { wantsKey } = turnRing(stored?.keys ?? [], known)
    return {
      ...known,
      seed: stored ? undefined : await wrap(base64url.encode(crypto.getRandomValues(new Uint8Array(32))), keks.current),
      spare: wantsKey ? await newSpare(known.algorithm, keks) : undefined,
      rewrapped: await rewrapOld(secretsOf(stored), keks),
    }
  }

  /** Decides again, in one transaction: another turn may have come between the preparation and here. */
  #turn({ now, confirmed, algorithm, revokedKids, seed, spare, rewrapped }: Preparation): StoredRing {
    if (!this.#store.read() && seed) this.#store.open(algorithm, seed)
    for (const secret of rewrapped) this.#store.rewrap(secret)
    const before = this.#read()
    const { keys, wantsKey } = turnRing(before.keys, { now, confirmed, revokedKids, spareKid: spare?.publicJwk.kid })
    if (wantsKey) throw new Error('the ring changed while it was being turned')
    const added = keys.find((key) => !before.keys.some(({ kid }) => kid === key.kid))
    if (added && spare) this.#store.add(spare, added)
    this.#store.reschedule(keys)
    const after = this.#read()
    logChanges(before, after)
    return after
  }

  #read(): StoredRing {
    const ring = this.#store.read()
    if (!ring) throw new Error('the ring is not open')
    return ring
  }

  async #setAlarm(due: number): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) !== due) await this.ctx.storage.setAlarm(due)
  }

  async #seal(ring: StoredRing, { now, revokedKids }: Preparation, keks: KeyEncryptionKeys): Promise<SealedSnapshot> {
    const signing = signingKeyOf(ring.keys, now)
    if (!signing?.privateKey) throw new Error('the ring has no signing key')
    const privateJwk = JSON.parse(await unwrap(signing.privateKey, keks)) as JWK
    const snapshot = {
      algorithm: ring.algorithm,
      takenAt: now,
      signing: { kid: signing.kid, privateJwk, signUntil: signing.signUntil },
      publicKeys: publishedKeys(ring.keys).map(({ publicJwk }) => publicJwk),
      revokedKids: allRevoked(ring, revokedKids),
      seed: await unwrap(ring.seed, keks),
    }
    return sealSnapshot(snapshot, keks.current)
  }

  /** Lets cold isolates find the snapshot without asking here. Nobody waits for it, and it may fail. */
  #publish(sealed: SealedSnapshot, ring: StoredRing, now: number): void {
    const content = JSON.stringify(
      ring.keys.map(({ kid, signFrom, signUntil, revokedAt }) => [kid, signFrom, signUntil, revokedAt]),
    )
    const recent = this.#lastPut && Math.abs(now - this.#lastPut.at) < SNAPSHOT_PUT_INTERVAL_MS
    if (recent && this.#lastPut?.content === content) return
    this.#lastPut = { at: now, content }
    this.ctx.waitUntil(this.#put(snapshotCacheKey(ring.algorithm), sealed))
  }

  async #put(key: string, sealed: SealedSnapshot): Promise<void> {
    try {
      await this.env.CACHE.put(key, sealed, { expirationTtl: SNAPSHOT_FALLBACK_MS / 1000 })
    } catch (error) {
      this.#lastPut = undefined
      consoleLog.warn('key_ring_snapshot_not_cached', { message: String(error) })
    }
  }
}

function secretsOf(ring: StoredRing | undefined): Wrapped[] {
  if (!ring) return []
  return [ring.seed, ...ring.keys.flatMap(({ privateKey }) => privateKey ?? [])]
}

function logChanges(before: StoredRing, after: StoredRing): void {
  const { algorithm } = after
  for (const { kid, signFrom, revokedAt } of after.keys) {
    const known = before.keys.find((key) => key.kid === kid)
    if (!known) consoleLog.info('signing_key_created', { algorithm, kid, signFrom })
    if (known?.revokedAt === null && revokedAt !== null) consoleLog.warn('signing_key_revoked', { algorithm, kid })
  }
}

function allRevoked(ring: StoredRing, configured: ReadonlySet<string>): string[] {
  const stored = ring.keys.filter((key) => key.revokedAt !== null).map((key) => key.kid)
  return [...new Set([...configured, ...stored])]
}

async function newSpare(algorithm: TokenAlgorithm, keks: KeyEncryptionKeys): Promise<SpareKey> {
  const { publicJwk, privateJwk } = await generateSigningKey(algorithm)
  return { publicJwk, privateKey: await wrap(JSON.stringify(privateJwk), keks.current) }
}

async function rewrapOld(secrets: readonly Wrapped[], keks: KeyEncryptionKeys): Promise<Rewrapped[]> {
  const old = secrets.filter(({ kek }) => kek !== keks.current.kid)
  return Promise.all(
    old.map(async (secret) => ({ old: secret, renewed: await wrap(await unwrap(secret, keks), keks.current) })),
  )
}
