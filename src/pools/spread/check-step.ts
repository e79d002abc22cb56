import type { IdentityRow, Member, ProvenLogin } from '../identities.ts'

/**
 * What the check of a pool asks its objects. All but the last three change nothing. Growth knows nothing of these steps: each
 * reads what is here when it comes.
 */
export type CheckStep =
  /** Up to `limit` identities after one and before `end`, in order of UUID. */
  | { step: 'check_identities'; slots: readonly [number, number]; after: string; end: string; limit: number }
  | { step: 'check_look'; identities: readonly string[] }
  /** What leads to these logins, whose slots are here. */
  | { step: 'check_index'; logins: readonly ProvenLogin[] }
  /** Which identities of this object have these logins. */
  | { step: 'check_holders'; slots: readonly [number, number]; logins: readonly ProvenLogin[] }
  /** Up to `limit` routes of this object after one, in order of their logins. */
  | { step: 'check_routes'; slots: readonly [number, number]; after: RouteKey | undefined; limit: number }
  /** Merges that identities of this object remember to have won, after one in order of name. */
  | { step: 'check_merges'; slots: readonly [number, number]; after: string; limit: number }
  /** Those of these merges that this object still has to do something about. */
  | { step: 'check_errands'; slots: readonly [number, number]; ops: readonly string[] }
  /** Disables an identity that has lost its last login, as it should have been then. */
  | { step: 'check_settle'; identity: string }
  | PointStep
  | ReleaseStep

/** Writes the way to a login, unless something else leads there by now. */
export interface PointStep {
  step: 'check_point'
  login: ProvenLogin
  identity: string
  claim: string
  /** The claim of a reservation that nobody confirms, which this one replaces. */
  instead?: string | undefined
}

/** Takes a login off an identity that does not keep it. */
export interface ReleaseStep {
  step: 'check_release'
  login: ProvenLogin
  identity: string
  claim: string
  /** Has the login by the same claim, as only the winner of a merge can have; an identity that is left with nothing leads there. */
  forward?: string | undefined
}

/** A login as the key of its route. */
export type RouteKey = readonly [provider: string, subject: string, developer: 0 | 1]

export interface Checked {
  row: IdentityRow
  members: readonly Member[]
  /** The identity is in a merge that should long be decided. */
  overdue: boolean
}

/** What leads to a login. */
export interface Way {
  identity: string
  claim: string
  /** `home`: the login itself, in the slot of its identity. */
  by: 'home' | 'route'
  /** The call that reserved the login may still be about to link it. */
  young: boolean
}

export interface Route extends Way {
  login: ProvenLogin
  /** The login itself is here, at home, and needs no route. */
  needless: boolean
}

export interface Holder {
  identity: string
  claim: string
  frozen: boolean
}

export interface CheckAnswers {
  check_identities: { kind: 'identities'; identities: readonly Checked[] }
  check_look: { kind: 'identities'; identities: readonly Checked[] }
  check_index: { kind: 'index'; ways: readonly (Way | undefined)[] }
  check_holders: { kind: 'holders'; holders: readonly (Holder | undefined)[] }
  check_routes: { kind: 'routes'; routes: readonly Route[] }
  check_merges: { kind: 'merges'; merges: readonly { op: string; survivor: string }[] }
  check_errands: { kind: 'errands'; ops: readonly string[] }
  check_settle: { kind: 'done' } | { kind: 'changed' }
  check_point: { kind: 'done' } | { kind: 'changed' }
  check_release: { kind: 'done' } | { kind: 'changed' }
}

/** Where a check goes on: it looks into all objects, then at what their identities have, then at the routes of each. */
export type CheckPosition =
  /** `blocked`: what was found makes it of no use to go on with what they have. */
  | { walk: 'objects'; from: number; blocked?: boolean | undefined }
  | { walk: 'identities'; after: string }
  | { walk: 'merges'; object: number; after: string }
  | { walk: 'routes'; object: number; after?: RouteKey | undefined }
