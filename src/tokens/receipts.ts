import { isYounger } from '../base/age.ts'
import { callObject, OBJECT_READ_MS, OBJECT_WRITE_MS, OtherVersion, Overloaded } from '../base/objects.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { World } from '../base/world.ts'
import type { KeyRing } from './key-ring.ts'
import type { KeysUnavailable } from './keys.ts'
import { RECEIPT_KEYS_FRESH_MS } from './limits.ts'
import type { ReceiptJwk } from './receipt-key.ts'
import type { Mark } from './receipt-ring.ts'
import type { KeyRingRefused } from './snapshot.ts'

type Ring = Pick<KeyRing, 'erasureMarks' | 'receiptKeys' | 'signReceipt'>

export interface ReceiptsOptions {
  /** Takes a fresh stub each time, since a stub that failed stays broken. */
  ring: () => Ring
  world: Pick<World, 'log' | 'now'>
}

/** The Worker's way to the keys of receipts, which are in one object for the whole deployment. */
export class Receipts {
  readonly #options: ReceiptsOptions
  #published: { keys: readonly ReceiptJwk[]; at: number } | undefined

  constructor(options: ReceiptsOptions) {
    this.#options = options
  }

  /** The keys by which receipts are verified, at most some minutes old. */
  async keys(): Promise<Result<readonly ReceiptJwk[], KeysUnavailable>> {
    const { world } = this.#options
    const held = this.#published
    if (held && isYounger(held.at, world.now(), RECEIPT_KEYS_FRESH_MS)) return ok(held.keys)
    const found = await this.#ask(OBJECT_READ_MS, (ring) => ring.receiptKeys())
    if (found.ok) this.#published = { keys: found.value, at: world.now() }
    return found
  }

  /** Signs a receipt. Its key may be new. */
  sign(claims: object): Promise<Result<string, KeysUnavailable>> {
    this.#published = undefined
    return this.#ask(OBJECT_WRITE_MS, (ring) => ring.signReceipt(claims))
  }

  /** What stands for texts that are not kept, in their order. */
  marks(texts: readonly string[]): Promise<Result<Mark[], KeysUnavailable>> {
    return this.#ask(OBJECT_WRITE_MS, (ring) => ring.erasureMarks(texts))
  }

  /** Throws if the object is of another version, which has no such keys. */
  async #ask<T>(
    limit: number,
    question: (ring: Ring) => Promise<Result<T, KeyRingRefused>>,
  ): Promise<Result<T, KeysUnavailable>> {
    const { ring, world } = this.#options
    try {
      return await callObject({ name: 'KeyRing', limit }, () => question(ring()))
    } catch (error) {
      if (error instanceof OtherVersion) throw error
      world.log.warn('key_ring_unanswering', { message: String(error) })
      return err({ reason: error instanceof Overloaded ? 'overloaded' : 'unavailable' })
    }
  }
}

/** The keys of receipts as a key set (RFC 7517, section 5). */
export function receiptKeySet(keys: readonly ReceiptJwk[]): { keys: ReceiptJwk[] } {
  return { keys: keys.map(({ alg, crv, kid, kty, use, x }) => ({ kty, alg, use, kid, crv, x })) }
}
