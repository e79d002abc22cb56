import type { Member } from '../identities.ts'
import type { EraseAnswers, EraseHomeStep, EraseRowsStep, EraseStep, Leads } from './erase-step.ts'
import { CLAIM_MEMORY_MS } from './limits.ts'
import { slotOfIdentity } from './slots.ts'
import { CHANGED, DONE, isLogin, type StepTables } from './tables.ts'

/** Takes one step of an erasure. The caller has begun the transaction. */
export function takeEraseStep(step: EraseStep, tables: StepTables): EraseAnswers[EraseStep['step']] {
  switch (step.step) {
    case 'erase_leads':
      return leadsTo(step.identities, tables)
    case 'erase_home':
      return eraseHome(step, tables)
    case 'erase_rows':
      return eraseRows(step, tables)
    case 'erase_check':
      return { kind: 'rows', rows: tables.identities.erasures.rows(step.after, step.end, step.limit) }
  }
}

export function slotsOfEraseStep(step: EraseStep): number[] {
  return step.step === 'erase_home' ? [slotOfIdentity(step.identity)] : [...step.slots]
}

function leadsTo(identities: readonly string[], { errands, identities: table }: StepTables): Leads {
  const uuids = table.erasures.leadingTo(identities)
  const about = errands.about([...identities, ...uuids])
  return {
    kind: 'leads',
    uuids,
    merges: about.flatMap(({ identity: loser, what }) => {
      if (what.errand !== 'settle' || table.row(loser)?.frozen_by !== what.op) return []
      return [{ loser, survivor: what.survivor, op: what.op }]
    }),
    drops: about.flatMap(({ what }) => (what.errand === 'drop' ? [{ login: what.login, claim: what.claim }] : [])),
  }
}

function eraseHome({ identity, members, modifiedAt }: EraseHomeStep, tables: StepTables) {
  const { identities, now, reservations } = tables
  const row = identities.row(identity)
  if (!row) return DONE
  const own = identities.members([identity])
  if (row.frozen_by !== null || row.modified_at !== modifiedAt || !isSame(own, members)) return CHANGED
  // A step that is late must not link a login again, nor make the identity. What is remembered for that says nothing of them.
  for (const { claim } of own) reservations.refuseErased({ identity, claim }, now() + CLAIM_MEMORY_MS)
  identities.erasures.delete([identity])
  return DONE
}

function isSame(own: readonly Member[], seen: readonly Member[]): boolean {
  return own.length === seen.length && own.every((one) => seen.some((other) => isLogin(other, one, one.claim)))
}

function eraseRows({ first, identities, slots: [begin, end] }: EraseRowsStep, tables: StepTables) {
  const { errands, identities: table, reservations } = tables
  if (first) {
    const { merges, uuids } = leadsTo(identities, tables)
    if (merges.length > 0 || uuids.length > 0) return CHANGED
    reservations.forgetAbout(identities)
    errands.forgetAbout(identities)
  }
  table.erasures.delete(identities.filter((uuid) => begin <= slotOfIdentity(uuid) && slotOfIdentity(uuid) <= end))
  reservations.dropTo(identities, [begin, end])
  return DONE
}
