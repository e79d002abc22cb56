import type { ProvenLogin } from '../identities.ts'
import { MAX_FORWARDS } from '../limits.ts'
import { isSameLogin } from '../resolve.ts'
import { settle } from './errands.ts'
import { Gathered } from './gathered.ts'
import { Busy } from './interruptions.ts'
import type { Elsewhere, IdentitySeen, Reservation, Seen, TakeStep } from './step.ts'

/** What is to be looked at. */
export interface Question {
  identity?: string | undefined
  /** One that is named besides. */
  another?: string | undefined
  logins: readonly ProvenLogin[]
  /** What was seen already, at the first object. */
  seen?: Elsewhere | undefined
  /** The claim by which a login is linked to the identity that is named if it is nobody's. */
  claimFor?: ((index: number) => string) | undefined
  /** The identity that is made, with the first login, if the logins are nobody's. */
  fresh?: string | undefined
  /** Nothing is changed, not even what was left behind by others. */
  dryRun?: boolean | undefined
}

/** Tries to find the identity of one login, whose reservation others may change meanwhile. */
const MAX_TURNS = 4

/** The identity that is named, those that it leads to, and those that have these logins. */
export async function gather(question: Question, take: TakeStep): Promise<Gathered> {
  const gathering = new Gathering(take, question)
  const { another, identity, logins } = question
  const chain = identity === undefined ? [] : await gathering.chain(identity)
  if (another !== undefined) await gathering.chain(another)
  const target = chain.at(-1)
  await Promise.all(logins.map((login, index) => gathering.locate(login, index, target)))
  return gathering.gathered
}

class Gathering {
  readonly gathered = new Gathered()
  readonly #take: TakeStep
  readonly #question: Question
  readonly #known = new Map<string, IdentitySeen>()

  constructor(take: TakeStep, question: Question) {
    this.#take = take
    this.#question = question
    if (question.seen) this.#remember(question.seen.seen)
  }

  /** An identity and those that it leads to by merges, in order. */
  async chain(uuid: string, reserved?: { login: ProvenLogin; claim: string }): Promise<IdentitySeen[]> {
    const chain: IdentitySeen[] = []
    let at: string | null = uuid
    while (at !== null && chain.length <= MAX_FORWARDS) {
      const seen = await this.#identity(at, reserved)
      if (!seen) break
      this.gathered.see(seen)
      chain.push(seen)
      at = seen.row.forward
    }
    return chain
  }

  /** Finds who has a login. If nobody has it, it is reserved for the target, where the question allows that. */
  async locate(login: ProvenLogin, index: number, target: IdentitySeen | undefined): Promise<void> {
    const member = target && claimIn(target, login)
    if (target && member !== undefined) {
      this.gathered.hold(login, { identity: target.row.uuid, claim: member })
      return
    }
    const { claimFor, dryRun, fresh } = this.#question
    const live = target?.row.state === 'disabled' ? undefined : target?.row.uuid
    const wanted = live ?? (index === 0 ? fresh : undefined)
    const mayReserve = claimFor && !dryRun && !login.mustBeMember
    const reserve = mayReserve && wanted ? { identity: wanted, claim: claimFor(index) } : undefined
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const held = (turn === 0 && this.#seenBefore(index)) || (await this.#look(login, reserve))
      if (held === 'reserved' && reserve) this.gathered.reserve(login, reserve)
      if (typeof held === 'string') return
      const verdict = await this.#confirmed(login, held)
      if (verdict === 'member' || dryRun) return
      if (verdict === 'stranger') await this.#take({ step: 'drop', login, claim: held.claim })
    }
    throw new Busy()
  }

  /** Who had a login when the first object was asked, if that is known and somebody had it. */
  #seenBefore(index: number): Reservation | undefined {
    const { looked = [], seen } = this.#question.seen ?? {}
    const found = seen?.logins[looked.indexOf(index)]
    return found?.kind === 'held' ? found.reservation : undefined
  }

  async #look(login: ProvenLogin, reserve: Reservation | undefined): Promise<Reservation | 'free' | 'reserved'> {
    const seen = await this.#take({ step: 'look', identities: [], logins: [{ login, reserve }] })
    this.#remember(seen)
    const [found] = seen.logins
    return found?.kind === 'held' ? found.reservation : (found?.kind ?? 'free')
  }

  /**
   * Whether a reservation is confirmed by the identity that it is for, or by one that this has become. Where the way there is too
   * long to go at once, the reservation leads to the middle of it from now on.
   */
  async #confirmed(
    login: ProvenLogin,
    { claim, identity }: Reservation,
  ): Promise<'member' | 'stranger' | 'on_the_way'> {
    const chain = await this.chain(identity, { login, claim })
    const end = chain.at(-1)
    if (!end) return 'stranger'
    const isMember = claimIn(end, login) === claim
    if (!isMember && chain.length <= MAX_FORWARDS) return 'stranger'
    const holder = { identity: end.row.uuid, claim }
    if (isMember) this.gathered.hold(login, holder)
    if (holder.identity !== identity && !this.#question.dryRun) await this.#take({ step: 'repoint', login, ...holder })
    return isMember ? 'member' : 'on_the_way'
  }

  /** An identity that is not in the middle of a merge. */
  async #identity(uuid: string, reserved?: { login: ProvenLogin; claim: string }): Promise<IdentitySeen | undefined> {
    const known = this.#known.get(uuid)
    if (known && (!reserved || known.row.forward !== null || claimIn(known, reserved.login) === reserved.claim))
      return known
    const { dryRun } = this.#question
    const reservation = { identity: uuid, claim: reserved?.claim ?? '' }
    const confirm = reserved && !dryRun ? { login: reserved.login, reservation } : undefined
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const { identities } = await this.#take({ step: 'look', identities: [uuid], logins: [], confirm })
      const found = identities.find(({ row }) => row.uuid === uuid)
      if (!found || isStill(found) || dryRun) {
        if (found) this.#known.set(uuid, found)
        return found
      }
      await settle(mergeOf(found), this.#take)
    }
    throw new Busy()
  }

  #remember({ identities }: Seen): void {
    for (const one of identities) if (isStill(one)) this.#known.set(one.row.uuid, one)
  }
}

/** The claim by which a login is a member of an identity. */
export function claimIn({ members }: IdentitySeen, login: ProvenLogin): string | undefined {
  return members.find((member) => isSameLogin(member, login))?.claim
}

/** Whether an identity is in no merge. */
export function isStill({ row }: IdentitySeen): boolean {
  return row.frozen_by === null
}

/** The merge that a frozen identity waits for. */
export function mergeOf({ row }: IdentitySeen) {
  return { loser: row.uuid, survivor: row.frozen_for ?? '', op: row.frozen_by ?? '' }
}
