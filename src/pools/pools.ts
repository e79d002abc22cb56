import type { DurableObject } from 'cloudflare:workers'
import { TimedOut } from '../base/deadline.ts'
import type { IdentityId, PoolId } from '../base/ids.ts'
import { IsolateCache } from '../base/memory.ts'
import { callObject, OBJECT_READ_MS, OBJECT_WRITE_MS, OtherVersion, Overloaded } from '../base/objects.ts'
import type { NoPool, PoolFound, ProofUsed, ResolveCall, Stale } from './calls.ts'
import type { LookupRequest, MergeRequest } from './developers.ts'
import type { IdentityPool } from './identity-pool.ts'
import type { IdentityDescription, ProvenLogin } from './identity-table.ts'
import { locationHint } from './location.ts'
import type { Resolution } from './resolve.ts'
import type { Pool, PoolSettings, SettingsChange } from './settings.ts'
import type { Unlinked } from './unlink.ts'

type Methods = Exclude<keyof IdentityPool, keyof DurableObject>

/** The object's methods as they look from outside: the platform's own mapping refuses read-only maps. */
type PoolObject = { [M in Methods]: (...args: Parameters<IdentityPool[M]>) => Promise<ReturnType<IdentityPool[M]>> }

export interface ResolveIn {
  identity?: IdentityId | undefined
  logins: readonly ProvenLogin[]
  /** An id to give away if a new identity is needed. */
  fresh: IdentityId
  once: ResolveCall['once']
  /** Only tells what would come of it. */
  dryRun?: boolean
}

export interface UnlinkIn {
  identity: IdentityId
  proven: readonly ProvenLogin[]
  /** Public providers whose logins go. */
  providers: readonly string[]
  once: ResolveCall['once']
  /** Names the call. */
  operation: string
}

export interface IdentityPage {
  after: string
  limit: number
  hideDisabled: boolean
}

/** The Worker's way to the pools: routes by id, keeps settings in memory by version, repeats what may be repeated. */
export class Pools {
  readonly #namespace: DurableObjectNamespace<IdentityPool>
  readonly #settings = new IsolateCache<string, Pool>('poolSettings')

  constructor(namespace: DurableObjectNamespace<IdentityPool>) {
    this.#namespace = namespace
  }

  create(id: PoolId, account: string, settings: PoolSettings, operation: string) {
    return this.#call(id, (object) => object.create(id.text, account, settings, operation), locationHint(id.region))
  }

  read(id: PoolId, account: string): Promise<PoolFound | NoPool> {
    return this.#read(id, (object) => object.read({ id: id.text, account }))
  }

  /** The pool of an id, in any account. */
  readHome(id: PoolId | IdentityId): Promise<PoolFound | NoPool> {
    return this.#read(id, (object) => object.readByRegion(id.region))
  }

  change(id: PoolId, account: string, change: SettingsChange) {
    return this.#call(id, (object) => object.change({ id: id.text, account }, change))
  }

  delete(id: PoolId, account: string, operation: string) {
    this.#settings.delete(home(id))
    return this.#call(id, (object) => object.delete({ id: id.text, account }, operation))
  }

  describeIdentity(id: IdentityId, account: string): Promise<IdentityDescription | undefined> {
    return this.#read(id, (object) => object.describeIdentity(id.region, account, uuidOf(id)))
  }

  listIdentities(id: PoolId, account: string, page: IdentityPage) {
    const address = { id: id.text, account }
    return this.#read(id, (object) => object.listIdentities(address, page.after, page.limit, page.hideDisabled))
  }

  unlinkDeveloper(
    id: IdentityId,
    pool: PoolId,
    account: string,
    login: Omit<ProvenLogin, 'developer'>,
    operation: string,
  ) {
    const request = { ...login, identity: uuidOf(id), operation }
    return this.#call(pool, (object) => object.unlinkDeveloper({ id: pool.text, account }, request))
  }

  lookupDeveloper(id: PoolId, account: string, request: LookupRequest) {
    return this.#read(id, (object) => object.lookupDeveloper({ id: id.text, account }, request))
  }

