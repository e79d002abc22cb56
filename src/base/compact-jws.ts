import { base64url, utf8 } from './bytes.ts'

/**
 * A JSON Web Signature in its compact form (RFC 7515, section 7.1). `header` must name the algorithm that the key is for; a
 * key of the P-256 curve signs with SHA-256, and others say themselves with what.
 */
export async function signCompact(header: object, payload: object, key: CryptoKey): Promise<string> {
  const text = `${base64url.encode(JSON.stringify(header))}.${base64url.encode(JSON.stringify(payload))}`
  const signature = await crypto.subtle.sign({ name: key.algorithm.name, hash: 'SHA-256' }, key, utf8(text))
  return `${text}.${base64url.encode(new Uint8Array(signature))}`
}
