import { migrate } from '../base/migrations.ts'
import type { NoPool, OfSpread, PoolAddress, PoolFound, ProofUsed, ResolveCall, Stale, UnlinkCall } from './calls.ts'
import {
  type DeveloperMerge,
  type Lookup,
  type LookupRequest,
  lookupDeveloper,
  type MergeRequest,
  mergeDevelopers,
} from './developers.ts'
import { DirectoryObject } from './directory-object.ts'
import { guestLimitsOf } from './guest-settings.ts'
import { asOlderWorkersKnow, type GuestCall, type GuestRefused } from './guests.ts'
import type { Identities } from './identities.ts'
import { lastUsedDaysOf } from './last-use.ts'
import { unlessWriting } from './only-reads.ts'
import { type ChangedIf, comesToTheSame, isTooLarge, type NotChanged } from './pool-record.ts'
import { type Resolution, resolve } from './resolve.ts'
import { restrictNamed } from './restricting.ts'
import type { Restricted, Restriction } from './restrictions.ts'
import { MIGRATIONS } from './schema.ts'
import { encodeSettings, type PoolSettings, placesOf, type SettingsChange, setsShards, shardsOf } from './settings.ts'
import { spreadEvenly } from './spread/map.ts'
import { type UnlinkDeveloperRequest, type Unlinked, unlink, unlinkDeveloper } from './unlink.ts'

/**
 * One pool: its settings, its identities, their logins. Each method is one API call's worth of work in one synchronous
 * transaction. Named by the pool tag; a deleted pool keeps its row for ever, so that the tag is never used again.
 */
export class IdentityPool extends DirectoryObject {
  /** Opens the pool, unless its tag is taken. `operation` names the call, so that a repeated one finds its own pool. */
  create(
    id: string,
    account: string,
    settings: PoolSettings,
    operation: string,
  ): PoolFound | { kind: 'taken' | 'too_large' } {
    const encoded = encodeSettings(settings)
    if (isTooLarge(encoded)) return { kind: 'too_large' }
    migrate(this.own.storage, MIGRATIONS)
    const created = this.own.storage.transactionSync((): PoolFound | { kind: 'taken' } => {
      const taken = this.own.record.row()
      if (taken && (taken.created_by !== operation || taken.state !== 'open')) return { kind: 'taken' }
      if (!taken) this.own.record.insert({ id, account, version: 1, settings: encoded, createdBy: operation })
      return this.read({ id, account }) as PoolFound
    })
    void this.own.wake()
    return created
  }

  /**
   * Opens the pool as the head of as many objects as its settings say. A method of its own, because an object that knows
   * nothing of this would open a pool that is not spread.
   */
  createSpread(
    ...[id, account, settings, operation]: Parameters<IdentityPool['create']>
  ): ReturnType<IdentityPool['create']> {
    return this.own.storage.transactionSync(() => {
      const created = this.create(id, account, settings, operation)
      const shards = shardsOf(settings) ?? 1
      if (created.kind !== 'pool' || shards === 1 || this.own.host.part) return created
      this.own.host.lead(spreadEvenly(shards, placesOf(settings)))
      this.own.record.forget()
      void this.own.wake()
      return this.read({ id, account }) as PoolFound
    })
  }

  change(address: PoolAddress, change: SettingsChange): PoolFound | NoPool | NotChanged {
    const answer = this.own.storage.transactionSync(() => this.own.record.change(address, change, this.own.now()))
    void this.own.wake()
    return answer
  }

  /**
   * The same, for a change that says how many objects the pool should have. If they are more than it has, it begins to grow. A
   * method of its own, because an object that knows nothing of growth would keep the tag and do nothing.
   */
  changeAndGrow(address: PoolAddress, change: SettingsChange): PoolFound | NoPool | NotChanged {
    const answer = this.own.storage.transactionSync(() => {
      const { host, record } = this.own
      const before = record.open()
      const changed = record.change(address, change, this.own.now(), host.isGrowing ? 'growing' : 'may')
      if (changed.kind !== 'pool' || !before) return changed
      const wanted = shardsOf(changed.pool.settings) ?? 1
      if (wanted <= (before.spread?.objects ?? 1) || wanted === shardsOf(before.settings)) return changed
      host.grow(wanted, placesOf(changed.pool.settings))
      record.forget()
      return this.read(address)
    })
    void this.own.wake()
    return answer
  }

  /**
   * The same for a pool that still has this version; or that is already as the change would make it, as after a call that is
   * repeated. A method of its own, because an object that does not know the version would pass over it.
   */
  changeIf(address: PoolAddress, change: SettingsChange, version: number): ChangedIf {
    const found = this.read(address)
    if (found.kind === 'pool' && found.pool.version !== version)
      return comesToTheSame(found.pool, change) ? found : { kind: 'other_version' }
    return setsShards(change) ? this.changeAndGrow(address, change) : this.change(address, change)
  }

  /** Closes the pool at once; its identities are deleted in the background. */
  delete(address: PoolAddress, operation: string): { kind: 'deleted'; spread?: boolean } | NoPool {
    const closed = this.own.storage.transactionSync(() => {
      if (this.own.record.row()?.deleted_by === operation) return true
      if (this.read(address).kind !== 'pool') return false
      this.own.close(operation)
      return true
    })
    if (!closed) return { kind: 'no_pool' }
    return this.own.host.part ? { kind: 'deleted', spread: true } : { kind: 'deleted' }
  }

