import type { BackupAnswers, BackupStep } from '../backup-step.ts'
import type { ProofUsed } from '../calls.ts'
import type { DetailFilter, DetailsFound } from '../details.ts'
import type { GuestCall, GuestRefused } from '../guests.ts'
import type { IdentityDescription, IdentityRow, Member, ProvenLogin } from '../identities.ts'
import type { Resolution } from '../resolve.ts'
import type { Inheritance, Restricted, Restriction } from '../restrictions.ts'
import type { Statistics } from '../statistics.ts'
import type { SingleUseProof } from '../used-proofs.ts'
import type { CheckAnswers, CheckStep } from './check-step.ts'
import type { EraseAnswers, EraseStep } from './erase-step.ts'

/**
 * What one object of a spread pool is asked: each is one transaction there. Each may come twice, and then finds what it did.
 * The rules behind them are in docs/spread-pools.md.
 */
export type Step =
  | ResolveStep
  | GuestStep
  | LookStep
  | ProofsStep
  | AttachStep
  | FreezeStep
  | AbsorbStep
  | DetachStep
  | FinishStep
  | ListStep
  | WalkStep
  | LosersStep
  | CheckStep
  | EraseStep
  | BackupStep
  /** Gives a reservation up. */
  | { step: 'drop'; login: ProvenLogin; claim: string }
  /** Lets a reservation lead to where the login has come by merges. */
  | { step: 'repoint'; login: ProvenLogin; claim: string; identity: string }
  /** What became of a merge. One that nobody has decided by now is refused for ever. */
  | { step: 'decide'; survivor: string; op: string }
  | RestrictStep
  /** What the object knows of its numbers that has this slot. */
  | { step: 'statistics'; slot: number }
  /** Forgets a merge that its loser has finished. */
  | { step: 'forget'; survivor: string; op: string }
  | { step: 'erase'; identities: readonly string[] }

/** Resolves, if everything that this touches is here. */
export interface ResolveStep {
  step: 'resolve'
  identity?: string | undefined
  logins: readonly ProvenLogin[]
  /** The slot of the first login, where that is known. */
  slot?: number | undefined
  fresh: string
  claim: string
  /** Proofs that are good for one use, each with the login that it proves, in whose slot it is. */
  once?: { proofs: readonly (SingleUseProof & { login?: ProvenLogin })[]; operation: string } | undefined
  dryRun?: boolean | undefined
}

/** Makes a guest of a pool that asks something of new guests. */
export interface GuestStep extends GuestCall {
  step: 'guest'
}

export interface LookStep {
  step: 'look'
  identities: readonly string[]
  logins: readonly { login: ProvenLogin; reserve?: Reservation | undefined }[]
  /** A reservation for one of the identities. Unless the login is a member, the claim is good for nothing from now on. */
  confirm?: { login: ProvenLogin; reservation: Reservation } | undefined
}

/** What a login is reserved for, and the name under which it may be linked. */
export interface Reservation {
  identity: string
  claim: string
}

/** Uses proofs up, or asks whether one of them was. */
export interface ProofsStep {
  step: 'proofs'
  /** The login that they prove, in whose slot they are. */
  login: ProvenLogin
  proofs: readonly SingleUseProof[]
  operation: string
  dryRun: boolean
}

/** Links a login to an identity. */
export interface AttachStep {
  step: 'attach'
  identity: string
  login: ProvenLogin
  claim: string
  /** Milliseconds since the epoch, by the clock of the Worker. */
  deadline: number
  /** Why it may be linked; `new` makes the identity. */
  proof: Proof | 'new'
  evenBlocked?: EvenBlocked
  /** The login is in this object too, as far as the caller knows, and so was not reserved before. */
  unreserved?: boolean | undefined
}

/** Set for a signed call that may change an identity although it is blocked. */
type EvenBlocked = boolean | undefined

/** What shows that the caller speaks for an identity: it is a guest whose id they know, or these are logins of it. */
export type Proof = 'guest' | readonly Member[]

/** Holds an identity still, which is about to lose a merge. */
export interface FreezeStep {
  step: 'freeze'
  loser: string
  survivor: string
  op: string
  proof: Proof
  evenBlocked?: EvenBlocked
}

