import { within } from '../base/deadline.ts'
import type { LogFields } from '../base/log.ts'
import type { World } from '../base/world.ts'
import { FairShare } from './fair-share.ts'
import { DECISION_READ_MS, DECISION_SECONDS, MAX_DECISIONS_A_MINUTE } from './limits.ts'
import { WatchedRecords, type WatchedRecordsOptions } from './watched-records.ts'

export interface DecisionsOptions {
  /** Holds decisions under the prefix `decision:`. May fail or lose them at any time. */
  cache: KVNamespace
  /** Which are kept. */
  keep: 'all' | 'refusals' | 'off'
  /** In local mode: the last refusal can be asked for without its id, whoever's request it was. */
  keepsLast?: boolean
  /** Runs work that may outlast the answer. */
  later: (work: Promise<unknown>) => void
  world: World
  /** Takes records of an account to those who watch it. Without it, nobody can. */
  send?: WatchedRecordsOptions['send']
}

/** What the last refusal is called in place of its request id. */
const LAST_REFUSAL = 'last'

/** Whose request a decision was about, and how it ended. */
export interface Decided {
  account: string
  /** The network that it came from. */
  client: string
  /** By a caller whose signature held. */
  signed: boolean
  refused: boolean
}

/**
 * Recent records by request id, for operators who ask why. This is no archive: the number of writes is limited, and a
 * lost write is not reported. The log has every record.
 *
 * Requests of signed callers, what strangers got, and what they were refused do not take places from each other: anybody
 * can cause refusals.
 */
export class Decisions {
  readonly #options: DecisionsOptions
  readonly #signed = new FairShare(MAX_DECISIONS_A_MINUTE)
  readonly #issued = new FairShare(MAX_DECISIONS_A_MINUTE)
  readonly #refused = new FairShare(MAX_DECISIONS_A_MINUTE)

  readonly #watched: WatchedRecords | undefined

  constructor(options: DecisionsOptions) {
    const { keep, later, send, world } = options
    this.#options = options
    this.#watched = send && keep !== 'off' ? new WatchedRecords({ send, later, world }) : undefined
  }

  /** Whether decisions can be watched: not where operators may not ask about any. */
  get canBeWatched(): boolean {
    return this.#watched !== undefined
  }

  /** Somebody watches the decisions of an account, for so many milliseconds more. */
  watch(account: string, left: number): void {
    this.#watched?.watch(account, left)
  }

  /** Keeps a record of an account's request, as JSON, after the answer, and sends it to those who watch. */
  keep(requestId: string, record: string, { account, client, refused, signed }: Decided): void {
    const { cache, keep, later, world } = this.#options
    this.#watched?.note(account, client, record)
    if (keep === 'off' || (keep === 'refusals' && !refused)) return
    const share = signed ? this.#signed : refused ? this.#refused : this.#issued
    if (!share.take(account, client, world.now())) return
    const write = async () => cache.put(`decision:${requestId}`, record, { expirationTtl: DECISION_SECONDS })
    later(write().catch((error: unknown) => world.log.warn('decision_not_kept', { requestId, error: String(error) })))
  }

  /** Keeps the record of a refusal as the last one, if this service keeps one. */
  keepAsLast(record: string): void {
    const { cache, keepsLast, later, world } = this.#options
    if (!keepsLast) return
    const write = async () => cache.put(`decision:${LAST_REFUSAL}`, record, { expirationTtl: DECISION_SECONDS })
    later(write().catch((error: unknown) => world.log.warn('decision_not_kept', { error: String(error) })))
  }

  /**
   * The record of a request to this account, or of `LAST_REFUSAL`; `undefined` if none is kept. Fails when the store fails
   * or is slow.
   */
  async find(requestId: string, account: string): Promise<LogFields | undefined> {
    const isLast = requestId === LAST_REFUSAL
    if (isLast && !this.#options.keepsLast) return undefined
    const name = `decision:${requestId}`
    const record = await within('KV', DECISION_READ_MS, () => this.#options.cache.get<LogFields>(name, 'json'))
    return isLast || record?.recipientAccountId === account ? (record ?? undefined) : undefined
  }
}
