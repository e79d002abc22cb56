import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { CognitoIdentityClient } from '@aws-sdk/client-cognito-identity'
import { LOCAL_KEY, LOCAL_REGION } from '../lib/local-service.ts'
import { type Generator, pick } from '../scale/random.ts'
import { CALLS, type CallWays, type DrillCall } from './calls.ts'

/**
 * Attempts of a client. Its pauses are chance: of at most 50 ms after the first attempt, then of 100 ms, 200 ms and so on. So
 * ten attempts last for 13 s on average. The SDK's own three may be over after some milliseconds, before a killed server listens again.
 */
export const MAX_ATTEMPTS = 10

/** Faults that are told in words; more are counted only. */
const TOLD = 20

const TICK_MS = 5

/** What was called and what came of it. */
export class Tally {
  readonly calls = new Map<string, number>()
  /** Calls by the number of their attempts; the first is of those that needed none beside the first. */
  readonly attempts: number[] = []
  /** Attempts that failed, by reason. */
  readonly reasons = new Map<string, number>()
  readonly milliseconds: number[] = []
  /** Guests who may have been made by an attempt that got no answer. */
  unknownGuests = 0
  failed = 0
  wrong = 0
  readonly faults: string[] = []

  get all(): number {
    return this.milliseconds.length + this.failed
  }

  get retried(): number {
    return this.attempts.slice(2).reduce((sum, count) => sum + (count ?? 0), 0)
  }

  fault(text: string): void {
    if (this.faults.length < TOLD) this.faults.push(text)
  }
}

export interface LoadOptions extends Pick<CallWays, 'poolId' | 'issuers' | 'people' | 'newNumber'> {
  url: string
  chance: Generator
  /** Callers, each with a client and its own allowance of retries, as each device has. */
  callers: number
}

/** Callers with real clients of the AWS SDK for JavaScript in its standard mode of retries. */
export class Load {
  readonly tally = new Tally()
  readonly #ways: CallWays
  readonly #chance: Generator
  readonly #clients: readonly CognitoIdentityClient[]
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 })
  readonly #underWay = new Set<Promise<void>>()

  constructor({ callers, chance, url, ...given }: LoadOptions) {
    this.#chance = chance
    this.#clients = Array.from({ length: callers }, () => this.#client(url))
    const { tally } = this
    this.#ways = {
      ...given,
      send: (send) => this.#send(send),
      wrong(what) {
        tally.wrong++
        tally.fault(what)
      },
      mayHaveMade(guests) {
        tally.unknownGuests += guests
      },
    }
  }

  /**
   * Begins so many calls a second while `goesOn`, but for those that would be more at once than `most`: a machine that is busy with
   * other things must not drown in calls that come again. Resolves when all have come to an end.
   */
  async run(perSecond: number, most: number, goesOn: () => boolean): Promise<void> {
    let before = performance.now()
    for (let due = 0; goesOn(); await sleep(TICK_MS)) {
      const now = performance.now()
      due = Math.min(due + ((now - before) * perSecond) / 1000, most)
      before = now
      for (; due >= 1 && this.underWay < most; due--) this.begin(this.#draw())
    }
    await this.settle()
  }

  /** How many calls of clients got an answer. */
  get answered(): number {
    return this.tally.milliseconds.length
  }

  begin(call: DrillCall): void {
    const running = this.#call(call).finally(() => this.#underWay.delete(running))
    this.#underWay.add(running)
  }

  async settle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  get underWay(): number {
    return this.#underWay.size
  }

  close(): void {
    for (const client of this.#clients) client.destroy()
    this.#agent.destroy()
  }

  async #call({ name, run }: DrillCall): Promise<void> {
    const { tally } = this
    try {
      if ((await run(this.#ways)) !== false) tally.calls.set(name, (tally.calls.get(name) ?? 0) + 1)
    } catch (error) {
      tally.failed++
      tally.fault(`${name} failed: ${reasonOf(error)}`)
    }
  }

  async #send<Output extends { $metadata: { attempts?: number | undefined } }>(
    send: (client: CognitoIdentityClient) => Promise<Output>,
  ): Promise<Output> {
    const start = performance.now()
    const output = await send(this.#clients[pick(this.#chance, this.#clients.length)] as CognitoIdentityClient)
    const { attempts = 1 } = output.$metadata
    this.tally.milliseconds.push(performance.now() - start)
    this.tally.attempts[attempts] = (this.tally.attempts[attempts] ?? 0) + 1
    return output
  }

  #draw(): DrillCall {
    const drawn = this.#chance() * 100
    let sum = 0
    for (const call of CALLS) {
      sum += call.share
      if (drawn < sum) return call
    }
    return CALLS[0] as DrillCall
  }

  #client(url: string): CognitoIdentityClient {
    const client = new CognitoIdentityClient({
      endpoint: url,
      region: LOCAL_REGION,
      credentials: LOCAL_KEY,
      maxAttempts: MAX_ATTEMPTS,
      retryMode: 'standard',
      requestHandler: { httpAgent: this.#agent, connectionTimeout: 5_000, requestTimeout: 20_000 },
    })
    const { reasons } = this.tally
    client.middlewareStack.add(
      (next) => async (args) => {
        try {
          return await next(args)
        } catch (error) {
          const reason = reasonOf(error)
          reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
          throw error
        }
      },
      { step: 'finalizeRequest', priority: 'low', name: 'countFailedAttempts' },
    )
    return client
  }
}

function reasonOf(error: unknown): string {
  const { code, message, name } = error as Error & { code?: string }
  return code ?? `${name}: ${message}`.slice(0, 200)
}
