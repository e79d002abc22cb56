import { utf8 } from '../../base/bytes.ts'

/** HMAC (RFC 2104) of `text` under `key`, which must not be empty. */
export async function hmac(hash: 'SHA-1' | 'SHA-256', key: string, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const macKey = await crypto.subtle.importKey('raw', utf8(key), { name: 'HMAC', hash }, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', macKey, utf8(text)))
}
