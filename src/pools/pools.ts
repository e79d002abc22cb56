import { TimedOut } from '../base/deadline.ts'
import type { IdentityId, PoolId } from '../base/ids.ts'
import { IsolateCache } from '../base/memory.ts'
import { OBJECT_READ_MS, OBJECT_WRITE_MS, Occupied, OtherVersion, Overloaded } from '../base/objects.ts'
import type { Position } from '../base/position.ts'
import type { World } from '../base/world.ts'
import { isStale, type NoPool, type PoolFound, type ProofUsed, type Stale } from './calls.ts'
import type { CheckPage, CheckRequest } from './check.ts'
import type { DeveloperMerge, Lookup, LookupRequest, MergeRequest } from './developers.ts'
import type { GuestRefused } from './guests.ts'
import type { IdentityDescription, ProvenLogin } from './identities.ts'
import type { IdentityPool } from './identity-pool.ts'
import { IMPORTING } from './import-table.ts'
import { MAX_STALE_TURNS } from './limits.ts'
import { locationHint } from './location.ts'
import { type Heard, type Home, isSpread, PoolObjects } from './pool-objects.ts'
import type { ChangedIf } from './pool-record.ts'
import type { IdentityPage, PageAsked, ResolveIn, UnlinkIn } from './requests.ts'
import type { Resolution } from './resolve.ts'
import { type Pool, type PoolSettings, placesOf, type SettingsChange, setsShards, shardsOf } from './settings.ts'
import type { Hints } from './spread/hints.ts'
import { Busy } from './spread/interruptions.ts'
import { CHECK_ROWS } from './spread/limits.ts'
import type { SpreadDescribed } from './spread/spread-object.ts'
import type { SpreadPool } from './spread/spread-pool.ts'
import type { Unlinked } from './unlink.ts'
import { isOfSpread, OF_SPREAD, type Ways } from './ways.ts'

/** The Worker's way to the pools: routes by id, keeps settings in memory by version, repeats what may be repeated. */
export class Pools {
  readonly #objects: PoolObjects
  readonly #settings = new IsolateCache<string, Pool>('poolSettings')

  constructor(
    namespace: DurableObjectNamespace<IdentityPool>,
    world: Pick<World, 'now' | 'random' | 'uuid'>,
    hints?: Hints,
    heard?: Heard,
  ) {
    this.#objects = new PoolObjects(namespace, world, hints, heard)
  }

