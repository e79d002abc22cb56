import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'

/** What receipts are signed with: Ed25519 (RFC 8037). Nobody has to verify them who knows RSA alone. */
export const RECEIPT_ALGORITHM = 'EdDSA'

/** A key of receipts as it is published: these members, and nothing else. */
export interface ReceiptJwk {
  kty: 'OKP'
  alg: typeof RECEIPT_ALGORITHM
  use: 'sig'
  kid: string
  crv: 'Ed25519'
  x: string
}

export async function generateReceiptKey(): Promise<{ publicJwk: ReceiptJwk; privateJwk: JWK }> {
  const pair = await generateKeyPair(RECEIPT_ALGORITHM, { extractable: true })
  const privateJwk = await exportJWK(pair.privateKey)
  const { x = '' } = privateJwk
  const kid = await calculateJwkThumbprint(privateJwk, 'sha256')
  return { publicJwk: { kty: 'OKP', alg: RECEIPT_ALGORITHM, use: 'sig', kid, crv: 'Ed25519', x }, privateJwk }
}

export async function importReceiptKey(jwk: JWK): Promise<CryptoKey> {
  return (await importJWK(jwk, RECEIPT_ALGORITHM)) as CryptoKey
}
