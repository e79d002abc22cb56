import { createChallenge, verifySolution } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2'
import type { Challenge, Solution } from 'altcha-lib/types'
import { isJsonObject } from '../base/json.ts'
import { err, ok, type Result } from '../base/result.ts'
import { seconds, type World } from '../base/world.ts'
import type { GuestKeys } from './keys.ts'
import { CHALLENGE_SECONDS, MAX_WORK_CHARS, ROUNDS_OF_A_TRY } from './limits.ts'

/** For whom a challenge is: nobody else may solve it. */
export interface Asker {
  /** The id of the pool. */
  pool: string
  /** The network of the client, as a hash. */
  network: string
}

export interface WorkChallenge {
  /** What ALTCHA's clients take, as JSON text. */
  text: string
  /** Epoch seconds. */
  expires: number
}

type Secrets = Pick<GuestKeys, 'challenges' | 'solutions'>

/**
 * Work for a client: PBKDF2 with one number after the other, `tries` of them on average, until the right one. It is a
 * challenge of ALTCHA's second version, whose solution is known here and signed, so that checking one costs two HMACs.
 */
export async function workChallenge(
  { network, pool }: Asker,
  tries: number,
  keys: Secrets,
  world: Pick<World, 'now' | 'random'>,
): Promise<WorkChallenge> {
  const expires = seconds(world.now()) + CHALLENGE_SECONDS
  const challenge = await createChallenge({
    algorithm: 'PBKDF2/SHA-256',
    cost: ROUNDS_OF_A_TRY,
    counter: upTo(2 * tries, world),
    data: { network, pool },
    deriveKey,
    expiresAt: expires,
    hmacKeySignatureSecret: keys.solutions,
    hmacSignatureSecret: keys.challenges,
  })
  return { text: JSON.stringify(challenge), expires }
}

/** Why work is not taken. */
export type WorkRefused = 'malformed' | 'expired' | 'signature' | 'solution' | 'other_pool' | 'other_network'

/** Work that was done: its name, which is that of the challenge however often it is handed in, and when that was over. */
export interface WorkDone {
  name: string
  /** Epoch seconds. */
  expires: number
}

/** Judges what a client of ALTCHA hands in: base64 of JSON with the challenge and its solution. */
export async function checkWork(
  text: string,
  { network, pool }: Asker,
  keys: Secrets,
  world: Pick<World, 'now'>,
): Promise<Result<WorkDone, WorkRefused>> {
  const handed = handedIn(text)
  if (!handed) return err('malformed')
  const { challenge, solution } = handed
  const { data, expiresAt = 0 } = challenge.parameters
  const verdict = await verifySolution({
    challenge,
    solution,
    deriveKey,
    hmacKeySignatureSecret: keys.solutions,
    hmacSignatureSecret: keys.challenges,
  })
  if (verdict.expired || expiresAt <= seconds(world.now())) return err('expired')
  if (verdict.invalidSignature) return err('signature')
  if (!verdict.verified) return err('solution')
  if (data?.pool !== pool) return err('other_pool')
  if (data.network !== network) return err('other_network')
  return ok({ name: `w${challenge.parameters.nonce}`, expires: expiresAt })
}

/** A number from 1 to `most`, each as likely. */
function upTo(most: number, { random }: Pick<World, 'random'>): number {
  const [high = 0, low = 0, lowest = 0] = random(3)
  return 1 + (((high << 16) | (low << 8) | lowest) % most)
}

/** What is handed in, as far as its form goes. Without a signature of ours nothing in it counts. */
function handedIn(text: string): { challenge: Challenge; solution: Solution } | undefined {
  if (text.length > MAX_WORK_CHARS) return undefined
  try {
    const handed: unknown = JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(text)))
    if (!isJsonObject(handed) || !isJsonObject(handed.challenge) || !isJsonObject(handed.solution)) return undefined
    const { parameters, signature } = handed.challenge
    if (!isJsonObject(parameters) || typeof signature !== 'string' || typeof parameters.keySignature !== 'string')
      return undefined
    const { expiresAt } = parameters
    if (typeof expiresAt !== 'number') return undefined
    return handed as unknown as { challenge: Challenge; solution: Solution }
  } catch {
    return undefined
  }
}
