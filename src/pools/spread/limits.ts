/** Time in which a call must have linked what it reserved, and merged what it froze, in milliseconds, by the clock of the Worker. */
export const CLAIM_LIFE_MS = 60_000

/** Time that a refused claim is remembered: its life, and as much as two clocks may be apart. */
export const CLAIM_MEMORY_MS = 10 * CLAIM_LIFE_MS

/**
 * A login that was reserved longer ago than this is not about to be linked: its claim has lapsed, even if two clocks are some
 * way apart. Until then a check of the pool leaves it alone.
 */
export const RESERVATION_GRACE_MS = 3 * CLAIM_LIFE_MS

/** Reservations of logins that were taken off go soon; whoever meets one earlier has a call or two more. */
export const DROP_AFTER_MS = 1_000

/** A merge takes milliseconds, so an identity that is frozen for so long was left alone. */
export const SETTLE_AFTER_MS = 15_000

/** A merge that is so much later than that was left behind, such as by a restoration. A check of the pool settles it. */
export const OVERDUE_AFTER_MS = 4 * SETTLE_AFTER_MS

/** A survivor remembers a merge for longer than a call that was late might still ask for it. */
export const FORGET_AFTER_MS = 11 * CLAIM_LIFE_MS

/** Errands of one run of an alarm. */
export const ERRANDS_PER_RUN = 50

/** Attempts at a call of a spread pool that meets other calls in the same identities, and the longest pause between two. */
export const MAX_ATTEMPTS = 6
export const MAX_PAUSE_MS = 250

/** For a page of a listing one object is asked; if that is not enough, so many at once; and so many times as many. */
export const LIST_WAVE = 16

/** Objects that the head tells of new settings at the same time. */
export const PEERS_AT_ONCE = 16

/** Pause before an object that could not be reached is asked or told again, in milliseconds. */
export const RETRY_AFTER_MS = 5_000

/** A hint is kept for a day at most: a user who comes back later goes by the index once. */
export const HINT_LIFE_SECONDS = 86_400

/** A hint that takes longer is none: it should spare a far call, and not delay the one of somebody new. In milliseconds. */
export const HINT_WAIT_MS = 40

/** Identities that a check of a pool asks an object for at a time, routes, and merges. */
export const CHECK_IDENTITIES = 50
export const CHECK_ROUTES = 200
export const CHECK_MERGES = 200

/** Objects that a check looks into at a time, before it looks at what they have. */
export const CHECK_OBJECTS = 32

/**
 * One call of a check goes on until it has seen so many rows or made so many calls of objects, whichever is first. The platform
 * allows 1,000 calls, and an identity with twenty damaged logins in a pool of 256 objects takes some 400.
 */
export const CHECK_ROWS = 500
export const CHECK_CALLS = 300

/** Slots whose routes are looked through at once for those that lead to somebody who is erased: a million logins have 16,000 there. */
export const ERASE_SLOTS = 64

/** Objects that a check asks at the same time. */
export const CHECK_AT_ONCE = 16

/** Pauses before a step is taken again whose slot is being handed over, in milliseconds. Then the call fails. */
export const BUSY_PAUSES_MS = [20, 60, 120, 240, 360]

/** A growing pool works for so long in one run of an alarm, in milliseconds, and then looks whether there is other work. */
export const GROWTH_TURN_MS = 5_000

/** Pause after each piece of that work, in milliseconds: a piece takes a fifth of this, and calls of users come between. */
export const GROWTH_REST_MS = 40

/** Logins that get their routes at once. */
export const INDEX_LOGINS = 500

/** Slots move together as long as they have no more identities than this, nor routes; a fuller one moves alone. */
export const MOVE_IDENTITIES = 1_000

/** The head of a growing pool tells the others that they have slots to give, and again after so many milliseconds. */
export const ASK_AGAIN_MS = 30_000

/** How much of slots that move is given at once. */
export interface MoveLimits {
  /** Rows of one call. */
  rows: number
  /** Slots are sealed when no more rows than this are left to give, so that calls wait for some milliseconds. */
  rest: number
  /** Times that more rows than that may have changed meanwhile; then the slots are sealed all the same. */
  rounds: number
}

export const MOVE_LIMITS: MoveLimits = { rows: 500, rest: 200, rounds: 5 }

/** Objects of a pool that are told that somebody watches. Each isolate calls some of them before long, and goes by what it heard. */
export const OBJECTS_TOLD = 32
