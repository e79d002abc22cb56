import { base64url, utf8 } from './bytes.ts'

/**
 * A JSON Web Signature in its compact form (RFC 7515, section 7.1). `header` must name the algorithm that the key is for. A
 * key of an elliptic curve signs with the hash of the curve's size (RFC 7518, section 3.4); others say themselves with what.
 */
export async function signCompact(header: object, payload: object, key: CryptoKey): Promise<string> {
  const text = `${base64url.encode(JSON.stringify(header))}.${base64url.encode(JSON.stringify(payload))}`
  const signature = await crypto.subtle.sign({ name: key.algorithm.name, hash: hashOf(key) }, key, utf8(text))
  return `${text}.${base64url.encode(new Uint8Array(signature))}`
}

function hashOf({ algorithm }: CryptoKey): string {
  return 'namedCurve' in algorithm && algorithm.namedCurve === 'P-384' ? 'SHA-384' : 'SHA-256'
}
