import type {
  IdentitiesMerged,
  Linked,
  LinkRequest,
  LoginUnlinked,
  MergeIdentitiesRequest,
  UnlinkLoginRequest,
} from '../by-operator.ts'
import type { ProofUsed, Tried } from '../calls.ts'
import type { DetailsAsked, DetailsFound, DetailWithLosers, IdentityDetail } from '../details.ts'
import {
  type DeveloperMerge,
  type Lookup,
  type LookupRequest,
  lookupDeveloper,
  mergeDevelopers,
} from '../developers.ts'
import type { GuestAsked, GuestRefused } from '../guests.ts'
import type { IdentityDescription, ProvenLogin } from '../identities.ts'
import { type Resolution, resolve } from '../resolve.ts'
import type { Restricted, Restriction } from '../restrictions.ts'
import type { Statistics } from '../statistics.ts'
import { type Unlinked, type UnlinkRequest, unlink, unlinkDeveloper } from '../unlink.ts'
import type { SingleUseProof } from '../used-proofs.ts'
import { type AttemptOptions, attempts, isTogether, nameOf } from './attempts.ts'
import { detailIn, detailsIn, findIn, listIn, type SpreadPage, statisticsIn } from './directory.ts'
import { linkIn, mergeIn, unlinkIn } from './directory-writes.ts'
import type { SpreadHere } from './erasing.ts'
import { settle } from './errands.ts'
import { claimIn, gather, isStill, mergeOf } from './gather.ts'
import type { Hints } from './hints.ts'
import { Busy } from './interruptions.ts'
import { MAX_ATTEMPTS } from './limits.ts'
import { objectOf } from './map.ts'
import type { View } from './places.ts'
import { restrictIn } from './restrict.ts'
import { inSlot, slotOfIdentity, slotOfLogin } from './slots.ts'
import type { Answers } from './step.ts'

export interface SpreadResolve {
  identity?: string | undefined
  logins: readonly ProvenLogin[]
  /** A UUID to give away; its slot will be that of the first login. */
  fresh: string
  /** What the logins were proven with, where that is good for one use, with the login; and a name for the call that uses it. */
  once?: { proofs: readonly (SingleUseProof & { login: ProvenLogin })[]; operation: string } | undefined
  dryRun?: boolean | undefined
  /** Of a call for a new guest in a pool that asks something of them. */
  guest?: GuestAsked | undefined
}

type Proofs = NonNullable<SpreadResolve['once']>

export interface SpreadPoolOptions extends AttemptOptions {
  tag: string
  allowGuests: boolean
  view: View
  /** What is remembered of where logins are. */
  hints?: Hints | undefined
}

/**
 * The calls of a pool that is spread over several objects. Each decides by the rules that hold in one object: what they read
 * is gathered from the objects, and what they write is carried out there, where each change is checked again
 * (docs/spread-pools.md).
 */
export class SpreadPool {
  readonly #options: SpreadPoolOptions

  constructor(options: SpreadPoolOptions) {
    this.#options = options
  }

