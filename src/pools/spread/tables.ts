import type { GuestCall, GuestRefused } from '../guests.ts'
import type { IdentityRow, Member, ProvenLogin } from '../identities.ts'
import type { IdentityTable } from '../identity-table.ts'
import type { BackupTables } from '../import-table.ts'
import { isSameLogin, type Resolution } from '../resolve.ts'
import { isBlocked } from '../restrictions.ts'
import type { Statistics } from '../statistics.ts'
import type { UsedProofs } from '../used-proofs.ts'
import type { Errands } from './errands.ts'
import type { Reservations } from './reservations.ts'
import type { IdentitySeen, Proof } from './step.ts'

/** What the steps work on: the tables of one object, its clock, and which slots are here. */
export interface StepTables {
  identities: IdentityTable
  reservations: Reservations
  errands: Errands
  proofs: UsedProofs
  /** What exports and imports work on. */
  backup: BackupTables
  transaction: <T>(work: () => T) => T
  isHere: (slot: number) => boolean
  allowGuests: () => boolean
  lastUsedDays: () => number | undefined
  /** Makes guests, where the pool asks something of new ones. */
  limitedGuests?: ((call: GuestCall) => Resolution | GuestRefused) | undefined
  now: () => number
  /** What is known of the numbers of this object. */
  statistics?: () => Statistics
}

export const DONE = { kind: 'done' } as const
export const CHANGED = { kind: 'changed' } as const

export function seenOf(uuid: string, identities: IdentityTable): IdentitySeen | undefined {
  const row = identities.row(uuid)
  return row && { row, members: identities.members([uuid]) }
}

/** Whether a caller speaks for an identity that is free to change. One that is blocked is changed by the signed calls alone that may. */
export function speaksFor(
  row: IdentityRow,
  members: readonly Member[],
  { evenBlocked, proof }: { proof: Proof | 'new'; evenBlocked?: boolean | undefined },
  now: number,
): boolean {
  if (proof === 'new' || row.frozen_by !== null) return false
  if (!evenBlocked && isBlocked(row, now)) return false
  if (proof === 'guest') return row.state === 'guest'
  return row.state === 'member' && proof.some((one) => members.some((member) => isLogin(member, one, one.claim)))
}

export function memberOf(identities: IdentityTable, uuid: string, login: ProvenLogin): Member | undefined {
  return identities.members([uuid]).find((member) => isSameLogin(member, login))
}

/** Whether a member is this login, linked by this claim. */
export function isLogin(member: Member, login: ProvenLogin, claim: string): boolean {
  return member.claim === claim && isSameLogin(member, login)
}
