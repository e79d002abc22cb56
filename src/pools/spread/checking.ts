import type { CheckCounts, Finding } from '../check.ts'
import type { Member, ProvenLogin } from '../identities.ts'
import { MAX_FORWARDS } from '../limits.ts'
import type { Checked, Way } from './check-step.ts'
import { settle } from './errands.ts'
import { claimIn, isStill, mergeOf } from './gather.ts'
import { CHECK_AT_ONCE, CHECK_CALLS, CHECK_ROWS } from './limits.ts'
import { objectOf, type Slots, type Spread, slotsOf } from './map.ts'
import { slotOfIdentity } from './slots.ts'
import type { TakeStep } from './step.ts'

export interface CheckOptions {
  tag: string
  spread: Spread
  take: TakeStep
  repair: boolean
}

/** Who has a login, by something that leads to it. */
export type Held =
  | { kind: 'held'; by: string }
  /** An identity on the way is in a merge. */
  | { kind: 'moving' }
  /** `end`: the identity that should have it. */
  | { kind: 'nobody'; end: string }

/** What one call of a check has seen and found so far. */
export class Checking {
  readonly options: CheckOptions
  readonly findings: Finding[] = []
  readonly counts: CheckCounts = { objects: 0, identities: 0, logins: 0, routes: 0, pending: 0 }
  readonly take: TakeStep
  readonly #known = new Map<string, Checked | undefined>()
  #calls = 0

  constructor(options: CheckOptions) {
    this.options = options
    this.take = (step) => {
      this.#calls++
      return options.take(step)
    }
  }

  /** Whether another call should go on from here. */
  get isEnough(): boolean {
    return this.#calls >= CHECK_CALLS || this.counts.identities + this.counts.routes >= CHECK_ROWS
  }

  found(finding: Omit<Finding, 'repaired'>, repaired: boolean): void {
    this.findings.push({ ...finding, repaired })
  }

  /** The objects that have slots, in order, each with some of its slots. */
  objects(): { number: number; slots: Slots }[] {
    const { spread } = this.options
    return Array.from({ length: spread.objects }, (_, number) => number).flatMap((number) => {
      const [slots] = slotsOf(spread, number)
      return slots ? [{ number, slots }] : []
    })
  }

  /** Asks every object, some at a time. */
  everywhere<T>(ask: (slots: Slots) => Promise<T>): Promise<T[]> {
    return someAtOnce(this.objects(), ({ slots }) => ask(slots))
  }

  /** Remembers identities for this page, so that they are not asked for again. */
  remember(identities: readonly Checked[]): void {
    for (const one of identities) this.#known.set(one.row.uuid, one)
  }

  forgetAll(): void {
    this.#known.clear()
  }

  /** Looks at identities that are not known yet, with one call of each object. */
  async know(uuids: readonly string[]): Promise<void> {
    const { spread } = this.options
    const unknown = [...new Set(uuids)].filter((uuid) => !this.#known.has(uuid))
    const homes = [...Map.groupBy(unknown, (uuid) => objectOf(spread, slotOfIdentity(uuid))).values()]
    await someAtOnce(homes, async (own) => {
      const { identities } = await this.take({ step: 'check_look', identities: own })
      for (const uuid of own) this.#known.set(uuid, undefined)
      this.remember(identities)
    })
  }

  async identity(uuid: string): Promise<Checked | undefined> {
    await this.know([uuid])
    return this.#known.get(uuid)
  }

  /** The same, as it is now. */
  identityNow(uuid: string): Promise<Checked | undefined> {
    this.#known.delete(uuid)
    return this.identity(uuid)
  }

  /** Whether an identity has a login by this claim, now, and is in no merge. */
  async has(uuid: string, login: ProvenLogin, claim: string): Promise<boolean> {
    const now = await this.identityNow(uuid)
    return now !== undefined && isStill(now) && claimIn(now, login) === claim
  }

  /** Follows what leads to a login. */
  async holder(login: ProvenLogin, { claim, identity }: Pick<Way, 'claim' | 'identity'>): Promise<Held> {
    let at = identity
    for (let hops = 0; hops <= MAX_FORWARDS; hops++) {
      const seen = await this.settled(at)
      if (!seen) return { kind: 'nobody', end: at }
      if (!isStill(seen)) return { kind: 'moving' }
      if (claimIn(seen, login) === claim) return { kind: 'held', by: at }
      if (seen.row.forward === null) return { kind: 'nobody', end: at }
      at = seen.row.forward
    }
    return { kind: 'nobody', end: at }
  }

  /** An identity, whose merge is decided first if that is overdue and the pool is being repaired. */
  async settled(uuid: string): Promise<Checked | undefined> {
    const seen = await this.identity(uuid)
    if (!seen || isStill(seen) || !seen.overdue || !this.options.repair) return seen
    await settle(mergeOf(seen), this.take)
    this.found({ kind: 'merge_unfinished', identity: uuid, other: mergeOf(seen).survivor }, true)
    return this.identityNow(uuid)
  }

  /**
   * Sees to it that a claim is never linked at an identity that does not have it; `false` if it has it after all, or is in the
   * middle of something.
   */
  async refuse(login: ProvenLogin, claim: string, identity: string): Promise<boolean> {
    const confirm = { login, reservation: { identity, claim } }
    const { identities } = await this.take({ step: 'look', identities: [identity], logins: [], confirm })
    const home = identities.find(({ row }) => row.uuid === identity)
    return !home || (isStill(home) && home.row.forward === null && claimIn(home, login) !== claim)
  }
}

/** Does this with each, but not with all at once. */
export async function someAtOnce<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const waiting = [...all.entries()]
  const next = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) results[one[0]] = await work(one[1])
  }
  await Promise.all(Array.from({ length: CHECK_AT_ONCE }, next))
  return results
}

export function loginOf({ developer, provider, subject }: Member): ProvenLogin {
  return { provider, subject, developer }
}
