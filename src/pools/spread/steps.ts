import { dayOf } from '../../base/days.ts'
import { type BackupStep, isBackupStep } from '../backup-step.ts'
import { takeBackupStep } from '../backup-steps.ts'
import { asOlderWorkersKnow } from '../guests.ts'
import type { Identities, Member, ProvenLogin } from '../identities.ts'
import { unlessWriting } from '../only-reads.ts'
import { resolve, tooManyLogins } from '../resolve.ts'
import { restrictedOf } from '../restrictions.ts'
import { takeCheckStep } from './check-steps.ts'
import { isEraseStep } from './erase-step.ts'
import { takeEraseStep } from './erase-steps.ts'
import { ELSEWHERE, Here } from './here.ts'
import { CLAIM_MEMORY_MS, DROP_AFTER_MS } from './limits.ts'
import { absorb, decide, finish, freeze } from './merge-steps.ts'
import { isAtHome, slotOfIdentity, slotOfLogin } from './slots.ts'
import type {
  Answers,
  AttachStep,
  DetachStep,
  Elsewhere,
  GuestStep,
  IdentitySeen,
  LoginSeen,
  LookStep,
  ProofsStep,
  ResolveStep,
  RestrictStep,
  Seen,
  Step,
  StepAnswer,
} from './step.ts'
import { CHANGED, DONE, isLogin, memberOf, type StepTables, seenOf, speaksFor } from './tables.ts'

/** Takes one step, in one transaction. The caller knows that its slots are here. */
export function takeStep(step: Step, tables: StepTables): StepAnswer {
  if (step.step === 'guest') return guestHere(step, tables)
  if (isBackupStep(step)) return tables.transaction(() => takeBackupStep(step, tables.backup))
  if (step.step !== 'resolve') return tables.transaction(() => stepTaken(step, tables))
  // A Worker may not know that the pool asks something of new guests.
  const isForGuest = step.identity === undefined && step.logins.length === 0
  return isForGuest && tables.limitedGuests
    ? asOlderWorkersKnow(tables.limitedGuests({ ...step, asked: {} }))
    : resolveHere(step, tables)
}

function guestHere(step: GuestStep, tables: StepTables): StepAnswer {
  const { dryRun, fresh } = step
  return tables.limitedGuests?.(step) ?? resolveHere({ step: 'resolve', logins: [], claim: '', fresh, dryRun }, tables)
}

function stepTaken(step: Exclude<Step, GuestStep | ResolveStep | BackupStep>, tables: StepTables): StepAnswer {
  const { reservations } = tables
  switch (step.step) {
    case 'look':
      return look(step, tables)
    case 'proofs':
      return useProofs(step, tables)
    case 'attach':
      return attach(step, tables)
    case 'freeze':
      return freeze(step, tables)
    case 'absorb':
      return absorb(step, tables)
    case 'decide':
      return decide(step, 'refused', tables)
    case 'finish':
      return finish(step, tables)
    case 'forget':
      reservations.forget(step.op)
      return DONE
    case 'drop':
    case 'repoint':
      return changeRoute(step, tables)
    case 'detach':
      return detach(step, tables)
    case 'restrict':
      return restrict(step, tables)
    case 'erase':
      return erase(step.identities, tables)
    case 'list':
    case 'walk':
    case 'losers':
    case 'statistics':
      return told(step, tables)
    default:
      return isEraseStep(step) ? takeEraseStep(step, tables) : takeCheckStep(step, tables)
  }
}

/** Tells what operators ask. */
function told(
  step: Extract<Step, { step: 'list' | 'walk' | 'losers' | 'statistics' }>,
  { identities: { walks }, statistics }: StepTables,
): StepAnswer {
  switch (step.step) {
    case 'list':
      return { kind: 'page', identities: walks.list(step.after, step.limit, step.hideDisabled, step.end) }
    case 'walk':
      return { kind: 'walked', ...walks.walk(step, step.end) }
    case 'losers':
      return { kind: 'losers', uuids: walks.losersTo(step.survivor, step.after, step.end, step.limit) }
    case 'statistics':
      return { kind: 'statistics', ...(statistics?.() ?? { counted: undefined, counting: undefined }) }
  }
}

