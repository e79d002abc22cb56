import type { Member } from '../identities.ts'
import { tooManyLogins } from '../resolve.ts'
import { inheritanceOf } from '../restrictions.ts'
import { CLAIM_MEMORY_MS, FORGET_AFTER_MS, SETTLE_AFTER_MS } from './limits.ts'
import { isAtHome, slotOfLogin } from './slots.ts'
import type { AbsorbStep, Decided, Decision, FinishStep, FreezeStep, StepAnswer } from './step.ts'
import { CHANGED, DONE, type StepTables, speaksFor } from './tables.ts'

export function freeze(step: FreezeStep, { errands, identities, now }: StepTables): StepAnswer {
  const { loser, op, survivor } = step
  const row = identities.row(loser)
  const members = identities.members([loser])
  if (row?.frozen_by === op) return { kind: 'frozen', members, inheritance: inheritanceOf(row) }
  if (!row || !speaksFor(row, members, step, now())) return CHANGED
  identities.freeze(loser, op, survivor)
  errands.add(loser, { errand: 'settle', survivor, op }, now() + SETTLE_AFTER_MS)
  return { kind: 'frozen', members, inheritance: inheritanceOf(row) }
}

export function absorb(step: AbsorbStep, tables: StepTables): StepAnswer {
  const { deadline, inheritance, members, op, survivor } = step
  const { identities, now, reservations } = tables
  const known = reservations.decision(op)
  if (known) return { kind: 'decided', decision: known }
  const row = identities.row(survivor)
  const own = identities.members([survivor])
  const isFree = now() <= deadline && row?.state === 'member' && speaksFor(row, own, step, now())
  const may = isFree && !tooManyLogins([...own, ...members])
  if (may) {
    for (const member of members) takeOver(member, survivor, tables)
    if (inheritance) identities.inherit(survivor, inheritance)
    identities.settle(survivor, now())
  }
  return decide(step, may ? 'absorbed' : 'refused', tables)
}

export function decide(
  { op, survivor }: { op: string; survivor: string },
  decision: Decision,
  tables: StepTables,
): Decided {
  const { identities, now, reservations } = tables
  // A survivor that was erased wins nothing any more, and nothing is written of it. Its id never comes again.
  if (!identities.row(survivor)) return { kind: 'decided', decision: reservations.decision(op) ?? 'refused' }
  return { kind: 'decided', decision: reservations.decide(op, survivor, decision, now() + CLAIM_MEMORY_MS) }
}

/**
 * Makes a login of the loser one of the survivor's. Its row may be here already, with the loser or with one that this one has
 * absorbed and that has not finished yet.
 */
function takeOver(member: Member, survivor: string, { identities, isHere, reservations }: StepTables): void {
  const { claim, linkedDay, ...login } = member
  identities.take(member, survivor)
  if (isAtHome(login, survivor)) reservations.drop(login, claim)
  else if (isHere(slotOfLogin(login))) reservations.reserve(login, { identity: survivor, claim })
}

export function finish({ decision, loser, op, survivor }: FinishStep, tables: StepTables): StepAnswer {
  const { errands, identities, now, reservations } = tables
  if (identities.row(loser)?.frozen_by !== op) return DONE
  if (decision === 'absorbed') {
    // Until now the row of a login in the loser's own slot was its index. From now on it needs a route.
    for (const { claim, ...login } of identities.members([loser]))
      if (isAtHome(login, loser)) reservations.reserve(login, { identity: survivor, claim })
    identities.lose(loser, survivor, now())
  }
  identities.thaw(loser)
  errands.add(loser, { errand: 'forget', survivor, op }, now() + FORGET_AFTER_MS)
  return DONE
}
