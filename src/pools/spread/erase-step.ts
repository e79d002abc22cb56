import type { ErasableRows } from '../erasure-table.ts'
import type { Member, ProvenLogin } from '../identities.ts'

/** What the objects of a pool are asked when a user is erased. */
export type EraseStep =
  /** Who leads to these identities by merges, and what is left to do about them. */
  | { step: 'erase_leads'; slots: readonly [number, number]; identities: readonly string[] }
  | EraseHomeStep
  | EraseRowsStep
  /** Up to `limit` identities after one and before `end`, in order of UUID. */
  | { step: 'erase_check'; slots: readonly [number, number]; after: string; end: string; limit: number }

/** Deletes an identity with its logins, if it is as it was seen. From then on nothing is linked to it, nor merged into it. */
export interface EraseHomeStep {
  step: 'erase_home'
  identity: string
  members: readonly Member[]
  modifiedAt: number
}

/**
 * Deletes whatever mentions these identities. Routes are looked through by slot, because nothing finds them by their identity;
 * all else when the object is asked for the first time.
 */
export interface EraseRowsStep {
  step: 'erase_rows'
  slots: readonly [number, number]
  identities: readonly string[]
  first: boolean
}

export interface EraseAnswers {
  erase_leads: Leads
  erase_home: { kind: 'done' } | { kind: 'changed' }
  /** `changed`: something leads to them that was not known, or waits for one of them. Nothing was done. */
  erase_rows: { kind: 'done' } | { kind: 'changed' }
  erase_check: ErasableRows
}

export interface Leads {
  kind: 'leads'
  uuids: readonly string[]
  /** Merges that one of them may win or lose, and that are not over. */
  merges: readonly PendingMerge[]
  /** Reservations of logins that one of them has lost, and that are still to be dropped. */
  drops: readonly Drop[]
}

export interface PendingMerge {
  loser: string
  survivor: string
  op: string
}

export interface Drop {
  login: ProvenLogin
  claim: string
}

const STEPS: ReadonlySet<string> = new Set(['erase_leads', 'erase_home', 'erase_rows', 'erase_check'])

/** An object that does not know these steps must not be asked for one by way of those that it knows. */
export function isEraseStep(step: { step: string }): step is EraseStep {
  return STEPS.has(step.step)
}
