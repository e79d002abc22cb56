import { base64url, utf8 } from '../base/bytes.ts'
import { blockOf } from '../base/ip.ts'
import type { GuestKeys } from './keys.ts'

/** Bytes of a hash that are kept: enough that no two networks of a day share one. */
const HASH_BYTES = 12

/**
 * The block of addresses that a client is in, as a hash under a key that only this service has. Another `use` gives another
 * hash; whoever puts the day into it gets hashes that nobody can tell belong together.
 */
export async function networkHash(use: string, address: string, { networks }: Pick<GuestKeys, 'networks'>) {
  return hashed(`${use} ${blockOf(address)}`, networks)
}

/** The same of a network by its number: all addresses of one provider of access. */
export async function providerHash(use: string, asn: number, { networks }: Pick<GuestKeys, 'networks'>) {
  return hashed(`${use} AS${asn}`, networks)
}

async function hashed(text: string, key: CryptoKey): Promise<string> {
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(text)))
  return base64url.encode(mac.subarray(0, HASH_BYTES))
}
