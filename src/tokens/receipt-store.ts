import { isOpened, migrate } from '../base/migrations.ts'
import type { Wrapped } from './key-encryption.ts'
import type { ReceiptJwk } from './receipt-key.ts'

/** A key that signs receipts, or did. Its public half is kept for ever, so that old receipts can be verified. */
export interface ReceiptKey {
  publicJwk: ReceiptJwk
  /** Only of the key that signs now. */
  privateKey: Wrapped | undefined
  createdAt: number
  revokedAt: number | null
}

export interface StoredReceipts {
  /** 32 random bytes, which live for ever: what marks of the erased are made with. */
  secret: Wrapped
  /** The newest first. */
  keys: ReceiptKey[]
}

/** Append only: an object runs what it has not yet run. These are tables of an object of their own, which is no ring of tokens. */
export const RECEIPT_MIGRATIONS: readonly string[] = [
  `CREATE TABLE erasure_secret (
     one INTEGER PRIMARY KEY CHECK (one = 1),
     secret TEXT NOT NULL,
     secret_kek TEXT NOT NULL
   );
   CREATE TABLE receipt_key (
     kid TEXT PRIMARY KEY,
     public_jwk TEXT NOT NULL,
     private_key TEXT,
     private_kek TEXT,
     created_at INTEGER NOT NULL,
     revoked_at INTEGER
   );`,
]

interface KeyRow extends Record<string, SqlStorageValue> {
  public_jwk: string
  private_key: string | null
  private_kek: string | null
  created_at: number
  revoked_at: number | null
}

/** Whether an object has these tables. An object that is woken by its alarm may not know its name. */
export function hasReceipts(storage: DurableObjectStorage): boolean {
  return storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'receipt_key'").toArray().length > 0
}

/** The tables of the keys of receipts. Every method is synchronous; whoever needs several at once holds the transaction. */
export class ReceiptStore {
  readonly #storage: DurableObjectStorage

  /** Stores nothing, if nothing ever was. */
  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
    if (isOpened(storage)) migrate(storage, RECEIPT_MIGRATIONS)
  }

  read(): StoredReceipts | undefined {
    if (!isOpened(this.#storage)) return undefined
    const { sql } = this.#storage
    const [found] = sql.exec<{ jwe: string; kek: string }>(
      'SELECT secret AS jwe, secret_kek AS kek FROM erasure_secret',
    )
    const keys = sql.exec<KeyRow>('SELECT * FROM receipt_key ORDER BY created_at DESC, kid').toArray().map(receiptKey)
    return found && { secret: found, keys }
  }

  open(secret: Wrapped): void {
    migrate(this.#storage, RECEIPT_MIGRATIONS)
    this.#storage.sql.exec(
      'INSERT INTO erasure_secret (one, secret, secret_kek) VALUES (1, ?, ?)',
      secret.jwe,
      secret.kek,
    )
  }

  /** Adds a key that signs from now on, in place of the one before, whose private half goes. */
  add(publicJwk: ReceiptJwk, privateKey: Wrapped, now: number): void {
    const { sql } = this.#storage
    sql.exec('UPDATE receipt_key SET private_key = NULL, private_kek = NULL WHERE private_key IS NOT NULL')
    sql.exec(
      'INSERT INTO receipt_key (kid, public_jwk, private_key, private_kek, created_at) VALUES (?, ?, ?, ?, ?)',
      publicJwk.kid,
      JSON.stringify(publicJwk),
      privateKey.jwe,
      privateKey.kek,
      now,
    )
  }

  revoke(kids: readonly string[], now: number): void {
    this.#storage.sql.exec(
      `UPDATE receipt_key SET revoked_at = ?, private_key = NULL, private_kek = NULL
       WHERE revoked_at IS NULL AND kid IN (SELECT value FROM json_each(?))`,
      now,
      JSON.stringify(kids),
    )
  }

  rewrap(old: Wrapped, renewed: Wrapped): void {
    const { sql } = this.#storage
    sql.exec('UPDATE erasure_secret SET secret = ?, secret_kek = ? WHERE secret = ?', renewed.jwe, renewed.kek, old.jwe)
    sql.exec(
      'UPDATE receipt_key SET private_key = ?, private_kek = ? WHERE private_key = ?',
      renewed.jwe,
      renewed.kek,
      old.jwe,
    )
  }
}

function receiptKey({ created_at, private_kek, private_key, public_jwk, revoked_at }: KeyRow): ReceiptKey {
  return {
    publicJwk: JSON.parse(public_jwk) as ReceiptJwk,
    privateKey: private_key !== null && private_kek !== null ? { jwe: private_key, kek: private_kek } : undefined,
    createdAt: created_at,
    revokedAt: revoked_at,
  }
}