  /** Finds, makes, extends or merges the identity of these logins. One call of one object, wherever that is enough. */
  async resolve(call: SpreadResolve): Promise<Resolution | GuestRefused | ProofUsed> {
    const { dryRun, guest, identity, logins } = call
    const fresh =
      identity === undefined ? inSlot(call.fresh, this.#options.view.home(logins[0], call.fresh)) : call.fresh
    if (guest) return this.#options.take({ step: 'guest', fresh, asked: guest, dryRun })
    const guessed = await this.#byHint(call)
    if (guessed) return guessed
    const resolved = await this.#resolveWith({ ...call, fresh })
    this.#rememberHint(call, resolved)
    return resolved
  }

  /** The same, wherever a new identity is to be. */
  async #resolveWith(call: SpreadResolve): Promise<Resolution | ProofUsed> {
    const { allowGuests, take, world } = this.#options
    const { dryRun, fresh, identity, logins, once } = call
    const here = await this.#resolveHere(call)
    if (here && here.kind !== 'elsewhere') return here
    if (once && !(await this.#use(once, dryRun))) return { kind: 'proof_used' }
    return attempts(this.#options, async (name, attempt) => {
      const claimFor = (index: number) => `${name}r${index}`
      const asked = identity === undefined ? { logins, fresh } : { logins, identity }
      const gathered = await gather({ ...asked, seen: attempt === 0 ? here : undefined, claimFor, dryRun }, take)
      const outcome = resolve(gathered, {
        ...{ identity, logins, fresh, allowGuests },
        ...{ lastUsedDays: undefined, now: world.now() },
      })
      return { gathered, logins, outcome, dryRun }
    })
  }

  /**
   * The answer of the object where the call begins, if everything may be there; nothing, if something is known not to be. Until
   * it has answered, no proof is used.
   */
  async #resolveHere(call: SpreadResolve): Promise<Answers['resolve'] | undefined> {
    const { spread, take } = this.#options
    const { dryRun, fresh, identity, logins, once } = call
    const [login] = logins
    if (identity === undefined && login && !isTogether(login, fresh, spread)) return undefined
    const begins = identity ?? fresh
    if (once && !once.proofs.every((proof) => isTogether(proof.login, begins, spread))) return undefined
    return take({
      step: 'resolve',
      logins,
      fresh,
      claim: `${nameOf(fresh)}h`,
      // What is not there takes no room in the call.
      ...(identity !== undefined && { identity }),
      ...(identity === undefined && login && { slot: slotOfLogin(login) }),
      ...(once && { once }),
      ...(dryRun && { dryRun }),
    })
  }

