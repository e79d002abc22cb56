import { type Budget, GuestBudgets, type Origin, type Shares, WHOLE } from './guest-budgets.ts'
import { type GuestLimits, guestLimitsOf } from './guest-settings.ts'
import { GuestSweep } from './guest-sweep.ts'
import type { IdentityTable } from './identity-table.ts'
import { lastUsedDaysOf } from './last-use.ts'
import { type Resolution, resolve } from './resolve.ts'
import type { Pool, PoolSettings } from './settings.ts'
import type { CountedProof, UsedProofs } from './used-proofs.ts'

/** What a Worker asks with for a guest of a pool that asks something of new guests. */
export interface GuestAsked extends Origin {
  /** A pass that the Worker has verified, which is good for so many guests. */
  pass?: CountedProof | undefined
  /** Made on the word of whoever owns the pool, and asked nothing. */
  exempt?: true
}

export interface GuestCall {
  /** UUID of the guest, made by the caller, so that a repeated call is recognised. */
  fresh: string
  asked: GuestAsked
  /** Only tells what would come of it. */
  dryRun?: boolean | undefined
}

/** No guest is made, though the pool has guests: for which reason, and what of it. Nothing was changed. */
export type GuestRefused =
  | { kind: 'guest_refused'; reason: 'new_guests_off' }
  | { kind: 'guest_refused'; reason: 'guest_budget'; which: Budget }
  | { kind: 'guest_refused'; reason: 'guest_proof'; which: 'missing' | 'used' }

/** Makes guests, as far as the pool lets them be made. It is asked where nothing else is asked for: known guests pass it by. */
export class Guests {
  readonly #storage: DurableObjectStorage
  readonly #identities: IdentityTable
  readonly #proofs: UsedProofs
  readonly #budgets: GuestBudgets
  readonly #sweep: GuestSweep
  readonly #now: () => number

  constructor(storage: DurableObjectStorage, identities: IdentityTable, proofs: UsedProofs, now: () => number) {
    this.#storage = storage
    this.#identities = identities
    this.#proofs = proofs
    this.#budgets = new GuestBudgets(storage.sql)
    this.#sweep = new GuestSweep(storage)
    this.#now = now
  }

  /**
   * Makes a guest in one transaction, and counts it in all that bounds how many there may be. A refusal writes nothing and costs
   * as little as it can: strangers get many.
   */
  make({ asked, dryRun = false, fresh }: GuestCall, settings: PoolSettings, shares: Shares = WHOLE) {
    const now = this.#now()
    const { allowGuests } = settings
    const limits = asked.exempt ? undefined : guestLimitsOf(settings)
    // A repeated call finds what its first run made, and counts for nothing.
    const isNew = allowGuests && this.#identities.row(fresh) === undefined
    const refusal = isNew && limits && this.#refusal(limits, asked, shares, now)
    if (refusal) return refusal
    return this.#storage.transactionSync((): Resolution | GuestRefused => {
      const pass = isNew && limits?.needsPass ? asked.pass : undefined
      if (pass && !this.#proofs.useOnceMore(pass, fresh, dryRun))
        return refused({ reason: 'guest_proof', which: 'used' })
      if (isNew && dryRun) return { kind: 'identity', uuid: fresh, guest: true }
      const lastUsedDays = lastUsedDaysOf(settings)
      const resolution = resolve(this.#identities, { logins: [], fresh, allowGuests, lastUsedDays, now })
      if (isNew && limits) this.#budgets.count(limits, asked, now)
      return resolution
    })
  }

  /** When there is something to write down or to sweep, in milliseconds since the epoch. */
  nextDue(pool: Pool | undefined): number | undefined {
    const dues = [this.#budgets.nextSave(), this.#sweep.nextDue(pool, this.#now())].flatMap((at) => at ?? [])
    return dues.length > 0 ? Math.min(...dues) : undefined
  }

  isEmpty(): boolean {
    const { sql } = this.#storage
    return sql.exec('SELECT 1 FROM guest_count UNION ALL SELECT 1 FROM guest_sweep').toArray().length === 0
  }

  /** Writes down what is due, and deletes some of the guests that nobody uses any more. */
  tidy(pool: Pool): void {
    const now = this.#now()
    const save = this.#budgets.nextSave()
    if (save !== undefined && save <= now) this.#budgets.save(now)
    this.#sweep.run(pool, now)
  }

  /** Why the pool lets no guest be made now, but for a pass that was used up. */
  #refusal(limits: GuestLimits, asked: GuestAsked, shares: Shares, now: number): GuestRefused | undefined {
    if (!limits.makes) return refused({ reason: 'new_guests_off' })
    const which = this.#budgets.spent(limits, asked, shares, now)
    if (which) return refused({ reason: 'guest_budget', which })
    return limits.needsPass && !asked.pass ? refused({ reason: 'guest_proof', which: 'missing' }) : undefined
  }
}

/** The answer for a Worker that knows nothing of what a pool may ask of new guests. */
export function asOlderWorkersKnow(answer: Resolution | GuestRefused): Resolution {
  return answer.kind === 'guest_refused' ? { kind: 'guests_refused' } : answer
}

type Why = GuestRefused extends infer R ? (R extends GuestRefused ? Omit<R, 'kind'> : never) : never

function refused(why: Why): GuestRefused {
  return { kind: 'guest_refused', ...why } as GuestRefused
}
