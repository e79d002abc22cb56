import { within } from '../base/deadline.ts'
import type { LogFields } from '../base/log.ts'
import type { World } from '../base/world.ts'
import { DECISION_READ_MS, DECISION_SECONDS, MAX_DECISION_CHARS, MAX_DECISIONS_A_MINUTE } from './limits.ts'

export interface DecisionsOptions {
  /** Holds decisions under the prefix `decision:`. May fail or lose them at any time. */
  cache: KVNamespace
  /** Which are kept. */
  keep: 'all' | 'refusals' | 'off'
  /** Runs work that may outlast the answer. */
  later: (work: Promise<unknown>) => void
  world: World
}

/**
 * Recent records by request id, for operators who ask why. This is no archive: the number of writes is limited, and a
 * lost write is not reported. The log has every record.
 */
export class Decisions {
  readonly #options: DecisionsOptions
  #minute = 0
  #kept = 0

  constructor(options: DecisionsOptions) {
    this.#options = options
  }

  /** Keeps a record of an account's request, after the answer. */
  keep(requestId: string, record: LogFields, refused: boolean): void {
    const { cache, keep, later, world } = this.#options
    if (keep === 'off' || (keep === 'refusals' && !refused) || !this.#admits(world.now())) return
    const text = JSON.stringify(record)
    if (text.length > MAX_DECISION_CHARS) return
    const write = async () => cache.put(`decision:${requestId}`, text, { expirationTtl: DECISION_SECONDS })
    later(write().catch((error: unknown) => world.log.warn('decision_not_kept', { requestId, error: String(error) })))
  }

  /** The record of a request to this account; `undefined` if none is kept. Fails when the store fails or is slow. */
  async find(requestId: string, account: string): Promise<LogFields | undefined> {
    const name = `decision:${requestId}`
    const record = await within('KV', DECISION_READ_MS, () => this.#options.cache.get<LogFields>(name, 'json'))
    return record?.recipientAccountId === account ? record : undefined
  }

  #admits(now: number): boolean {
    const minute = Math.floor(now / 60_000)
    if (minute !== this.#minute) {
      this.#minute = minute
      this.#kept = 0
    }
    this.#kept += 1
    return this.#kept <= MAX_DECISIONS_A_MINUTE
  }
}
