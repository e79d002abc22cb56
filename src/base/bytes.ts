import { base64url } from 'jose'

const encoder = new TextEncoder()

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text) as Uint8Array<ArrayBuffer>
}

export function hex(bytes: Uint8Array): string {
  return bytes.toHex()
}

export async function sha256(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', data))
}

/** Whether two secrets are the same text, in time that depends on neither, but for their lengths, which are no secret. */
export function equalSecrets(a: string, b: string): boolean {
  const [left, right] = [utf8(a), utf8(b)]
  return left.byteLength === right.byteLength && crypto.subtle.timingSafeEqual(left, right)
}

/**
 * A 32-byte key for one purpose, by HKDF-SHA-256 from a longer-lived secret. `label` names the purpose: keys made under
 * two labels tell nothing about each other.
 */
export async function deriveKey(secret: Uint8Array<ArrayBuffer>, label: string): Promise<Uint8Array<ArrayBuffer>> {
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const params = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info: utf8(label) }
  return new Uint8Array(await crypto.subtle.deriveBits(params, material, 256))
}

export { base64url }