  async create(id: PoolId, account: string, settings: PoolSettings, operation: string) {
    const isSpread = (shardsOf(settings) ?? 1) > 1
    const created = await this.#objects.call(
      id,
      (object) => object[isSpread ? 'createSpread' : 'create'](id.text, account, settings, operation),
      { hint: (placesOf(settings)?.[0] as DurableObjectLocationHint | undefined) ?? locationHint(id.region) },
    )
    if (isSpread && created.kind === 'pool') await this.#tellPeers(id)
    return created
  }

  read(id: PoolId, account: string): Promise<PoolFound | NoPool> {
    return this.#objects.call(id, (object) => object.read({ id: id.text, account }), { limit: OBJECT_READ_MS })
  }

  /** The pool of an id, in any account. */
  readHome(id: PoolId | IdentityId): Promise<PoolFound | NoPool> {
    return this.#objects.call(id, (object) => object.readByRegion(id.region), { limit: OBJECT_READ_MS })
  }

  /** `version`: nothing is changed if the pool has another one. */
  async change(id: PoolId, account: string, change: SettingsChange, version?: number): Promise<ChangedIf> {
    const address = { id: id.text, account }
    const method = setsShards(change) ? 'changeAndGrow' : 'change'
    const changed = await this.#objects.call<ChangedIf>(id, (object) =>
      version === undefined ? object[method](address, change) : object.changeIf(address, change, version),
    )
    if (changed.kind === 'pool' && changed.pool.spread) await this.#tellPeers(id)
    return changed
  }

  /** Somebody watches the decisions of the account of a pool, for so many milliseconds: its answers say so then. */
  watch(id: PoolId, account: string, left: number): Promise<void> {
    return this.#objects.watch(id, account, left)
  }

  /** How a pool is spread, and how it grows or has grown last. */
  describeSpread(id: PoolId, account: string): Promise<SpreadDescribed | NoPool> {
    return this.#objects.call(id, (object) => object.describeSpread({ id: id.text, account }), {
      limit: OBJECT_READ_MS,
    })
  }

  /** Lets a growing pool stand still, or go on. */
  pauseSpread(id: PoolId, account: string, paused: boolean): Promise<SpreadDescribed | NoPool> {
    return this.#objects.call(id, (object) => object.pauseSpread({ id: id.text, account }, paused))
  }

  async delete(id: PoolId, account: string, operation: string) {
    this.#settings.delete(home(id))
    const deleted = await this.#objects.call(id, (object) => object.delete({ id: id.text, account }, operation))
    if (deleted.kind === 'deleted' && deleted.spread) await this.#tellPeers(id)
    return deleted
  }

  async describeIdentity(id: IdentityId, account: string): Promise<IdentityDescription | undefined> {
    const uuid = uuidOf(id)
    const found = await this.readEither<{ kind: 'looked'; identity: IdentityDescription | undefined }>(id, account, {
      alone: async (object) => {
        const identity = await object.describeIdentity(id.region, account, uuid, true)
        return identity && 'kind' in identity ? identity : { kind: 'looked', identity }
      },
      spread: async (pool) => ({ kind: 'looked', identity: await pool.describe(uuid) }),
    })
    return found.kind === 'looked' ? found.identity : undefined
  }

  listIdentities(id: PoolId, account: string, page: PageAsked): Promise<IdentityPage | NoPool> {
    const { after, hideDisabled, limit } = page
    return this.readEither<IdentityPage | NoPool>(id, account, {
      alone: async (object) => {
        // One more than asked for tells whether there is another page.
        const listed = await object.listIdentities(
          { id: id.text, account, knowsSpread: true },
          after,
          limit + 1,
          hideDisabled,
        )
        if (listed.kind !== 'page') return listed
        const identities = listed.identities.slice(0, limit)
        const next = listed.identities.length > limit ? identities.at(-1)?.uuid : undefined
        return { kind: 'page', identities, next }
      },
      spread: async (pool) => ({ kind: 'page', ...(await pool.list(page)) }),
    })
  }

  unlinkDeveloper(
    id: IdentityId,
    pool: PoolId,
    account: string,
    login: Omit<ProvenLogin, 'developer'>,
    operation: string,
  ): Promise<Unlinked | NoPool> {
    const request = { ...login, identity: uuidOf(id), operation }
    return this.writeEither<Unlinked | NoPool>(pool, account, {
      alone: (object) => object.unlinkDeveloper({ id: pool.text, account, knowsSpread: true }, request),
      spread: (spread) => spread.unlinkDeveloper(request),
    })
  }

  lookupDeveloper(id: PoolId, account: string, request: LookupRequest): Promise<Lookup | NoPool> {
    return this.readEither<Lookup | NoPool>(id, account, {
      alone: (object) => object.lookupDeveloper({ id: id.text, account, knowsSpread: true }, request),
      spread: (spread) => spread.lookupDeveloper(request),
    })
  }

  mergeDevelopers(id: PoolId, account: string, request: Omit<MergeRequest, 'now'>): Promise<DeveloperMerge | NoPool> {
    return this.writeEither<DeveloperMerge | NoPool>(id, account, {
      alone: (object) => object.mergeDevelopers({ id: id.text, account, knowsSpread: true }, request),
      spread: (spread) => spread.mergeDevelopers(request),
    })
  }

  /** Deletes identities of the pool of the first. */
  deleteIdentities(ids: readonly [IdentityId, ...IdentityId[]], account: string) {
    const [first] = ids
    const uuids = ids.map(uuidOf)
    return this.writeEither<{ kind: 'deleted' } | NoPool>(first, account, {
      alone: (object) => object.deleteIdentities(first.region, account, uuids, true),
      spread: async (spread) => {
        await spread.delete(uuids)
        return { kind: 'deleted' }
      },
    })
  }

  /** Checks a part of a pool; the answer says where to go on. A growing pool is not checked: what it lacks may be on its way. */
  async check(id: PoolId, account: string, request: CheckRequest): Promise<CheckPage | NoPool | { kind: 'growing' }> {
    const found = await this.describeSpread(id, account)
    if (found.kind !== 'described') return found
    if (found.growth && found.growth.phase !== 'done') return { kind: 'growing' }
    if (found.importing) throw new Occupied(IMPORTING)
    if (isSpread(found.pool)) return this.#objects.check(found.pool, request)
    const { position } = request
    const after = position?.walk === 'identities' ? position.after : ''
    const checked = await this.#objects.call(id, (object) =>
      object.check({ id: id.text, account, knowsSpread: true }, after, CHECK_ROWS),
    )
    // It was spread just now. The next turn finds that.
    return isOfSpread(checked) ? this.check(id, account, { ...request, position: undefined }) : checked
  }

  /**
   * Runs `work` with the settings of the pool where `id` lives, from memory if they are there. Nothing is decided by
   * outdated settings: `work` hands their version to the object, which answers `stale` when its own is another; and when
   * `work` throws, having refused on its own, the settings are read again. Either way the work starts again with the new.
   */
  async withSettings<T extends { kind: string }>(
    id: PoolId | IdentityId,
    work: (pool: Pool) => Promise<T | NoPool | Stale>,
    from?: () => Position | undefined,
  ): Promise<Exclude<T, Stale> | NoPool> {
    const remembered = this.#settings.get(home(id))
    const pool = remembered ?? (await this.#loadNear(id, from)) ?? (await this.#load(id))
    if (!pool) return { kind: 'no_pool' }
    let answer = remembered ? await this.#doubting(id, pool, work) : await work(pool)
    for (let turn = 0; isStale(answer); turn++) {
      // Each turn needs another change in between, or objects that do not agree on who has a slot.
      if (turn === MAX_STALE_TURNS) throw new Busy()
      answer = await work(this.#remember(id, answer.pool))
    }
    if (answer.kind === 'no_pool') this.#settings.delete(home(id))
    return answer as Exclude<T, Stale> | NoPool
  }

  async resolve(pool: Pool, call: ResolveIn): Promise<Resolution | GuestRefused | NoPool | Stale | ProofUsed> {
    const { fresh, guest, identity, logins, once, dryRun } = call
    if (isSpread(pool)) {
      const request = { logins, once, dryRun, guest, fresh: uuidOf(fresh), identity: identity && uuidOf(identity) }
      return this.#objects.inSpread(pool, (spread) => spread.resolve(request), { from: call.from })
    }
    const asked = { region: fresh.region, version: pool.version, fresh: uuidOf(fresh) }
    if (guest) return this.#objects.whole(pool, fresh, (object) => object.makeGuest({ ...asked, asked: guest, dryRun }))
    const request = { ...asked, logins, ...(identity && { identity: uuidOf(identity) }), ...(once && { once }) }
    return this.#objects.whole(pool, fresh, (object) => (dryRun ? object.tryResolve(request) : object.resolve(request)))
  }

  async unlink(pool: Pool, call: UnlinkIn): Promise<Unlinked | NoPool | Stale | ProofUsed> {
    const { identity, ...rest } = call
    if (isSpread(pool))
      return this.#objects.inSpread(pool, (spread) => spread.unlink({ ...rest, identity: uuidOf(identity) }))
    const request = { ...rest, region: identity.region, version: pool.version, identity: uuidOf(identity) }
    return this.#objects.whole(pool, identity, (object) => object.unlink(request))
  }

  async #doubting<T>(id: PoolId | IdentityId, pool: Pool, work: (pool: Pool) => Promise<T | NoPool | Stale>) {
    try {
      return await work(pool)
    } catch (refusal) {
      if (refusal instanceof Overloaded || refusal instanceof TimedOut || refusal instanceof OtherVersion) throw refusal
      const current = await this.#load(id)
      if (current?.version === pool.version) throw refusal
      return current ? work(current) : ({ kind: 'no_pool' } as const)
    }
  }

  async #loadNear(id: PoolId | IdentityId, from?: () => Position | undefined): Promise<Pool | undefined> {
    const pool = await this.#objects.readNear(id, from)
    return pool && this.#remember(id, pool)
  }

  async #load(id: PoolId | IdentityId): Promise<Pool | undefined> {
    const found = await this.readHome(id)
    if (found.kind === 'pool') return this.#remember(id, found.pool)
    this.#settings.delete(home(id))
    return undefined
  }

  #remember(id: PoolId | IdentityId, pool: Pool): Pool {
    this.#settings.set(home(id), pool)
    this.#objects.rememberMap(id, pool)
    return pool
  }

  /** Asks the one object of a pool, or all of one that is spread, for a signed caller. Nothing is changed. */
  readEither<T extends { kind: string }>(id: PoolId | IdentityId, account: string, ways: Ways<T>): Promise<T | NoPool> {
    return this.#either(id, account, ways, OBJECT_READ_MS)
  }

  writeEither<T extends { kind: string }>(
    id: PoolId | IdentityId,
    account: string,
    ways: Ways<T>,
  ): Promise<T | NoPool> {
    return this.#either(id, account, ways, OBJECT_WRITE_MS)
  }

  /** A signed call: of the one object of a pool, unless the pool is known or turns out to be spread. */
  async #either<T extends { kind: string }>(
    id: PoolId | IdentityId,
    account: string,
    { alone, spread }: Ways<T>,
    limit: number,
  ): Promise<T | NoPool> {
    const known = this.#settings.get(home(id))
    const answer = known?.spread ? OF_SPREAD : await this.#objects.call(id, alone, { limit })
    return isOfSpread(answer) ? this.#inSpread(id, account, spread) : answer
  }

  async #inSpread<T extends { kind: string }>(
    id: PoolId | IdentityId,
    account: string,
    work: (pool: SpreadPool) => Promise<T>,
  ): Promise<T | NoPool> {
    const known = this.#settings.get(home(id))
    const pool = known?.spread ? known : await this.#load(id)
    if (!pool || !isSpread(pool) || pool.account !== account) return { kind: 'no_pool' }
    let answer = await this.#objects.inSpread<T>(pool, work, { versioned: false })
    for (let turn = 0; isStale(answer); turn++) {
      if (turn === MAX_STALE_TURNS) throw new Busy()
      const current = this.#remember(id, answer.pool)
      answer = isSpread(current)
        ? await this.#objects.inSpread<T>(current, work, { versioned: false })
        : { kind: 'no_pool' }
    }
    return answer as T | NoPool
  }

  /** Has the head tell the other objects what has changed. It goes on by itself, but the caller waits until all know. */
  async #tellPeers(id: PoolId): Promise<void> {
    const { kind } = await this.#objects.call(id, (object) => object.tellPeers())
    if (kind === 'behind') throw new Error('Some objects of the pool could not be told.')
  }
}

export function uuidOf(id: PoolId | IdentityId): string {
  return id.text.slice(id.region.length + 1)
}

function home(id: Home): string {
  return `${id.region}:${id.tag}`
}