  /** Finds, makes, extends or merges the identity of these logins. */
  resolve(call: ResolveCall): Resolution | NoPool | Stale | ProofUsed {
    if (call.trial) return this.tryResolve(call)
    const { identities, storage } = this.own
    const inTransaction = () => storage.transactionSync(() => this.#resolve(call))
    if (call.once) {
      const resolved = inTransaction()
      if (resolved.kind === 'identity') void this.own.wake()
      return this.own.watch.mark(resolved)
    }
    // Without logins at most one statement writes, and that is a transaction by itself. What limits guests has its own.
    if (call.logins.length === 0) return this.own.watch.mark(this.#resolve(call))
    return this.own.watch.mark(unlessWriting(identities, (readable) => this.#resolve(call, readable), inTransaction))
  }

  /**
   * Tells what would come of a call of `resolve`, and changes nothing. A method of its own, because an object that does not
   * know a member of a call passes over it, and would link.
   */
  tryResolve(call: ResolveCall): Resolution | NoPool | Stale | ProofUsed {
    return this.own.tried(() => this.#resolve(call, this.own.identities, true))
  }

  /**
   * Makes a guest of a pool that asks something of new guests. A method of its own, because an object that knows nothing of that
   * would make as many as it is asked for.
   */
  makeGuest(call: GuestCall & Pick<ResolveCall, 'region' | 'version'>): Resolution | GuestRefused | NoPool | Stale {
    const found = this.#current(call)
    if (found.kind !== 'pool') return found
    const answer = this.own.guests.make(call, found.pool.settings)
    if (answer.kind === 'identity') void this.own.wake()
    return this.own.watch.mark(answer)
  }

  /** Takes public logins off an identity, one of whose logins the caller has proven. */
  unlink(call: UnlinkCall): Unlinked | NoPool | Stale | ProofUsed {
    const { once, operation } = call
    if (this.own.host.part) this.own.ofSpread()
    const unlinked = this.own.storage.transactionSync(() => {
      const found = this.readByRegion(call.region)
      if (found.kind !== 'pool') return found
      if (call.version !== found.pool.version) return { kind: 'stale', pool: found.pool } as const
      if (once && this.own.proofs.anyUsed(once.proofs, operation)) return { kind: 'proof_used' } as const
      const outcome = unlink(this.own.identities, { ...call, now: this.own.now() })
      if (once && outcome.kind === 'unlinked') this.own.proofs.use(once.proofs, operation)
      return outcome
    })
    if (once && unlinked.kind === 'unlinked') void this.own.wake()
    return this.own.backup.imports.settled(unlinked)
  }

  unlinkDeveloper(address: PoolAddress, request: Omit<UnlinkDeveloperRequest, 'now'>): Unlinked | NoPool | OfSpread {
    return this.own.inPool(address, () => unlinkDeveloper(this.own.identities, { ...request, now: this.own.now() }))
  }

  lookupDeveloper(address: PoolAddress, request: LookupRequest): Lookup | NoPool | OfSpread {
    return this.own.inPool(address, () => lookupDeveloper(this.own.identities, request))
  }

  mergeDevelopers(address: PoolAddress, request: Omit<MergeRequest, 'now'>): DeveloperMerge | NoPool | OfSpread {
    return this.own.inPool(address, () => mergeDevelopers(this.own.identities, { ...request, now: this.own.now() }))
  }

  /** Restricts who signs in as an identity; one that lost a merge stands for the survivor. */
  restrict(
    address: PoolAddress,
    uuid: string,
    restriction: Restriction,
  ): Restricted | { kind: 'no_identity' } | NoPool | OfSpread {
    return this.own.inPool(address, () => restrictNamed(this.own.identities, uuid, restriction, this.own.now()))
  }

  /** Deletes those of these identities that are there. */
  deleteIdentities(
    region: string,
    account: string,
    uuids: readonly string[],
    knowsSpread?: true,
  ): { kind: 'deleted' } | NoPool | OfSpread {
    if (this.own.host.part) return this.own.ofSpread(knowsSpread)
    const found = this.readByRegion(region)
    if (found.kind !== 'pool' || found.pool.account !== account) return { kind: 'no_pool' }
    // Who is not there may be in a line to come.
    this.own.backup.imports.refuse()
    this.own.storage.transactionSync(() => this.own.identities.delete(uuids))
    return { kind: 'deleted' }
  }

  /** The pool of a call, if the caller knows its settings as they are. */
  #current({ region, version }: Pick<ResolveCall, 'region' | 'version'>): PoolFound | NoPool | Stale {
    if (this.own.host.part) this.own.ofSpread()
    const found = this.readByRegion(region)
    return found.kind !== 'pool' || found.pool.version === version ? found : { kind: 'stale', pool: found.pool }
  }

  #resolve(
    call: ResolveCall,
    identities: Identities = this.own.identities,
    dryRun = false,
  ): Resolution | NoPool | Stale | ProofUsed {
    const found = this.#current(call)
    if (found.kind !== 'pool') return found
    const { settings } = found.pool
    const { fresh, identity, logins } = call
    // A Worker that knows nothing of what limits guests calls this for them too.
    if (identity === undefined && logins.length === 0 && guestLimitsOf(settings))
      return asOlderWorkersKnow(this.own.guests.make({ fresh, asked: {}, dryRun }, settings))
    if (call.once && this.own.proofs.anyUsed(call.once.proofs, call.once.operation)) return { kind: 'proof_used' }
    const { allowGuests } = settings
    const lastUsedDays = lastUsedDaysOf(settings)
    const resolution = resolve(identities, { ...call, allowGuests, lastUsedDays, now: this.own.now() })
    if (call.once && resolution.kind === 'identity') this.own.proofs.use(call.once.proofs, call.once.operation)
    return this.own.backup.imports.settled(resolution)
  }
}