  mergeDevelopers(id: PoolId, account: string, request: Omit<MergeRequest, 'now'>) {
    return this.#call(id, (object) => object.mergeDevelopers({ id: id.text, account }, request))
  }

  /** Deletes identities that all live in the object of the first. */
  deleteIdentities(ids: readonly [IdentityId, ...IdentityId[]], account: string) {
    const [first] = ids
    return this.#call(first, (object) => object.deleteIdentities(first.region, account, ids.map(uuidOf)))
  }

  /**
   * Runs `work` with the settings of the pool where `id` lives, from memory if they are there. Nothing is decided by
   * outdated settings: `work` hands their version to the object, which answers `stale` when its own is another; and when
   * `work` throws, having refused on its own, the settings are read again. Either way the work starts again with the new.
   */
  async withSettings<T extends { kind: string }>(
    id: PoolId | IdentityId,
    work: (pool: Pool) => Promise<T | NoPool | Stale>,
  ): Promise<Exclude<T, Stale> | NoPool> {
    const remembered = this.#settings.get(home(id))
    const pool = remembered ?? (await this.#load(id))
    if (!pool) return { kind: 'no_pool' }
    let answer = remembered ? await this.#doubting(id, pool, work) : await work(pool)
    // Each turn needs another change of settings in between, so this ends.
    while (isStale(answer)) answer = await work(this.#remember(id, answer.pool))
    if (answer.kind === 'no_pool') this.#settings.delete(home(id))
    return answer as Exclude<T, Stale> | NoPool
  }

  resolve(pool: Pool, call: ResolveIn): Promise<Resolution | NoPool | Stale | ProofUsed> {
    const { fresh, identity, logins, once, dryRun } = call
    const request = {
      region: fresh.region,
      version: pool.version,
      logins,
      fresh: uuidOf(fresh),
      ...(identity && { identity: uuidOf(identity) }),
      ...(once && { once }),
    }
    return this.#call(fresh, (object) => (dryRun ? object.tryResolve(request) : object.resolve(request)))
  }

  unlink(pool: Pool, call: UnlinkIn): Promise<Unlinked | NoPool | Stale | ProofUsed> {
    const { identity, ...rest } = call
    const request = { ...rest, region: identity.region, version: pool.version, identity: uuidOf(identity) }
    return this.#call(identity, (object) => object.unlink(request))
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

  async #load(id: PoolId | IdentityId): Promise<Pool | undefined> {
    const found = await this.readHome(id)
    if (found.kind === 'pool') return this.#remember(id, found.pool)
    this.#settings.delete(home(id))
    return undefined
  }

  #remember(id: PoolId | IdentityId, pool: Pool): Pool {
    this.#settings.set(home(id), pool)
    return pool
  }

  #read<T>(id: PoolId | IdentityId, ask: (object: PoolObject) => Promise<T>): Promise<T> {
    return callObject({ name: 'IdentityPool', limit: OBJECT_READ_MS }, () => ask(this.#objectOf(id)))
  }

  #call<T>(
    id: PoolId | IdentityId,
    ask: (object: PoolObject) => Promise<T>,
    hint?: DurableObjectLocationHint,
  ): Promise<T> {
    return callObject({ name: 'IdentityPool', limit: OBJECT_WRITE_MS }, () => ask(this.#objectOf(id, hint)))
  }

  /**
   * The one place where an id chooses its object. An object stays where its first call put it, so only the call that
   * opens a pool says where.
   */
  #objectOf(id: PoolId | IdentityId, hint?: DurableObjectLocationHint): PoolObject {
    const options = hint && { locationHint: hint }
    return this.#namespace.getByName(id.tag, options) as unknown as PoolObject
  }
}

export function uuidOf(id: PoolId | IdentityId): string {
  return id.text.slice(id.region.length + 1)
}

function home(id: PoolId | IdentityId): string {
  return `${id.region}:${id.tag}`
}

function isStale(answer: { kind: string }): answer is Stale {
  return answer.kind === 'stale'
}
