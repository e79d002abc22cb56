import { poolTagOf } from '../base/ids.ts'
import { callObject, OBJECT_WRITE_MS } from '../base/objects.ts'
import type { Resettable } from './resettable.ts'

/** What is asked of the object of a pool besides; its other objects are named after it, with a number. */
interface PoolObject extends Resettable {
  read(address: { id: string }): Promise<{ kind: 'pool'; pool: { spread?: { objects: number } } } | { kind: 'no_pool' }>
}

/** The objects behind a binding, by name. */
type Objects<O> = Pick<{ getByName(name: string): O }, 'getByName'>

interface AccountObject extends Resettable {
  /** Opens the tables of the account, if nothing was ever stored in it. */
  poolIsGone(id: string): Promise<void>
}

/** The accounts of local mode, which can be kept as they are and set back to that. */
export class ResettableAccounts {
  readonly #accounts: Objects<AccountObject>
  readonly #pools: Objects<PoolObject>

  constructor(accounts: DurableObjectNamespace, pools: DurableObjectNamespace) {
    this.#accounts = accounts as unknown as Objects<AccountObject>
    this.#pools = pools as unknown as Objects<PoolObject>
  }

  /** Keeps the account with its pools as they are. */
  async keep(account: string, note: string): Promise<void> {
    await ask('Account', () => this.#accounts.getByName(account).poolIsGone(''))
    const ids = await ask('Account', () => this.#accounts.getByName(account).keepRows(note))
    await Promise.all(ids.map((id) => this.#eachObject(id, (object) => object.keepRows(note))))
  }

  /**
   * Sets the account back to what was kept, and answers the note; or to nothing, as it must if it is to forget what was kept. Pools that were made since leave nothing, and pools that were
   * deleted are there again, under their ids. The account comes last: it knows the pools until they are done.
   */
  async reset(account: string, forget: boolean): Promise<string | undefined> {
    const ids = await ask('Account', () => this.#accounts.getByName(account).keysOfRows())
    await Promise.all(ids.map((id) => this.#eachObject(id, (object) => restored(object, forget))))
    return restored(this.#accounts.getByName(account), forget)
  }

  /** The head comes first: only when it is set back does it know the objects that the pool had. */
  async #eachObject(id: string, work: (object: Resettable) => Promise<unknown>): Promise<void> {
    const tag = poolTagOf(id)
    if (tag === undefined) return
    const before = await this.#countOf(tag, id)
    await work(this.#pools.getByName(tag))
    const others = Math.max(before, await this.#countOf(tag, id)) - 1
    await Promise.all(Array.from({ length: others }, (_, n) => work(this.#pools.getByName(`${tag}/${n + 1}`))))
  }

  async #countOf(tag: string, id: string): Promise<number> {
    const found = await ask('IdentityPool', () => this.#pools.getByName(tag).read({ id }))
    return found.kind === 'pool' ? (found.pool.spread?.objects ?? 1) : 1
  }
}

function restored(object: Resettable, forget: boolean): Promise<string | undefined> {
  return ask('object to reset', () => object.restoreRows(forget))
}

function ask<T>(name: string, call: () => Promise<T>): Promise<T> {
  return callObject({ name, limit: OBJECT_WRITE_MS }, call)
}
