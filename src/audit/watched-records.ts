import type { World } from '../base/world.ts'
import {
  BATCH_EVERY_MS,
  BATCH_WAIT_MS,
  MAX_BATCHES_A_TURN,
  MAX_WATCHED_A_SECOND,
  MAX_WATCHED_ACCOUNTS,
  MAX_WATCHED_WAITING,
  SEND_ALIVE_MS,
} from './limits.ts'

/** What an isolate is told by whoever takes the records of an account. */
export interface Heard {
  /** For how long somebody goes on watching, in milliseconds; 0 if nobody does. */
  left: number
  /** How long to wait before the next batch, in milliseconds. */
  pause: number
}

export interface WatchedRecordsOptions {
  /** Takes records of an account to those who watch. `missed`: so many more were not kept. May fail. */
  send: (account: string, records: readonly string[], missed: number) => Promise<Heard>
  /** Runs work that may outlast the answer. */
  later: (work: Promise<unknown>) => void
  world: Pick<World, 'now' | 'log'>
  wait?: (milliseconds: number) => Promise<void>
}

/** An account that somebody watches, as one isolate knows it. */
interface Watched {
  /** Until when, by the clock of the isolate. */
  until: number
  records: string[]
  missed: number
  /** When a batch may go out. */
  nextAt: number
  /** Some request sends, unless it came to its end before that: nobody else begins until then. */
  sendingUntil: number
}

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

/**
 * Records for operators who watch, as one isolate gathers and sends them. While nobody watches an account it does nothing, and
 * asks nobody: that somebody does comes with answers that the isolate gets anyway.
 *
 * It sends at most `MAX_WATCHED_A_SECOND` records in a second, of all accounts, divided among those that are watched; one client
 * gets half of its account's. The rest is counted. Only plain data outlasts a request.
 */
export class WatchedRecords {
  readonly #options: WatchedRecordsOptions
  readonly #watched = new Map<string, Watched>()
  #second = 0
  readonly #ofAccounts = new Map<string, number>()
  readonly #ofClients = new Map<string, number>()

  constructor(options: WatchedRecordsOptions) {
    this.#options = options
  }

  /** Somebody watches the decisions of an account, for so many milliseconds more. */
  watch(account: string, left: number): void {
    const now = this.#options.world.now()
    const known = this.#watched.get(account)
    if (known) known.until = Math.max(known.until, now + left)
    else if (left > 0 && this.#hasRoom(now))
      this.#watched.set(account, { until: now + left, records: [], missed: 0, nextAt: 0, sendingUntil: 0 })
  }

  /** Sends a record to those who watch the account, if anybody does. */
  note(account: string, client: string, record: string): void {
    if (this.#watched.size === 0) return
    const watched = this.#watched.get(account)
    if (!watched) return
    const now = this.#options.world.now()
    if (now >= watched.until) {
      this.#watched.delete(account)
      return
    }
    if (this.#take(account, client, now)) watched.records.push(record)
    else watched.missed++
    if (now < watched.sendingUntil && watched.sendingUntil <= now + SEND_ALIVE_MS) return
    watched.sendingUntil = now + SEND_ALIVE_MS
    this.#options.later(this.#sendAll(account, watched))
  }

  #hasRoom(now: number): boolean {
    for (const [account, { until }] of this.#watched) if (now >= until) this.#watched.delete(account)
    return this.#watched.size < MAX_WATCHED_ACCOUNTS
  }

  #take(account: string, client: string, now: number): boolean {
    const second = Math.floor(now / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#ofAccounts.clear()
      this.#ofClients.clear()
    }
    const waiting = [...this.#watched.values()].reduce((sum, { records }) => sum + records.length, 0)
    const share = Math.max(1, Math.floor(MAX_WATCHED_A_SECOND / this.#watched.size))
    const [ofAccount, ofClient] = [this.#ofAccounts.get(account) ?? 0, this.#ofClients.get(client) ?? 0]
    if (waiting >= MAX_WATCHED_WAITING || ofAccount >= share || ofClient >= Math.ceil(share / 2)) return false
    this.#ofAccounts.set(account, ofAccount + 1)
    this.#ofClients.set(client, ofClient + 1)
    return true
  }

  /** Sends what there is, and what comes meanwhile, for some turns. Then the next record begins anew. */
  async #sendAll(account: string, watched: Watched): Promise<void> {
    const { wait = sleep, world } = this.#options
    for (let turn = 0; turn < MAX_BATCHES_A_TURN && isDue(watched); turn++) {
      await wait(Math.max(BATCH_WAIT_MS, watched.nextAt - world.now()))
      watched.sendingUntil = world.now() + SEND_ALIVE_MS
      const [records, missed] = [watched.records.splice(0), watched.missed]
      watched.missed = 0
      await this.#send(account, watched, records, missed)
    }
    watched.sendingUntil = 0
  }

  async #send(account: string, watched: Watched, records: readonly string[], missed: number): Promise<void> {
    const { send, world } = this.#options
    try {
      const { left, pause } = await send(account, records, missed)
      const now = world.now()
      watched.until = now + left
      watched.nextAt = now + Math.max(pause, BATCH_EVERY_MS)
    } catch (error) {
      world.log.warn('watched_records_not_sent', { account, message: String(error) })
      watched.missed += missed + records.length
      watched.nextAt = world.now() + 5 * BATCH_EVERY_MS
    }
  }
}

const isDue = ({ missed, records }: Watched) => records.length > 0 || missed > 0
