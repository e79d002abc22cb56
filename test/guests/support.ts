import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2'
import type { GuestKeys } from '../../src/guests/index.ts'

/** The work that a client of ALTCHA does, and hands in. */
export async function workFor(challengeText: string): Promise<string> {
  const challenge = JSON.parse(challengeText)
  const solution = await solveChallenge({ challenge, deriveKey })
  return btoa(JSON.stringify({ challenge, solution }))
}

/** Keys as the ring gives them; another `seed`, others. */
export async function keysOf(seed = 1): Promise<GuestKeys> {
  const bytes = new Uint8Array(32).fill(seed)
  return {
    challenges: `challenges ${seed}`,
    solutions: `solutions ${seed}`,
    passes: await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']),
    networks: await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']),
  }
}
