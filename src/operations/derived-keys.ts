import { deriveKey } from '../base/bytes.ts'
import type { RingView } from '../tokens/index.ts'

type Key = Uint8Array<ArrayBuffer>

/** Keys by ring, then by label: made once for as long as an isolate holds the ring. */
const made = new WeakMap<RingView, Map<string, Key>>()

/** Key under which session tokens are sealed. Every key derived from the ring has its own label. */
export function sessionKey(ring: RingView): Promise<Key> {
  return keyFor(ring, 'session tokens')
}

/** Key that authenticates providers' key sets in KV. */
export function keySetKey(ring: RingView): Promise<Key> {
  return keyFor(ring, 'provider key sets')
}

async function keyFor(ring: RingView, label: string): Promise<Key> {
  const keys = made.get(ring) ?? new Map<string, Key>()
  const key = keys.get(label) ?? (await deriveKey(ring.seed, label))
  made.set(ring, keys.set(label, key))
  return key
}
