import { DurableObject } from 'cloudflare:workers'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose'
import type { IssuerConfig } from '../server/issuer-config.mjs'
import { CODE_SECONDS } from './limits.ts'

/** What a user agreed to at the login page, until the client asks for it with the code. */
export interface Grant {
  clientId: string
  redirectUri: string
  /** S256 of the verifier that the client must have (RFC 7636). */
  challenge: string
  claims: JWTPayload & { sub: string }
}

interface KeyPair {
  kid: string
  privateJwk: JWK
  publicJwk: JWK
}

/** One issuer: its key pair, which is kept with the state of the service, and the codes that wait. */
export class Issuer extends DurableObject<object> {
  readonly #sql = this.ctx.storage.sql

  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env)
    this.#sql.exec('CREATE TABLE IF NOT EXISTS key_pair (algorithm TEXT PRIMARY KEY, pair TEXT NOT NULL)')
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS code (code TEXT PRIMARY KEY, given TEXT NOT NULL, expires INTEGER NOT NULL)',
    )
  }

  async publicKey(algorithm: IssuerConfig['algorithm']): Promise<JWK> {
    return (await this.#keyPair(algorithm)).publicJwk
  }

  async sign(algorithm: IssuerConfig['algorithm'], typ: string, claims: JWTPayload): Promise<string> {
    const { kid, privateJwk } = await this.#keyPair(algorithm)
    return new SignJWT(claims)
      .setProtectedHeader({ alg: algorithm, kid, typ })
      .sign(await importJWK(privateJwk, algorithm))
  }

  /** A new code for what was granted. */
  keep(grant: Grant): string {
    const now = Date.now()
    const code = crypto.randomUUID()
    this.#sql.exec('DELETE FROM code WHERE expires <= ?', now)
    this.#sql.exec('INSERT INTO code VALUES (?, ?, ?)', code, JSON.stringify(grant), now + CODE_SECONDS * 1000)
    return code
  }

  /** What a code stands for. Whoever asks first has it, and nobody after. */
  take(code: string): Grant | undefined {
    const [row] = this.#sql.exec<{ given: string; expires: number }>(
      'DELETE FROM code WHERE code = ? RETURNING given, expires',
      code,
    )
    return row !== undefined && row.expires > Date.now() ? JSON.parse(row.given) : undefined
  }

  async #keyPair(algorithm: IssuerConfig['algorithm']): Promise<KeyPair> {
    const known = this.#known(algorithm)
    if (known) return known
    const made = JSON.stringify(await newKeyPair(algorithm))
    // Somebody else may have made one meanwhile: the first counts.
    this.#sql.exec('INSERT OR IGNORE INTO key_pair VALUES (?, ?)', algorithm, made)
    return this.#known(algorithm) ?? JSON.parse(made)
  }

  #known(algorithm: string): KeyPair | undefined {
    const [row] = this.#sql.exec<{ pair: string }>('SELECT pair FROM key_pair WHERE algorithm = ?', algorithm)
    return row && JSON.parse(row.pair)
  }
}

async function newKeyPair(alg: IssuerConfig['algorithm']): Promise<KeyPair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const [privateJwk, jwk] = await Promise.all([exportJWK(privateKey), exportJWK(publicKey)])
  const kid = await calculateJwkThumbprint(jwk)
  return { kid, privateJwk, publicJwk: { ...jwk, kid, alg, use: 'sig' } }
}