function changeRoute(step: Extract<Step, { step: 'drop' | 'repoint' }>, { reservations }: StepTables): StepAnswer {
  if (step.step === 'drop') reservations.drop(step.login, step.claim)
  else reservations.repoint(step.login, step)
  return DONE
}

/** Lets the rules decide on what is here. */
function resolveHere(step: ResolveStep, tables: StepTables): StepAnswer {
  const { identities, isHere, reservations, transaction } = tables
  const { claim, dryRun, logins, once } = step
  const here = () => new Here(identities, reservations, isHere, claim)
  try {
    if (dryRun) return undone(transaction, () => resolution(step, here(), tables))
    // Without logins at most one statement writes, and that is a transaction by itself.
    if (logins.length === 0 && !once) return resolution(step, here(), tables)
    const inTransaction = () => transaction(() => resolution(step, here(), tables))
    if (once) return inTransaction()
    return unlessWriting(here(), (readable) => resolution(step, readable, tables), inTransaction)
  } catch (error) {
    if (error === ELSEWHERE) return elsewhere(step, tables)
    throw error
  }
}

function resolution(step: ResolveStep, here: Identities, tables: StepTables): Answers['resolve'] {
  const { now, proofs } = tables
  const { once } = step
  if (once && proofs.anyUsed(once.proofs, once.operation)) return { kind: 'proof_used' }
  const [allowGuests, lastUsedDays] = [tables.allowGuests(), tables.lastUsedDays()]
  const resolved = resolve(here, { ...step, allowGuests, lastUsedDays, now: now() })
  if (once && resolved.kind === 'identity') proofs.use(once.proofs, once.operation)
  return tables.backup.imports.settled(resolved)
}

/** What `work` answers, without what it changes. */
function undone<T>(transaction: StepTables['transaction'], work: () => T): T {
  const answers: T[] = []
  try {
    transaction(() => {
      answers.push(work())
      throw UNDONE
    })
  } catch (error) {
    if (error !== UNDONE) throw error
  }
  return answers[0] as T
}

const UNDONE = Symbol('undone')

/** What a call that could not be resolved here would ask this object next. */
function elsewhere({ identity, logins }: ResolveStep, tables: StepTables): Elsewhere {
  const looked = logins.flatMap((login, index) => (tables.isHere(slotOfLogin(login)) ? [index] : []))
  const asked: LookStep = {
    step: 'look',
    identities: identity === undefined ? [] : [identity],
    logins: looked.flatMap((index) => (logins[index] ? [{ login: logins[index] }] : [])),
  }
  return { kind: 'elsewhere', seen: tables.transaction(() => look(asked, tables)), looked }
}

function look({ confirm, identities: named, logins }: LookStep, tables: StepTables): Seen {
  const { identities, isHere, now, reservations } = tables
  const asked = new Set(named)
  const seen = logins.map(({ login, reserve }): LoginSeen => {
    // An identity whose slot is being handed over is not here any more, though its rows are.
    const [owner] = identities.owners([login]).filter(({ uuid }) => isHere(slotOfIdentity(uuid)))
    if (owner) asked.add(owner.uuid)
    const member = owner && memberOf(identities, owner.uuid, login)
    if (member && owner) return { kind: 'held', reservation: { identity: owner.uuid, claim: member.claim } }
    const route = reservations.route(login)
    if (route && route.claim !== reserve?.claim) return { kind: 'held', reservation: route }
    if (!reserve) return { kind: 'free' }
    reservations.reserve(login, reserve, now())
    return { kind: 'reserved' }
  })
  const found = [...asked].flatMap((uuid) => seenOf(uuid, identities) ?? [])
  if (confirm && !mayBe(confirm.login, confirm.reservation, found))
    reservations.refuse(confirm.reservation, now() + CLAIM_MEMORY_MS)
  const isMissing = named.some((uuid) => !identities.row(uuid)) || seen.some(({ kind }) => kind === 'free')
  if (isMissing) tables.backup.imports.refuse()
  return { kind: 'seen', identities: found, logins: seen }
}

