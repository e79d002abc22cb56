import type { Actor, Facts } from '../../audit/index.ts'
import type { WebIdentity } from '../../credentials/index.ts'
import type { Fault } from '../../protocol/index.ts'

/** Who brought a token to the embedded STS, and what becomes known of that. */
export interface TokenHolder {
  identity: WebIdentity
  actor: Actor
  region: string
  /** As the answer has it. */
  provider: string
  noted: Facts
}

/** Why a token is not taken, as the record has it, and what its bearer is told. */
export interface NoHolder {
  why: NonNullable<Facts['decision']>
  fault: Fault
}
