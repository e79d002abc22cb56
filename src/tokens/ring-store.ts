import { isOpened, migrate } from '../base/migrations.ts'
import type { Wrapped } from './key-encryption.ts'
import type { RingKey } from './rotation.ts'
import type { PublicJwk, TokenAlgorithm } from './signing-key.ts'

export interface StoredKey extends RingKey {
  publicJwk: PublicJwk
  /** Erased when the key is revoked. */
  privateKey: Wrapped | undefined
}

export interface StoredRing {
  algorithm: TokenAlgorithm
  seed: Wrapped
  keys: StoredKey[]
}

/** A new key, before it has a place in the ring. */
export interface SpareKey {
  publicJwk: PublicJwk
  privateKey: Wrapped
}

/** A secret that was wrapped anew, told by its old text. */
export interface Rewrapped {
  old: Wrapped
  renewed: Wrapped
}

/** Append only: an object runs what it has not yet run. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE ring (
     one INTEGER PRIMARY KEY CHECK (one = 1),
     algorithm TEXT NOT NULL,
     seed TEXT NOT NULL,
     seed_kek TEXT NOT NULL
   );
   CREATE TABLE signing_key (
     kid TEXT PRIMARY KEY,
     public_jwk TEXT NOT NULL,
     private_key TEXT,
     private_kek TEXT,
     created_at INTEGER NOT NULL,
     sign_from INTEGER NOT NULL,
     sign_until INTEGER NOT NULL,
     revoked_at INTEGER
   );`,
]

interface RingRow extends Record<string, SqlStorageValue> {
  algorithm: TokenAlgorithm
  seed: string
  seed_kek: string
}

interface KeyRow extends Record<string, SqlStorageValue> {
  kid: string
  public_jwk: string
  private_key: string | null
  private_kek: string | null
  created_at: number
  sign_from: number
  sign_until: number
  revoked_at: number | null
}

/** The tables of one ring. Every method is synchronous; whoever needs several at once holds the transaction. */
export class RingStore {
  readonly #storage: DurableObjectStorage

  /** Stores nothing, if nothing ever was, or if this is no object of a ring. */
  constructor(storage: DurableObjectStorage, isRing: boolean) {
    this.#storage = storage
    if (isRing && isOpened(storage)) migrate(storage, MIGRATIONS)
  }

  /** The ring, or `undefined` if none was ever opened here. */
  read(): StoredRing | undefined {
    if (!isOpened(this.#storage)) return undefined
    const { sql } = this.#storage
    const { algorithm, seed, seed_kek } = sql.exec<RingRow>('SELECT algorithm, seed, seed_kek FROM ring').one()
    const keys = sql.exec<KeyRow>('SELECT * FROM signing_key').toArray().map(storedKey)
    return { algorithm, seed: { jwe: seed, kek: seed_kek }, keys }
  }

  open(algorithm: TokenAlgorithm, seed: Wrapped): void {
    migrate(this.#storage, MIGRATIONS)
    this.#storage.sql.exec(
      'INSERT INTO ring (one, algorithm, seed, seed_kek) VALUES (1, ?, ?, ?)',
      algorithm,
      seed.jwe,
      seed.kek,
    )
  }

  rewrap({ old, renewed }: Rewrapped): void {
    const { sql } = this.#storage
    sql.exec('UPDATE ring SET seed = ?, seed_kek = ? WHERE seed = ?', renewed.jwe, renewed.kek, old.jwe)
    sql.exec(
      'UPDATE signing_key SET private_key = ?, private_kek = ? WHERE private_key = ?',
      renewed.jwe,
      renewed.kek,
      old.jwe,
    )
  }

  add({ publicJwk, privateKey }: SpareKey, { kid, createdAt, signFrom, signUntil }: RingKey): void {
    this.#storage.sql.exec(
      `INSERT INTO signing_key (kid, public_jwk, private_key, private_kek, created_at, sign_from, sign_until)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      kid,
      JSON.stringify(publicJwk),
      privateKey.jwe,
      privateKey.kek,
      createdAt,
      signFrom,
      signUntil,
    )
  }

  /** Gives the stored keys these times, writing only what differs, and deletes the keys that are not named. */
  reschedule(keys: readonly RingKey[]): void {
    const { sql } = this.#storage
    for (const { kid, signFrom, signUntil, revokedAt } of keys)
      sql.exec(
        `UPDATE signing_key SET sign_from = ?1, sign_until = ?2, revoked_at = ?3,
           private_key = iif(?3 IS NULL, private_key, NULL), private_kek = iif(?3 IS NULL, private_kek, NULL)
         WHERE kid = ?4 AND (sign_from, sign_until, revoked_at) IS NOT (?1, ?2, ?3)`,
        signFrom,
        signUntil,
        revokedAt,
        kid,
      )
    sql.exec(
      'DELETE FROM signing_key WHERE kid NOT IN (SELECT value FROM json_each(?))',
      JSON.stringify(keys.map(({ kid }) => kid)),
    )
  }
}

function storedKey(row: KeyRow): StoredKey {
  return {
    kid: row.kid,
    createdAt: row.created_at,
    signFrom: row.sign_from,
    signUntil: row.sign_until,
    revokedAt: row.revoked_at,
    publicJwk: JSON.parse(row.public_jwk) as PublicJwk,
    privateKey:
      row.private_key !== null && row.private_kek !== null ? { jwe: row.private_key, kek: row.private_kek } : undefined,
  }
}
