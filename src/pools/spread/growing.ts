import type { PoolState } from '../pool-state.ts'
import type { Pool } from '../settings.ts'
import { giveSlots } from './giving.ts'
import type { PlanAnswer, PlanStep } from './growth.ts'
import { Gone } from './interruptions.ts'
import { GROWTH_REST_MS, GROWTH_TURN_MS, MOVE_LIMITS, PEERS_AT_ONCE, RETRY_AFTER_MS } from './limits.ts'
import type { TakeMove } from './move.ts'
import { callsOf, homeOf, type PoolPart } from './objects.ts'

/**
 * What an object of a growing pool does in one run of its alarm: the head gives logins their routes, and asks those objects for
 * their slots that have some to give; and an object that was asked gives some. What fails is told to whoever describes the pool,
 * and is tried again. Answers for how long the object should do nothing more, in milliseconds.
 */
export async function growForAWhile(own: PoolState, namespace: DurableObjectNamespace): Promise<number> {
  const pool = own.record.open()
  if (!pool || !own.host.part) return 0
  const turn = new Turn(own, pool, namespace)
  try {
    if (own.host.isHead) await turn.lead()
    if (own.host.part?.gives) await turn.give()
    return 0
  } catch (error) {
    await turn.report(error)
    return RETRY_AFTER_MS
  }
}

class Turn {
  readonly #own: PoolState
  readonly #pool: Pool
  readonly #namespace: DurableObjectNamespace
  readonly #until: number

  constructor(own: PoolState, pool: Pool, namespace: DurableObjectNamespace) {
    this.#own = own
    this.#pool = pool
    this.#namespace = namespace
    this.#until = own.now() + GROWTH_TURN_MS
  }

  /** What the head does. It begins only when every object is open. */
  async lead(): Promise<void> {
    const { host } = this.#own
    if (host.isTelling(this.#pool)) return
    while (host.index()) {
      await rest()
      if (!this.#hasTime()) return
    }
    if (host.growth.phase() !== 'moving' || !host.mayAsk()) return
    const sources = host.growth.sources()
    if (sources.includes(0)) host.give(true)
    const others = sources.filter((object) => object !== 0)
    const next = async () => {
      for (let object = others.shift(); object !== undefined; object = others.shift())
        await this.#call(object, (part) => part.give(this.#pool.id))
    }
    await Promise.all(Array.from({ length: PEERS_AT_ONCE }, next))
  }

  async give(): Promise<void> {
    const { host } = this.#own
    const { number = 0 } = host.part ?? {}
    const isAll = await giveSlots(number, {
      plan: (step) => this.#plan(step),
      source: async (step) => known(this.#isOpen() ? host.move(this.#pool, step) : NO_POOL),
      target:
        (object): TakeMove =>
        async (step) =>
          known(await this.#call(object, (part) => part.move(this.#pool.id, step))),
      cut: (slots) => host.cut(this.#pool, slots),
      newName: () => this.#own.newName(),
      rest,
      hasTime: () => this.#hasTime(),
      limits: MOVE_LIMITS,
    })
    if (isAll && this.#isOpen()) host.give(false)
  }

  /** Lets the head know what went wrong, if it can be reached. */
  async report(error: unknown): Promise<void> {
    if (error instanceof Gone || !this.#isOpen()) return
    const message = error instanceof Error ? error.message : String(error)
    await this.#plan({ plan: 'failed', error: message.slice(0, MAX_ERROR_LENGTH) }).catch(() => undefined)
  }

  async #plan(step: PlanStep): Promise<PlanAnswer> {
    if (!this.#own.host.isHead) return known(await this.#call(0, (part) => part.plan(this.#pool.id, step)))
    const answer = this.#own.host.plan(step)
    this.#own.record.forget()
    return answer
  }

  #call<T>(object: number, ask: (part: PoolPart) => Promise<T>): Promise<T> {
    const map = this.#own.host.part?.map
    return callsOf({ ...homeOf(this.#pool), spread: map }, object, this.#namespace)(ask)
  }

  #isOpen(): boolean {
    return this.#own.record.open()?.id === this.#pool.id
  }

  #hasTime(): boolean {
    return this.#own.now() < this.#until && this.#isOpen()
  }
}

const rest = () => new Promise<void>((resolve) => setTimeout(resolve, GROWTH_REST_MS))

const NO_POOL = { kind: 'no_pool' } as const

const MAX_ERROR_LENGTH = 500

/** What an object answered, unless its pool was deleted meanwhile. */
function known<T extends { kind: string }>(answer: T): Exclude<T, { kind: 'no_pool' }> {
  if (answer.kind === 'no_pool') throw new Gone()
  return answer as Exclude<T, { kind: 'no_pool' }>
}
