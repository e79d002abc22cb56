import type { IdentityId } from '../base/ids.ts'
import type { Position } from '../base/position.ts'
import type { GuestAsked } from './guests.ts'
import type { IdentityDescription, ProvenLogin } from './identities.ts'
import type { SingleUseProof } from './used-proofs.ts'

/** Proofs that are good for one use, each with the login that it proves; and a name for the call that uses them. */
export interface Proofs {
  proofs: readonly (SingleUseProof & { login: ProvenLogin })[]
  operation: string
}

export interface ResolveIn {
  identity?: IdentityId | undefined
  logins: readonly ProvenLogin[]
  /** An id to give away if a new identity is needed. */
  fresh: IdentityId
  once: Proofs | undefined
  /** Where the client is, near whom a new identity should be. */
  from?: (() => Position | undefined) | undefined
  /** Only tells what would come of it. */
  dryRun?: boolean
  /** Of a call for a new guest in a pool that asks something of them: what the client brings. */
  guest?: GuestAsked | undefined
}

export interface UnlinkIn {
  identity: IdentityId
  proven: readonly ProvenLogin[]
  /** Public providers whose logins go. */
  providers: readonly string[]
  once: Proofs | undefined
  /** Names the call. */
  operation: string
}

export interface PageAsked {
  after: string
  limit: number
  hideDisabled: boolean
}

/** `next`: after which id the next page begins. */
export interface IdentityPage {
  kind: 'page'
  identities: readonly IdentityDescription[]
  next: string | undefined
}
