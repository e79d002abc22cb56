import type { JWK } from 'jose'
import { base64url, deriveKey, utf8 } from '../base/bytes.ts'
import { signCompact } from '../base/compact-jws.ts'
import { err, ok, type Result } from '../base/result.ts'
import { findKek, type KeyEncryptionKeys, unwrap, type Wrapped, wrap } from './key-encryption.ts'
import { RECEIPT_KEY_LIFE_MS } from './limits.ts'
import { generateReceiptKey, importReceiptKey, RECEIPT_ALGORITHM, type ReceiptJwk } from './receipt-key.ts'
import { type ReceiptKey, ReceiptStore, type StoredReceipts } from './receipt-store.ts'
import type { WrongKeyEncryptionKey } from './snapshot.ts'

/** The name of the object that has the keys of receipts, and no ring. */
export const RECEIPTS = 'receipts'

/** What the type of a receipt is called in its header. */
const RECEIPT_TYPE = 'erasure-receipt+jwt'

/**
 * What stands for a text that is not kept. Nobody can tell the text by the mark, or make the mark, without the secret. `key`
 * seals what only those may read who know the text.
 */
export interface Mark {
  mark: string
  key: string
}

/** What a call of the object is made with: its settings, opened. */
export interface RingContext {
  keks: KeyEncryptionKeys
  revokedKids: readonly string[]
  /** Milliseconds since the epoch. */
  now: number
  /** Random bytes, used if the secret does not exist yet. */
  fresh: Uint8Array<ArrayBuffer>
}

/**
 * The keys that sign receipts, and the secret behind marks of the erased. It is an object of its own, because the rings of tokens
 * come and go with `TOKEN_ALG`, and what was signed or marked here must be known for years. Private keys and secret never leave.
 */
export class ReceiptRing {
  readonly #storage: DurableObjectStorage
  readonly #store: ReceiptStore

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
    this.#store = new ReceiptStore(storage)
  }

  /** Wraps secrets anew that are under a key-encryption key which is about to go. */
  async turn(context: RingContext): Promise<Result<undefined, WrongKeyEncryptionKey>> {
    const stored = this.isOpen ? await this.#current(context) : ok(undefined)
    return stored.ok ? ok(undefined) : stored
  }

  /** Whether anything was ever signed or marked here. */
  get isOpen(): boolean {
    return this.#store.read() !== undefined
  }

  /** All keys that ever signed, the newest first, but for those that were revoked. Asking opens nothing. */
  async published(context: RingContext): Promise<Result<ReceiptJwk[], WrongKeyEncryptionKey>> {
    if (!this.isOpen) return ok([])
    const stored = await this.#current(context)
    return stored.ok ? ok(stored.value.keys.filter(isLive).map(({ publicJwk }) => publicJwk)) : stored
  }

  /** A receipt of these claims, as a compact JWS. */
  async sign(claims: object, context: RingContext): Promise<Result<string, WrongKeyEncryptionKey>> {
    const stored = await this.#current(context)
    if (!stored.ok) return stored
    const signing = stored.value.keys.find(({ privateKey }) => privateKey)
    if (!signing?.privateKey) throw new Error('no key signs receipts')
    const key = await importReceiptKey(JSON.parse(await unwrap(signing.privateKey, context.keks)) as JWK)
    const header = { alg: RECEIPT_ALGORITHM, typ: RECEIPT_TYPE, kid: signing.publicJwk.kid }
    return ok(await signCompact(header, claims, key))
  }

  /** The marks of these texts, always the same ones. */
  async marks(texts: readonly string[], context: RingContext): Promise<Result<Mark[], WrongKeyEncryptionKey>> {
    const stored = await this.#current(context)
    if (!stored.ok) return stored
    const secret = Uint8Array.from(base64url.decode(await unwrap(stored.value.secret, context.keks)))
    const bytes = await deriveKey(secret, 'marks of erasures')
    const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-512' }, false, ['sign'])
    return ok(await Promise.all(texts.map((text) => markOf(text, key))))
  }

  /** Everything as it should be by now: opened, its secrets under the key of the settings, its signing key neither old nor revoked. */
  async #current({
    fresh,
    keks,
    now,
    revokedKids,
  }: RingContext): Promise<Result<StoredReceipts, WrongKeyEncryptionKey>> {
    const before = this.#store.read()
    const stranger = secretsOf(before).find((secret) => !findKek(keks, secret.kek))
    if (stranger) return err({ reason: 'wrong_key_encryption_key', needs: stranger.kek })
    const secret = await wrap(base64url.encode(fresh), keks.current)
    const spare = needsKey(before, now, revokedKids) ? await newSpare(keks) : undefined
    const old = secretsOf(before).filter(({ kek }) => kek !== keks.current.kid)
    const renewed = await Promise.all(old.map(async (one) => wrap(await unwrap(one, keks), keks.current)))
    return ok(
      this.#storage.transactionSync(() => {
        if (!this.#store.read()) this.#store.open(secret)
        for (const [index, one] of old.entries()) this.#store.rewrap(one, renewed[index] ?? one)
        this.#store.revoke(revokedKids, now)
        // Another call may have made a key meanwhile.
        if (spare && needsKey(this.#store.read(), now, revokedKids))
          this.#store.add(spare.publicJwk, spare.privateKey, now)
        return this.#store.read() as StoredReceipts
      }),
    )
  }
}

function needsKey(stored: StoredReceipts | undefined, now: number, revokedKids: readonly string[]): boolean {
  const signing = stored?.keys.find(({ privateKey }) => privateKey)
  if (!signing || !isLive(signing) || revokedKids.includes(signing.publicJwk.kid)) return true
  return now >= signing.createdAt + RECEIPT_KEY_LIFE_MS
}

async function newSpare(keks: KeyEncryptionKeys): Promise<{ publicJwk: ReceiptJwk; privateKey: Wrapped }> {
  const { privateJwk, publicJwk } = await generateReceiptKey()
  return { publicJwk, privateKey: await wrap(JSON.stringify(privateJwk), keks.current) }
}

function secretsOf(stored: StoredReceipts | undefined): Wrapped[] {
  if (!stored) return []
  return [stored.secret, ...stored.keys.flatMap(({ privateKey }) => privateKey ?? [])]
}

const isLive = ({ revokedAt }: ReceiptKey): boolean => revokedAt === null

async function markOf(text: string, key: CryptoKey): Promise<Mark> {
  const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(text)))
  return { mark: base64url.encode(bytes.subarray(0, 32)), key: base64url.encode(bytes.subarray(32)) }
}
