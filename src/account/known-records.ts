import { isYounger } from '../base/age.ts'
import { IsolateCache } from '../base/memory.ts'
import type { Position } from '../base/position.ts'
import type { World } from '../base/world.ts'
import { RECORDS_MAX_AGE_MS, RECORDS_MIN_AGE_MS, RECORDS_RENEWAL_MS, RECORDS_RENEWAL_PAUSE_MS } from './limits.ts'
import { type Aged, type Answer, type AnswerTo, nameOf, type Question } from './questions.ts'

/** A question, and whether an answer has what is looked for. */
export interface Wanted<Q extends Question = Question> {
  question: Q
  isIn: (answer: AnswerTo<Q>) => boolean
  /** What was true then is known, and is not enough: only a later answer is of use. */
  after?: number | undefined
}

/** Where about the user is; asked only if it matters. */
export type PositionOf = () => Position | undefined

interface Known {
  answer: Answer
  readAt: number
  /** Nobody reads it again before this time. */
  renewFrom: number
}

interface KnownRecordsOptions {
  world: World
  ask: (account: string, wanted: readonly Wanted[], positionOf: PositionOf) => Promise<readonly Aged[]>
  /** Runs work that may outlast the answer. */
  later: ((work: Promise<unknown>) => void) | undefined
}

/**
 * What one isolate knows of accounts, each record for 30 seconds from when it was true at the latest. One that is not there is
 * asked for again sooner, so that a provider works as soon as it is registered. What is nearly too old is read again beside
 * a request that uses it, so that where requests come often none waits.
 */
export class KnownRecords {
  readonly #options: KnownRecordsOptions
  readonly #known = emptyCaches()
  /** How often this isolate has changed anything: what was read before a change is not remembered after it. */
  #changes = 0

  constructor(options: KnownRecordsOptions) {
    this.#options = options
  }

  forget(account: string): void {
    this.#changes++
    for (const cache of Object.values(this.#known))
      for (const key of cache.keys()) if (key.startsWith(`${account} `)) cache.delete(key)
  }

  /** The answers, in the order of the questions; what is not known is asked for at once. */
  async look(account: string, wanted: readonly Wanted[], positionOf: PositionOf): Promise<Answer[]> {
    const now = this.#options.world.now()
    const known = wanted.map((one) => this.#current(account, one, now))
    const missing = wanted.filter((_, n) => !known[n])
    if (missing.length === 0) {
      this.#renewLater(account, wanted, known, positionOf)
      return known.map((one) => one?.answer)
    }
    const later = missing.map((one) => ({
      ...one,
      after: this.#known[one.question.ask].get(keyOf(account, one.question))?.readAt,
    }))
    const read = await this.#read(account, later, positionOf)
    return wanted.map((one, n) => (known[n] ?? read[missing.indexOf(one)])?.answer)
  }

  #current(account: string, { question, isIn }: Wanted, now: number): Known | undefined {
    const known = this.#known[question.ask].get(keyOf(account, question))
    const limit = known && isIn(known.answer) ? RECORDS_MAX_AGE_MS : RECORDS_MIN_AGE_MS
    return known && isYounger(known.readAt, now, limit) ? known : undefined
  }

  async #read(account: string, wanted: readonly Wanted[], positionOf: PositionOf): Promise<readonly Aged[]> {
    const changes = this.#changes
    const now = this.#options.world.now()
    const read = await this.#options.ask(account, wanted, positionOf)
    if (changes !== this.#changes) return read
    wanted.forEach(({ question }, n) => {
      const { answer, age = 0 } = read[n] ?? {}
      const known = { answer, readAt: now - Math.max(0, age), renewFrom: 0 }
      const records = this.#known[question.ask]
      const before = records.get(keyOf(account, question))
      if (!before || before.readAt < known.readAt || before.readAt > now) records.set(keyOf(account, question), known)
    })
    return read
  }

  /** Nobody waits for it, and it may fail: what is known then serves until it is too old. */
  #renewLater(
    account: string,
    wanted: readonly Wanted[],
    known: readonly (Known | undefined)[],
    positionOf: PositionOf,
  ): void {
    const { later, world } = this.#options
    const now = world.now()
    const due = wanted.filter((_, n) => {
      const one = known[n]
      if (!one || isYounger(one.readAt, now, RECORDS_RENEWAL_MS) || now < one.renewFrom) return false
      one.renewFrom = now + RECORDS_RENEWAL_PAUSE_MS
      return true
    })
    if (later && due.length > 0) later(this.#read(account, due, positionOf).catch(() => {}))
  }
}

function emptyCaches(): Record<Question['ask'], IsolateCache<string, Known>> {
  // One policy of a role and all of them share their bytes. No two questions have one name.
  const policies = new IsolateCache<string, Known>('rolePolicies')
  return {
    oidcProviders: new IsolateCache('oidcProviders'),
    samlProvider: new IsolateCache('samlProviders'),
    role: new IsolateCache('roles'),
    rolePolicy: policies,
    rolePolicies: policies,
    outboundFederation: new IsolateCache('outboundFederation'),
  }
}

function keyOf(account: string, question: Question): string {
  return `${account} ${nameOf(question)}`
}
