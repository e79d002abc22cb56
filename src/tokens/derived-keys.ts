import { deriveKey, hex } from '../base/bytes.ts'
import type { RingView } from './ring-view.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** Keys by ring: each is made once for as long as an isolate holds the ring, and has a label of its own. */
const sessionKeys = new WeakMap<RingView, CryptoKey>()
const operatorKeys = new WeakMap<RingView, CryptoKey>()
const keySetKeys = new WeakMap<RingView, Bytes>()
const loginHintKeys = new WeakMap<RingView, Bytes>()
const guestKeysOf = new WeakMap<RingView, GuestKeys>()

/** Key under which session tokens are sealed. */
export function sessionKey(ring: RingView): Promise<CryptoKey> {
  return sealingKey(ring, 'session tokens', sessionKeys)
}

/** Key under which the sessions of operators are sealed. What is sealed under the other one can never be opened with it. */
export function operatorSessionKey(ring: RingView): Promise<CryptoKey> {
  return sealingKey(ring, 'sessions of operators', operatorKeys)
}

async function sealingKey(ring: RingView, label: string, made: WeakMap<RingView, CryptoKey>): Promise<CryptoKey> {
  const known = made.get(ring)
  if (known) return known
  const bytes = await deriveKey(ring.seed, label)
  const key = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt'])
  made.set(ring, key)
  return key
}

/** Key that authenticates providers' key sets in KV. */
export async function keySetKey(ring: RingView): Promise<Bytes> {
  const made = keySetKeys.get(ring) ?? (await deriveKey(ring.seed, 'provider key sets'))
  keySetKeys.set(ring, made)
  return made
}

/** Key that hides whose hints of where logins are stand in KV. */
export async function loginHintKey(ring: RingView): Promise<Bytes> {
  const made = loginHintKeys.get(ring) ?? (await deriveKey(ring.seed, 'hints of logins'))
  loginHintKeys.set(ring, made)
  return made
}

/** Key that seals where the check of a pool goes on. */
export function checkKey(ring: RingView): Promise<Bytes> {
  return deriveKey(ring.seed, 'checks of pools')
}

/** Keys for proofs that are asked of guests: what each is for, `src/guests/keys.ts` says. */
interface GuestKeys {
  challenges: string
  solutions: string
  passes: CryptoKey
  networks: CryptoKey
}

export async function guestKeys(ring: RingView): Promise<GuestKeys> {
  const known = guestKeysOf.get(ring)
  if (known) return known
  const labels = ['challenges of guests', 'solutions of guests', 'passes of guests', 'networks of guests']
  const [challenges, solutions, passes, networks] = (await Promise.all(
    labels.map((label) => deriveKey(ring.seed, label)),
  )) as [Bytes, Bytes, Bytes, Bytes]
  const made = {
    challenges: hex(challenges),
    solutions: hex(solutions),
    passes: await crypto.subtle.importKey('raw', passes, 'AES-GCM', false, ['encrypt', 'decrypt']),
    networks: await crypto.subtle.importKey('raw', networks, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']),
  }
  guestKeysOf.set(ring, made)
  return made
}
