import { DurableObject } from 'cloudflare:workers'
import { consoleLog } from '../base/log.ts'
import { callObject, OBJECT_READ_MS } from '../base/objects.ts'
import { DecisionRing, type WatchedPage, type WatchLeft } from './decision-ring.ts'
import { POOLS_TOLD } from './limits.ts'

/** An answer to somebody who watches, and the pools that must be told so. */
export interface WatchAnswer extends WatchedPage {
  tell: string[]
}

/** An object of an account, asked by the one that is watched. */
interface DirectoryObject {
  openPools(after: string, limit: number): Promise<string[]>
}

/** What the object `<account>/decisions` does: it has the last records of an account in memory. */
export abstract class WatchedAccount extends DurableObject<Env> {
  protected readonly now = (): number => Date.now()
  #ring: DecisionRing | undefined
  /** The last pool that was told. */
  #told = ''

  /** Takes records from an isolate, as JSON. `missed`: so many more were not sent. */
  takeDecisions(records: readonly string[], missed: number): WatchLeft {
    return this.#decisions().add(records, missed, this.now())
  }

  /** The records after a cursor, or all that there are. Whoever asks watches, and is asked to tell the pools now and then. */
  async watchDecisions(cursor: string | undefined): Promise<WatchAnswer> {
    const ring = this.#decisions()
    const page = ring.read(cursor, this.now())
    return { ...page, tell: ring.tells(this.now()) ? await this.#nextPools(ring) : [] }
  }

  #decisions(): DecisionRing {
    this.#ring ??= new DecisionRing(crypto.randomUUID().slice(0, 8))
    return this.#ring
  }

  /** Pools of the account, some at a time, so that all are told in turn. */
  async #nextPools(ring: DecisionRing): Promise<string[]> {
    const [account = ''] = this.ctx.id.name?.split('/') ?? []
    const after = this.#told
    try {
      const pools = await callObject({ name: 'Account', limit: OBJECT_READ_MS }, () =>
        (this.env.ACCOUNT.getByName(account) as unknown as DirectoryObject).openPools(after, POOLS_TOLD),
      )
      const isEnd = pools.length < POOLS_TOLD
      this.#told = isEnd ? '' : (pools.at(-1) ?? '')
      if (isEnd) ring.allAreTold()
      return pools
    } catch (error) {
      ring.allAreTold()
      consoleLog.warn('pools_to_watch_unknown', { account, message: String(error) })
      return []
    }
  }
}