  /** The identity of a login whose index is far, by a guess that the identity itself confirms. */
  async #byHint(call: SpreadResolve): Promise<Resolution | undefined> {
    const { hints, tag, take, view } = this.#options
    const login = farLogin(call, view)
    const uuid = login && (await hints?.recall(tag, login))
    if (!login || !uuid?.startsWith(tag) || !view.isNear(slotOfIdentity(uuid))) return undefined
    const { identities } = await take({ step: 'look', identities: [uuid], logins: [] })
    const found = identities.find(({ row }) => row.uuid === uuid)
    if (!found || !isStill(found) || found.row.blocked_until !== null || claimIn(found, login) === undefined)
      return undefined
    return { kind: 'identity', uuid, guest: false }
  }

  /** Remembers an identity that is near, and whose login's index is not. */
  #rememberHint(call: SpreadResolve, resolved: Resolution | ProofUsed): void {
    const { hints, tag, view } = this.#options
    const login = farLogin(call, view)
    if (login && resolved.kind === 'identity' && view.isNear(slotOfIdentity(resolved.uuid)))
      hints?.remember(tag, login, resolved.uuid)
  }

  /** Takes public logins off an identity, one of whose logins the caller has proven. */
  async unlink(call: Omit<UnlinkRequest, 'now'> & { once?: Proofs | undefined }): Promise<Unlinked | ProofUsed> {
    const { take, world } = this.#options
    const { identity, once, operation, proven } = call
    if (once && !(await this.#use(once))) return { kind: 'proof_used' }
    return attempts(this.#options, async () => {
      const gathered = await gather({ identity, logins: proven }, take)
      const outcome = unlink(gathered, { ...call, now: world.now() })
      return { gathered, logins: proven, outcome, operation }
    })
  }

  async unlinkDeveloper(request: {
    identity: string
    provider: string
    subject: string
    operation: string
  }): Promise<Unlinked> {
    const { take, world } = this.#options
    const { identity, operation, provider, subject } = request
    const logins = [{ provider, subject, developer: true }]
    return attempts(this.#options, async () => {
      const gathered = await gather({ identity, logins }, take)
      const outcome = unlinkDeveloper(gathered, { ...request, now: world.now() })
      return { gathered, logins, outcome, operation }
    })
  }

  async lookupDeveloper(request: LookupRequest): Promise<Lookup> {
    const { identity, provider, subject } = request
    const logins = subject === undefined ? [] : [{ provider, subject, developer: true }]
    return lookupDeveloper(await gather({ identity, logins }, this.#options.take), request)
  }

  async mergeDevelopers(request: { provider: string; source: string; destination: string }): Promise<DeveloperMerge> {
    const { take, world } = this.#options
    const { destination, provider, source } = request
    const logins = [source, destination].map((subject) => ({ provider, subject, developer: true }))
    return attempts(this.#options, async () => {
      const gathered = await gather({ logins }, take)
      const outcome = mergeDevelopers(gathered, { ...request, now: world.now() })
      return { gathered, logins, outcome, evenBlocked: true }
    })
  }

  async describe(uuid: string): Promise<IdentityDescription | undefined> {
    const gathered = await gather({ identity: uuid, logins: [] }, this.#options.take)
    const row = gathered.named(uuid)
    if (!row) return undefined
    const logins = gathered.logins([uuid]).map(({ provider }) => provider)
    return { uuid, logins: logins.sort(), createdAt: row.created_at, modifiedAt: row.modified_at }
  }

  /** The identity that has the first of these logins that anybody has. */
  find(logins: readonly ProvenLogin[]): Promise<IdentityDetail | undefined> {
    return findIn(this.#options, logins)
  }

  detail(uuid: string): Promise<DetailWithLosers | undefined> {
    return detailIn(this.#options, uuid)
  }

  /** Identities in order of UUID. A page may be short, or empty, although another follows. */
  details(asked: DetailsAsked): Promise<DetailsFound> {
    return detailsIn(this.#options, asked)
  }

  /** What calls of operators work with whose rules stand elsewhere. */
  get here(): SpreadHere {
    return this.#options
  }

  linkLogin(call: LinkRequest & Tried): Promise<Linked> {
    return linkIn(this.#options, call)
  }

  unlinkLogin(call: UnlinkLoginRequest & Tried): Promise<LoginUnlinked> {
    return unlinkIn(this.#options, call)
  }

  mergeIdentities(call: MergeIdentitiesRequest & Tried): Promise<IdentitiesMerged> {
    return mergeIn(this.#options, call)
  }

  /** Restricts who signs in as an identity; one that lost a merge stands for the survivor. */
  restrict(uuid: string, restriction: Restriction): Promise<Restricted | { kind: 'no_identity' }> {
    return restrictIn(this.#options, uuid, restriction)
  }

  /** What is known of the numbers of the pool. */
  statistics(): Promise<Statistics> {
    return statisticsIn(this.#options)
  }

  /** Deletes those of these identities that are there, and frees their logins. */
  async delete(uuids: readonly string[]): Promise<void> {
    const { spread, take } = this.#options
    const homes = Map.groupBy(uuids, (uuid) => objectOf(spread, slotOfIdentity(uuid)))
    for (const own of homes.values()) {
      let left: readonly string[] = own
      for (let attempt = 0; left.length > 0; attempt++) {
        if (attempt === MAX_ATTEMPTS) throw new Busy()
        const { frozen } = await take({ step: 'erase', identities: left })
        for (const one of frozen) await settle(mergeOf(one), take)
        left = frozen.map(({ row }) => row.uuid)
      }
    }
  }

  /** Identities in order of UUID, after the given one; `next` is the last of them, if there are more. */
  list(asked: SpreadPage): Promise<{ identities: IdentityDescription[]; next: string | undefined }> {
    return listIn(this.#options, asked)
  }

  /** Uses proofs up, each in the slot of its login; `false` if one was used before. */
  async #use({ operation, proofs }: Proofs, dryRun = false): Promise<boolean> {
    for (const { login, ...proof } of proofs) {
      const used = await this.#options.take({ step: 'proofs', login, proofs: [proof], operation, dryRun })
      if (used.kind === 'proof_used') return false
    }
    return true
  }
}

/** The login of a call that asks for nothing but its identity, if its index is far. */
function farLogin({ dryRun, identity, logins, once }: SpreadResolve, { isNear }: View): ProvenLogin | undefined {
  const [login, another] = logins
  const isPlain = identity === undefined && another === undefined && !once && !dryRun && !login?.mustBeMember
  return isPlain && login && !isNear(slotOfLogin(login)) ? login : undefined
}
