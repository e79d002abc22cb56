import { deriveKey } from '../base/bytes.ts'
import type { RingView } from '../tokens/index.ts'

/** Key under which session tokens are sealed. Every key derived from the ring has its own label. */
export function sessionKey(ring: RingView): Promise<Uint8Array<ArrayBuffer>> {
  return deriveKey(ring.seed, 'session tokens')
}

/** Key that authenticates providers' key sets in KV. */
export function keySetKey(ring: RingView): Promise<Uint8Array<ArrayBuffer>> {
  return deriveKey(ring.seed, 'provider key sets')
}