/** Takes the logins of a frozen identity over. This decides the merge. */
export interface AbsorbStep {
  step: 'absorb'
  survivor: string
  op: string
  members: readonly Member[]
  /** Milliseconds since the epoch, by the clock of the Worker. Afterwards nothing is taken over. */
  deadline: number
  proof: Proof
  evenBlocked?: EvenBlocked
  /** What the survivor takes over besides. */
  inheritance?: Inheritance | undefined
}

/** Disables the loser of a merge, or lets it live on. */
export interface FinishStep {
  step: 'finish'
  loser: string
  survivor: string
  op: string
  decision: Decision
}

export type Decision = 'absorbed' | 'refused'

/** Takes logins off an identity. */
export interface DetachStep {
  step: 'detach'
  identity: string
  /** Public logins of these providers, or this developer login. */
  logins: { providers: readonly string[] } | { provider: string; subject: string }
  /** Logins of the identity that show that the caller speaks for it. */
  proof: readonly Member[]
  evenBlocked?: EvenBlocked
  operation: string
}

/** Restricts who signs in as an identity. */
export interface RestrictStep {
  step: 'restrict'
  identity: string
  restriction: Restriction
}

export interface ListStep {
  step: 'list'
  /** Slots of this object, first and last. */
  slots: readonly [number, number]
  after: string
  end: string
  limit: number
  hideDisabled: boolean
}

/** Identities with all that is kept of them, by a filter. */
export interface WalkStep extends DetailFilter {
  step: 'walk'
  /** Slots of this object, first and last. */
  slots: readonly [number, number]
  after: string
  end: string
  limit: number
}

/** Identities in these slots that lead straight to another by merges that they lost. */
export interface LosersStep {
  step: 'losers'
  slots: readonly [number, number]
  after: string
  end: string
  survivor: string
  limit: number
}

/** What each step answers. */
export interface Answers extends CheckAnswers, EraseAnswers, BackupAnswers {
  resolve: Resolution | ProofUsed | Elsewhere
  guest: Resolution | GuestRefused
  look: Seen
  proofs: Done | ProofUsed
  attach: Done | Changed
  freeze: Frozen | Changed
  absorb: Decided
  decide: Decided
  finish: Done
  forget: Done
  drop: Done
  repoint: Done
  detach: Done | Changed
  erase: Erased
  restrict: Restricted | Changed
  statistics: Counted
  list: Page
  walk: Walked
  losers: Losers
}

export type StepAnswer = Answers[keyof Answers]

/** Asks the object that has the slots of a step to take it. */
export type TakeStep = <S extends Step>(step: S) => Promise<Answers[S['step']]>

export interface Done {
  kind: 'done'
}

/** Nothing was done: something is not as it was when it was looked at. */
export interface Changed {
  kind: 'changed'
}

export interface Frozen {
  kind: 'frozen'
  members: readonly Member[]
  inheritance: Inheritance
}

export interface Decided {
  kind: 'decided'
  decision: Decision
}

/** Those of the identities that are frozen are still there. */
export interface Erased {
  kind: 'erased'
  frozen: readonly IdentitySeen[]
}

export interface Page {
  kind: 'page'
  identities: readonly IdentityDescription[]
}

export interface Walked extends DetailsFound {
  kind: 'walked'
}

export interface Counted extends Statistics {
  kind: 'statistics'
}

export interface Losers {
  kind: 'losers'
  uuids: readonly string[]
}

/** Not everything that this touches is here; nothing was done. This is what was seen. */
export interface Elsewhere {
  kind: 'elsewhere'
  seen: Seen
  /** Which of the logins were looked at: those whose slots are here. */
  looked: readonly number[]
}

export interface Seen {
  kind: 'seen'
  /** Those that are here: the ones asked for, and those that the logins belong to. */
  identities: readonly IdentitySeen[]
  /** In the order in which they were asked for. */
  logins: readonly LoginSeen[]
}

export interface IdentitySeen {
  row: IdentityRow
  members: readonly Member[]
}

/** Nobody's; reserved just now as was asked; or somebody's, as far as is known here. */
export type LoginSeen = { kind: 'free' } | { kind: 'reserved' } | { kind: 'held'; reservation: Reservation }
