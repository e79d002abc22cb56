import { compactDecrypt } from 'jose'
import { base64url, utf8 } from './bytes.ts'
import type { World } from './world.ts'

const HEADER = base64url.encode(JSON.stringify({ alg: 'dir', enc: 'A256GCM' }))
const ADDITIONAL_DATA = utf8(HEADER)
/** Of AES-GCM in a JWE (RFC 7518, section 5.3), in bytes. */
const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * A text as a compact JWE (RFC 7516, section 7.1) of direct encryption, whose second part is empty. `key`: 256 bits for AES-GCM,
 * used for nothing else.
 */
export async function seal(content: string, key: CryptoKey, world: Pick<World, 'random'>): Promise<string> {
  const iv = world.random(IV_BYTES)
  const algorithm = { name: 'AES-GCM', iv, additionalData: ADDITIONAL_DATA }
  const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, utf8(content)))
  const parts = [iv, sealed.subarray(0, -TAG_BYTES), sealed.subarray(-TAG_BYTES)]
  return `${HEADER}..${parts.map((part) => base64url.encode(part)).join('.')}`
}

/** What the text says, as JSON, that was sealed under this key; nothing for whatever else. */
export async function unseal(token: string, key: CryptoKey): Promise<unknown> {
  try {
    const { plaintext } = await compactDecrypt(token, key, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    return JSON.parse(new TextDecoder().decode(plaintext))
  } catch {
    return undefined
  }
}
