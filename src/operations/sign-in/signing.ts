import { hex, sha256, utf8 } from '../../base/bytes.ts'
import type { Result } from '../../base/result.ts'
import { Fault } from '../../protocol/index.ts'
import {
  type IdentityClaims,
  type KeysUnavailable,
  type MintOptions,
  mintToken,
  type RingView,
} from '../../tokens/index.ts'
import { rateExceeded } from '../faults.ts'
import type { RequestContext } from '../operation.ts'
import type { Services } from '../services.ts'

/** The key ring as of now. Ask right before use. */
export async function currentRing({ keys, world }: Pick<Services, 'keys' | 'world'>): Promise<RingView> {
  return keysIn(await keys.current(), { world })
}

/** What an object of keys answered, or the fault for which it could not. */
export function keysIn<T>(answer: Result<T, KeysUnavailable>, { world }: Pick<Services, 'world'>): T {
  if (answer.ok) return answer.value
  const { reason, ...found } = answer.error
  world.log.error('key_ring_unavailable', { reason, ...found })
  throw reason === 'overloaded'
    ? rateExceeded()
    : new Fault('InternalErrorException', 'The signing keys are unavailable.')
}

/** What a token that leaves us is made with, beyond its claims. */
export interface SigningOptions {
  lifetimeSeconds: number
  /** How session tags are written. */
  tags?: MintOptions['tags']
  forSts?: MintOptions['forSts']
}

/** Signs a token for a client or an STS. The record gets its id, a hash: it recognises the token and cannot replace it. */
export async function signToken(
  claims: IdentityClaims,
  options: SigningOptions,
  context: RequestContext,
): Promise<string> {
  const view = await currentRing(context)
  const { lifetimeSeconds, ...form } = options
  const minting = { view, issuer: context.issuer, now: context.world.now(), ...form }
  const token = await mintToken(claims, lifetimeSeconds, minting)
  context.note({ decision: { tokenId: await tokenId(token) } })
  return token
}

/** Half of the SHA-256 of a token, in hexadecimal. */
export async function tokenId(token: string): Promise<string> {
  return hex((await sha256(utf8(token))).subarray(0, 16))
}
