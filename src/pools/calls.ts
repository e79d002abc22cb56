import type { ProvenLogin } from './identities.ts'
import type { Pool } from './settings.ts'
import type { UnlinkRequest } from './unlink.ts'
import type { SingleUseProof } from './used-proofs.ts'

/** Which pool a caller means. Without an account the call is public, and the pool may be any account's. */
export interface PoolAddress {
  id: string
  account?: string | undefined
  /** The caller knows of pools that are spread. A Worker of 0.2.0 and before does not, and must get no answer there. */
  knowsSpread?: true
}

/** The pool is spread over several objects, and this one does not answer for all of it. */
export interface OfSpread {
  kind: 'of_spread'
}

/** Nobody's pool: never opened, deleted, or not the one that was meant. */
export interface NoPool {
  kind: 'no_pool'
}

/** The caller's settings are not the current ones, whether older or from before a restoration; here these are. */
export interface Stale {
  kind: 'stale'
  pool: Pool
}

export function isStale(answer: { kind: string }): answer is Stale {
  return answer.kind === 'stale'
}

export type PoolFound = { kind: 'pool'; pool: Pool }

/** A call that may only tell what would come of it. */
export interface Tried {
  dryRun?: boolean | undefined
}

export interface ResolveCall {
  /** Which pool the ids belong to: its region and tag are repeated in every identity id. */
  region: string
  /** Version of the settings that the caller verified the logins with. */
  version: number
  identity?: string | undefined
  logins: readonly ProvenLogin[]
  fresh: string
  /** What the logins were proven with, where that is good for one use; and a name for the call that uses it. */
  once?: { proofs: readonly SingleUseProof[]; operation: string } | undefined
  /** What a Worker of 0.2.0 sends instead of calling `tryResolve`. */
  trial?: boolean | undefined
}

export interface UnlinkCall extends Omit<UnlinkRequest, 'now'> {
  region: string
  /** Version of the settings that the caller verified the logins with. */
  version: number
  once?: ResolveCall['once']
}

/** A proof of the request was used before. */
export interface ProofUsed {
  kind: 'proof_used'
}