/** Whether a login is linked by this reservation, or it takes a look elsewhere to know. */
function mayBe(login: ProvenLogin, { claim, identity }: { claim: string; identity: string }, seen: IdentitySeen[]) {
  const home = seen.find(({ row }) => row.uuid === identity)
  if (!home) return false
  const { forward, frozen_by } = home.row
  return frozen_by !== null || forward !== null || home.members.some((member) => isLogin(member, login, claim))
}

function useProofs({ dryRun, operation, proofs }: ProofsStep, tables: StepTables): StepAnswer {
  if (tables.proofs.anyUsed(proofs, operation)) return { kind: 'proof_used' }
  if (!dryRun) tables.proofs.use(proofs, operation)
  return DONE
}

function attach(step: AttachStep, tables: StepTables): StepAnswer {
  const { claim, deadline, identity, login, proof } = step
  const { identities, isHere, now, reservations } = tables
  const row = identities.row(identity)
  const members = identities.members([identity])
  if (members.some((member) => isLogin(member, login, claim))) return DONE
  if (reservations.isRefused(claim) || now() > deadline) return CHANGED
  if (proof === 'new' ? row !== undefined : !row || !speaksFor(row, members, step, now())) return CHANGED
  if (tooManyLogins([...members, login])) return CHANGED
  const [holder] = identities.owners([login])
  const isIndexHere = isHere(slotOfLogin(login))
  // One that was reserved elsewhere can only have its row here with an identity that has lost it and has not finished yet.
  if (holder && (isIndexHere || holder.frozen_by === null)) return CHANGED
  // A login of another slot of this object is reserved on the way.
  if (isIndexHere) {
    const route = reservations.route(login)
    if (route && route.claim !== claim) return CHANGED
    if (isAtHome(login, identity)) reservations.drop(login, claim)
    else reservations.reserve(login, { identity, claim })
  }
  if (proof === 'new') identities.insert(identity, 'member', now())
  identities.take({ ...login, claim, linkedDay: dayOf(now()) }, identity)
  identities.settle(identity, now())
  return DONE
}

function detach(step: DetachStep, tables: StepTables): StepAnswer {
  const { identity, logins, operation } = step
  const { identities, now } = tables
  const row = identities.row(identity)
  const members = identities.members([identity])
  if (row?.changed_by === operation) return DONE
  if (row?.state !== 'member' || !speaksFor(row, members, step, now())) return CHANGED
  if ('providers' in logins) identities.unlinkPublic(identity, logins.providers)
  else identities.unlinkDeveloper(identity, logins.provider, logins.subject)
  const left = identities.members([identity])
  release(
    identity,
    members.filter((member) => !left.some((other) => isLogin(other, member, member.claim))),
    tables,
  )
  identities.settle(identity, now(), operation)
  return DONE
}

/** One that is in a merge, or that has lost one since, is not restricted: the merge goes first. */
function restrict({ identity, restriction }: RestrictStep, { identities, now }: StepTables): StepAnswer {
  const row = identities.row(identity)
  if (!row || row.frozen_by !== null || row.forward !== null) return CHANGED
  return restrictedOf(identities.restrict(row, restriction, now()))
}

function erase(uuids: readonly string[], tables: StepTables): StepAnswer {
  const { backup, identities } = tables
  // Who is not there may be in a line to come.
  backup.imports.refuse()
  const seen = uuids.flatMap((uuid) => seenOf(uuid, identities) ?? [])
  const frozen = seen.filter(({ row }) => row.frozen_by !== null)
  for (const { members, row } of seen) {
    if (row.frozen_by !== null) continue
    release(row.uuid, members, tables)
    identities.erase(row)
  }
  return { kind: 'erased', frozen }
}

/** Sees to it that the reservations of logins that an identity has lost go, and that no late step links one by them again. */
function release(identity: string, gone: readonly Member[], { errands, now, reservations }: StepTables): void {
  for (const { claim, linkedDay, ...login } of gone) {
    if (isAtHome(login, identity)) continue
    reservations.refuse({ identity, claim }, now() + CLAIM_MEMORY_MS)
    errands.add(identity, { errand: 'drop', login, claim }, now() + DROP_AFTER_MS)
  }
}
